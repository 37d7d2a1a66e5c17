"""The events of a gradio page, fired without a browser.

gradio 3.41 (A1111, reForge) takes queued events over a websocket, 4.40 (Forge, Forge Neo) by a request and
answers in a stream; both take the others by ``/run/predict``."""

from __future__ import annotations

import json
import urllib.parse
import urllib.request
from typing import Any, cast

from websockets.sync.client import connect

MINUTES = 600.0  # seconds; a WebUI on a slow machine


def post(url: str, body: Any) -> Any:
    headers = {"Content-Type": "application/json", "X-Inu-Jobs": "1"}
    request = urllib.request.Request(url, json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=MINUTES) as answer:
        return json.loads(answer.read())


def is_gradio_4(config: dict[str, Any]) -> bool:
    """``config``: what ``/config`` answers."""
    return str(config["version"]).startswith("4.")


def fire(url: str, config: dict[str, Any], number: int, data: list[Any], session: str) -> list[Any]:
    """A queued event; the values of its outputs."""
    head = {"fn_index": number, "session_hash": session}
    told = _by_stream(url, head, data) if is_gradio_4(config) else _by_socket(url, head, data)
    assert "data" in told["output"], told  # what the page shows as an error
    return cast(list[Any], told["output"]["data"])


def fire_and_leave(url: str, config: dict[str, Any], number: int, data: list[Any], session: str) -> None:
    """A queued event that may end the server: the stream of a Forge Neo then stays open for ever."""
    if is_gradio_4(config):
        post(f"{url}/queue/join", {"fn_index": number, "session_hash": session, "data": data})
    else:
        fire(url, config, number, data, session)


def fire_at_once(url: str, number: int, data: list[Any], session: str) -> list[Any]:
    """An event that is not queued."""
    body = {"fn_index": number, "data": data, "session_hash": session}
    return cast(list[Any], post(f"{url}/run/predict", body)["data"])


def _by_socket(url: str, head: dict[str, Any], data: list[Any]) -> dict[str, Any]:
    address = url.replace("http", "ws", 1) + "/queue/join"
    with connect(address, max_size=None, open_timeout=MINUTES) as socket:
        while True:
            message = json.loads(socket.recv(timeout=MINUTES))
            if message["msg"] == "send_hash":
                socket.send(json.dumps(head))
            elif message["msg"] == "send_data":
                socket.send(json.dumps({**head, "data": data}))
            elif message["msg"] == "process_completed":
                return cast(dict[str, Any], message)


def _by_stream(url: str, head: dict[str, Any], data: list[Any]) -> dict[str, Any]:
    event = post(f"{url}/queue/join", {**head, "data": data})["event_id"]
    address = f"{url}/queue/data?{urllib.parse.urlencode({'session_hash': head['session_hash']})}"
    with urllib.request.urlopen(address, timeout=MINUTES) as stream:
        for line in stream:
            if not line.startswith(b"data:"):
                continue
            message = json.loads(line[5:])
            if message["msg"] == "process_completed" and message.get("event_id") == event:
                return cast(dict[str, Any], message)
    raise AssertionError("The stream of events ended before the event did.")


def upload(url: str, name: str, content: bytes) -> dict[str, Any]:
    """gradio 4 takes pictures and files as what was uploaded before."""
    edge = "inu-jobs-boundary"
    body = (
        (
            f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
            "Content-Type: image/png\r\n\r\n"
        ).encode()
        + content
        + f"\r\n--{edge}--\r\n".encode()
    )
    headers = {"Content-Type": f"multipart/form-data; boundary={edge}"}
    request = urllib.request.Request(f"{url}/upload", body, headers)
    with urllib.request.urlopen(request, timeout=MINUTES) as answer:
        (path,) = json.loads(answer.read())
    return {"path": path, "orig_name": name, "meta": {"_type": "gradio.FileData"}}
