"""The speed table: ``python -m bench [--webui PATH] [NAME ...]``. Each row is a ratio against a baseline of
the same run."""

from __future__ import annotations

import argparse
import importlib
import sys

ALL = (
    "store",
    "bulk",
    "queueing",
    "thumbs",
    "startup",
    "estimates",
    "bodies",
    "gallery",
    "machines",
    "added",
)
#: which need a real WebUI
_ON_WEBUI = {"added"}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description="The speed table.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(ALL)}; none: all of them")
    parser.add_argument("--webui", default="", metavar="PATH", help="a WebUI with Agent Scheduler")
    chosen = parser.parse_args(arguments)
    unknown = set(chosen.names) - set(ALL)
    if unknown:
        print(f"There is no bench named {', '.join(sorted(unknown))}. Choose from: {', '.join(ALL)}.")
        return 2
    missed = 0
    for name in chosen.names or ALL:
        bench = importlib.import_module(f"bench.{name}")
        for row in bench.run(chosen.webui) if name in _ON_WEBUI else bench.run():
            missed += not row.ok
            mark = "meets" if row.ok else "MISSES"
            print(f"{row.name}: {row.value:.2f} {row.unit} ({mark} {row.goal}); {row.detail}", flush=True)
    print("All goals met." if not missed else f"{missed} goals missed.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
