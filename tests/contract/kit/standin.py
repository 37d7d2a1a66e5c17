"""The stand-in as a host for the probe: ``python -m tests.contract.kit.standin FOLDER PORT``."""

from __future__ import annotations

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.sandbox import headless

from . import cases
from .inside import inside


class Asked(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.dumps(cases.answer(self.path.rpartition("/")[2], inside())).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    host = headless.start(folder)
    threading.Thread(
        target=ThreadingHTTPServer(("127.0.0.1", port), Asked).serve_forever, daemon=True
    ).start()
    from modules import shared

    while True:  # as webui.py does
        print("\nStartup time: short.", flush=True)
        while shared.state.wait_for_server_command(timeout=5) != "restart":
            pass
        host.reload()


if __name__ == "__main__":
    main()
