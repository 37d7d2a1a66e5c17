"""Wildcard files on disk: by any author, from any system, in any encoding."""

from __future__ import annotations

import codecs
import os
import re
from collections.abc import Iterator
from pathlib import Path

from charset_normalizer import from_bytes

from ...durable_files import is_file, is_link

ENDINGS = (".txt", ".json", ".yaml")
#: longest first: UTF-32's begins with UTF-16's
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: what editors write if not UTF-8: China, Taiwan, Japan, Korea, Russia, Greece, Turkey
_REGIONAL = ["gb18030", "big5", "cp932", "cp949", "cp1251", "cp1253", "cp1254"]
_WESTERN = "cp1252"
_LONE_BYTE = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
_HIGH_BYTE = re.compile(rb"[\x80-\xff]")


def decode(data: bytes) -> tuple[str, str]:
    """(text, encoding): the encoding is '' if the file declares it or is UTF-8, else the guessed one."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return data.decode(encoding, "replace"), ""
    if b"\0" in data:  # text never contains one: UTF-16 without a mark
        odd, even = data[1::2].count(0), data[::2].count(0)
        encoding = "utf-16-le" if odd >= even else "utf-16-be"
        return data.decode(encoding, "replace"), encoding
    try:
        return data.decode("utf-8"), ""
    except UnicodeDecodeError:
        encoding = _guess(data)
        return data.decode(encoding, "replace"), encoding


def _guess(data: bytes) -> str:
    """For text that is not UTF-8. Western letters are isolated among ASCII; those of other scripts are
    adjacent, or take two bytes each."""
    if 2 * len(_LONE_BYTE.findall(data)) > len(_HIGH_BYTE.findall(data)):
        return _WESTERN
    best = from_bytes(data, cp_isolation=_REGIONAL).best()
    return best.encoding if best is not None else _WESTERN


def wildcard_files(folder: Path) -> Iterator[Path]:
    """Those in a folder, which may itself be a link; links inside it are not followed, because their target
    may not be a list of words at all."""
    for where, inside, names in os.walk(folder):
        # Python 3.10 and 3.11 consider a junction a folder
        inside[:] = sorted(n for n in inside if not n.startswith(".") and not is_link(Path(where, n)))
        for path in (Path(where, name) for name in sorted(names)):
            if path.suffix in ENDINGS and is_file(path):
                yield path
