"""The speed table: ``python -m bench [NAME ...]``. Each row is a ratio against a baseline of the same run."""

from __future__ import annotations

import importlib
import sys

ALL = ("store", "bulk", "queueing", "thumbs", "startup", "estimates", "gallery")


def main(names: list[str]) -> int:
    unknown = set(names) - set(ALL)
    if unknown:
        print(f"There is no bench named {', '.join(sorted(unknown))}. Choose from: {', '.join(ALL)}.")
        return 2
    missed = 0
    for name in names or ALL:
        for row in importlib.import_module(f"bench.{name}").run():
            missed += not row.ok
            mark = "meets" if row.ok else "MISSES"
            print(f"{row.name}: {row.value:.2f} {row.unit} ({mark} {row.goal}); {row.detail}", flush=True)
    print("All goals met." if not missed else f"{missed} goals missed.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
