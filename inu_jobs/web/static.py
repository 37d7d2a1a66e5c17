"""The files of our web UI, read once at start and served from memory: a page never mixes the modules of two
versions, and browsers that have them need not ask again.

Their addresses contain a hash of all contents. With the current hash they may be cached forever; with any
other (from a page older than the server) the current files are returned, and revalidated each time.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

import msgspec
from starlette.responses import Response

from ..errors import NotFound
from ..sentences import say
from . import replies

ROOT = "/inu-jobs/ui"
PAGE = "/inu-jobs/"
#: the styles of all folders in one: a single request, and an order that does not depend on timing
STYLES = "ui.css"
_TYPES = {".mjs": "text/javascript", ".css": "text/css"}
_STAMP = re.compile(r"([0-9a-f]{16})/(.+)", re.DOTALL)


#: ``base``: every address is relative to the WebUI's own page, wherever a proxy may put it
_PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<base href="../">
<title>Jobs</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
{head}
<style>{style}</style>
</head>
<body class="{dark}"><div id="inu-jobs" class="ij-root"></div></body>
</html>
"""


_STYLE = """
body { margin: 0; padding: 12px 16px 0; background: var(--body-background-fill) }
@media (max-width: 860px) { body { padding: 8px 8px 0 } }
"""
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
#: only what comes with it runs and shows; data: is for small images and fonts of a theme
_POLICY = (
    f"default-src 'none'; script-src 'self'; style-src 'self' 'sha256-{_STYLE_HASH}'; connect-src 'self';"
    " img-src 'self' data: blob:; font-src 'self' data:; base-uri 'self'; form-action 'self';"
    " frame-ancestors 'self'"
)


class _File(msgspec.Struct, frozen=True):
    data: bytes
    tag: str
    media_type: str


class WebUi:
    """Serves the web UI's files; see the module."""

    def __init__(self, folder: Path, *others: Path) -> None:
        """Everything in ``folder`` that a page may load (modules and styles; links are not followed), and
        ``others`` by name."""
        found = {path.relative_to(folder).as_posix(): path for path in _inside(folder)}
        styles = sorted((name for name in found if name.endswith(".css")), key=_cascade)
        found |= {path.name: path for path in others}
        self._files = {name: _read(path) for name, path in sorted(found.items())}
        self._files[STYLES] = _file(b"\n".join(self._files[name].data for name in styles), STYLES)
        tags = "".join(f"{name}\0{file.tag}\0" for name, file in self._files.items())
        self.stamp = hashlib.sha256(tags.encode()).hexdigest()[:16]

    def address(self, name: str) -> str:
        """The address of a file, relative to the WebUI's own page."""
        return f"{ROOT.removeprefix('/')}/{self.stamp}/{name}"

    def page(self, theme: str) -> Response:
        """Only the jobs, without the rest of the WebUI's page. ``theme``: "light" or "dark", '' for the
        browser's."""
        styles = (
            "theme.css",
            self.address("style.css"),
            self.address(STYLES),
        )  # the first is gradio's, with the theme of the WebUI
        modules = [self.address(name) for name in self._files if name.endswith(".mjs")]
        head = [f'<link rel="stylesheet" href="{address}">' for address in styles]
        # all at once, instead of each when another imports it
        head += [f'<link rel="modulepreload" href="{address}">' for address in modules]
        head += [f'<script type="module" src="{self.address("standalone.mjs")}"></script>']
        page = _PAGE.format(head="\n".join(head), style=_STYLE, dark="dark" if theme == "dark" else "")
        headers = {**replies.SAFE, "Cache-Control": "no-cache", "Content-Security-Policy": _POLICY}
        return Response(page, 200, headers, media_type="text/html")

    def answer(self, path: str, request: Mapping[str, str], encodings: str) -> Response:
        """``path``: what follows ``ROOT`` in the address. ``encodings``: as in ``replies.json``."""
        stamped = _STAMP.fullmatch(path)
        stamp, name = (stamped[1], stamped[2]) if stamped else ("", path)
        file = self._files.get(name)
        if file is None:
            raise NotFound(say("The web UI has no such file."))
        headers = replies.cache_headers(stamp, self.stamp) | {"ETag": f'"{file.tag}"'}
        if replies.unchanged(request, headers):
            return Response(status_code=304, headers=headers)
        headers |= {**replies.SAFE, "Vary": "Accept-Encoding"}
        if "gzip" not in encodings:
            return Response(file.data, 200, headers, media_type=file.media_type)
        data = gzip.compress(file.data)
        return Response(data, 200, headers | {"Content-Encoding": "gzip"}, media_type=file.media_type)


def _inside(folder: Path) -> Iterator[Path]:
    for place, _, names in os.walk(folder):
        for name in names:
            path = Path(place, name)
            if path.suffix in _TYPES and not path.is_symlink():
                yield path


def _cascade(name: str) -> tuple[bool, str]:
    """Sort key for styles: first what all pages are built from, then the rest by name."""
    return not name.startswith("dom/"), name


def _read(path: Path) -> _File:
    return _file(path.read_bytes(), path.name)


def _file(data: bytes, name: str) -> _File:
    tag = hashlib.sha256(data).hexdigest()[:32]
    return _File(data, tag, _TYPES[PurePosixPath(name).suffix])
