"""What a model file says about itself: the header of a safetensors file, without its weights."""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

from ...plan.preflight.model_families import family

#: bytes; real ones have a few hundred KB
_LARGEST_HEADER = 64 * 1024 * 1024


def family_of(filename: str) -> str:
    """The model family of a file, '' if unknown."""
    path = Path(filename)
    try:
        stat = path.stat()
        return _family(str(path), stat.st_mtime_ns, stat.st_size)
    except OSError:
        return ""


@functools.lru_cache(maxsize=4096)
def _family(filename: str, mtime: int, size: int) -> str:
    """Cached until the file changes."""
    header = _header(Path(filename))
    metadata = header.pop("__metadata__", None)
    shapes = {
        name: entry["shape"]
        for name, entry in header.items()
        if isinstance(entry, dict) and isinstance(entry.get("shape"), list)
    }
    return family(metadata if isinstance(metadata, dict) else {}, shapes)


def _header(path: Path) -> dict[str, Any]:
    """{} if it is not a safetensors file."""
    if path.suffix.lower() != ".safetensors":
        return {}
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        if not 2 <= length <= _LARGEST_HEADER:
            return {}
        try:
            header = json.loads(file.read(length))
        except ValueError:
            return {}
    return header if isinstance(header, dict) else {}
