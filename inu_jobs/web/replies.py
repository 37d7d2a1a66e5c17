"""Responses: JSON, images and files, with the headers that keep them safe and fast.

The WebUI compresses everything without a ``Content-Encoding``, even images, at level 9 and on its event loop.
Ours always have one.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import AsyncIterator, Iterator, Mapping
from json import dumps
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import quote

import anyio
import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from ..errors import NotFound
from ..sentences import say
from .limits import iterated

#: other sites cannot embed it in a frame to catch clicks; opened by itself, it loads and runs nothing
#: (browsers style a bare image).
UNFRAMED = {
    "X-Frame-Options": "SAMEORIGIN",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'",
}
SAFE = {
    "Content-Encoding": "identity",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    **UNFRAMED,
}
IMAGE_TYPES = {
    ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp",
    ".avif": "image/avif", ".gif": "image/gif", ".jxl": "image/jxl", ".bmp": "image/bmp",
}  # fmt: skip
_CHUNK = 256 * 1024
_WORTH_GZIP = 16 * 1024  # bytes


def json(
    answer: Any, status: int = 200, encodings: str = "", headers: Mapping[str, str] | None = None
) -> Response:
    """``encodings``: the request's Accept-Encoding, '' if compressing is not worth the time."""
    try:
        body = msgspec.json.encode(answer, enc_hook=_plain)
    except UnicodeEncodeError:  # it contains a file name that is not text
        plain = msgspec.to_builtins(answer, str_keys=True, enc_hook=_plain)
        body = dumps(plain, ensure_ascii=False).encode(errors="replace")
    all_headers = {**SAFE, "Cache-Control": "no-store", "Vary": "Accept-Encoding", **(headers or {})}
    if "gzip" in encodings and len(body) > _WORTH_GZIP:
        body = gzip.compress(body, compresslevel=1)
        all_headers["Content-Encoding"] = "gzip"
    return Response(body, status, all_headers, media_type="application/json")


def _plain(value: Any) -> str:
    """A sentence as its English text."""
    if isinstance(value, str):
        return str(value)
    raise NotImplementedError(type(value))


def picture(data: bytes, media_type: str, headers: Mapping[str, str]) -> Response:
    """An image in memory as a response."""
    return Response(data, 200, {**SAFE, **headers}, media_type=media_type)


def cache_headers(asked: str | None, version: str) -> dict[str, str]:
    """Forever if the URL names exactly this version, else revalidate each time."""
    lasting = asked == version and version != ""
    return {
        "Cache-Control": "private, max-age=31536000, immutable" if lasting else "private, no-cache",
        "ETag": f'"{version}"',
    }


def unchanged(request: Mapping[str, str], answer: Mapping[str, str]) -> bool:
    """Whether the request's ``If-None-Match`` names the response's ``ETag``."""
    known = [tag.strip().removeprefix("W/") for tag in request.get("if-none-match", "").split(",")]
    return answer["ETag"] in known


def file(path: Path, headers: dict[str, str], request: Mapping[str, str]) -> Response:
    """An image file, streamed. Opened here, so that a missing one is a 404 and not a broken response."""
    media_type = IMAGE_TYPES.get(path.suffix.lower())
    if media_type is None:
        raise NotFound(say("This is not an image file."))
    if unchanged(request, headers):
        return Response(status_code=304, headers=headers)
    try:
        stream = path.open("rb")
        length = stream.seek(0, 2)
        stream.seek(0)
    except OSError as error:
        raise NotFound(say("The image's file no longer exists.")) from error
    return StreamingResponse(
        _chunks(stream, length),
        200,
        {**SAFE, **headers, "Content-Length": str(length)},
        media_type=media_type,
    )


def download(name: str, media_type: str, chunks: Iterator[bytes]) -> Response:
    """A file created while it is sent, for the browser to save as ``name``. If the client leaves, ``chunks``
    is closed and the work ends."""
    plain = re.sub(r'[^\x20-\x7e]|["\\%]', "_", name)
    disposition = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
    headers = {**SAFE, "Cache-Control": "no-store", "Content-Disposition": disposition}
    return StreamingResponse(_closing(chunks), 200, headers, media_type=media_type)


async def _closing(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Created on worker threads. Starlette itself would leave ``chunks`` to the garbage collector."""
    try:
        async for chunk in iterated("heavy", chunks):
            if chunk:
                yield chunk
    finally:
        with anyio.CancelScope(shield=True):
            await run_in_threadpool(_close, chunks)


def _close(chunks: Iterator[bytes]) -> None:
    close = getattr(chunks, "close", None)
    if close is not None:
        close()


def _chunks(stream: BinaryIO, length: int) -> Iterator[bytes]:
    """At most ``length`` bytes: the file may still be growing."""
    with stream:
        while length > 0 and (chunk := stream.read(min(_CHUNK, length))):
            length -= len(chunk)
            yield chunk
