"""The web API of another machine's Inu Jobs, as its guest. Nothing that it says is trusted: sizes are
limited, redirects are not followed, texts are shown as they are."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, TypeVar

import httpx
import msgspec

from .. import api
from ..budgets import BODY_WITH_IMAGES, GUEST_TASKS, MB
from ..errors import InuJobsError
from ..model import Machine
from ..sentences import Sentence, say, verbatim

#: 'unreachable': no answer, or none that makes sense; 'here': an error of this WebUI;
#: 'bad': what it sent is no image of that task; 'denied': it does not let us in; 'absent': it has no
#: Inu Jobs, or one without guests; 'gone': it does not know what was asked for; 'refused': it will not do
#: that
Trouble = Literal["unreachable", "here", "bad", "denied", "absent", "gone", "refused"]

_ANSWER = 32 * MB  # bytes of an answer that is no image
_IMAGE = 512 * MB  # bytes of an image
_SLOWEST = 120.0  # seconds for one answer
_SPOKEN = 300  # characters of what it says that are shown
_CONNECT, _WAIT = 5.0, 20.0  # seconds for a connection, and for each part of an answer
_ROOT = "/inu-jobs/v1"
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
#: the system's number of an error
_NUMBER = re.compile(r"\[Errno -?\d+\] ")
T = TypeVar("T")

_NO_INU_JOBS = say("There is no Inu Jobs at this address, or its WebUI is still starting.")
_TOO_OLD = say("Its Inu Jobs is too old to make images for others: update it there.")
_PASSWORD = say("It refuses this name and password.")
_NOT_ITS_WORDS = say("It answers with something that is not from Inu Jobs.")


class PeerError(InuJobsError):
    """``trouble``: what kind it is."""

    status = 502

    def __init__(self, message: Sentence, trouble: Trouble) -> None:
        super().__init__(message)
        self.trouble = trouble


class _Scheduler(msgspec.Struct):
    attached: bool = False
    problem: str = ""


class _Store(msgspec.Struct):
    epoch: str = ""


class _Hold(msgspec.Struct):
    title: str = ""


class Hello(msgspec.Struct):
    """What a machine says of itself. ``device``: its graphics card, '' if unknown; ``hold``: why nothing
    starts there."""

    version: str
    scheduler: _Scheduler
    store: _Store
    device: str = ""
    hold: _Hold | None = None


class There(msgspec.Struct):
    """What is installed there."""

    checkpoints: list[str] = []
    loras: list[str] = []
    embeddings: list[str] = []


class _Refusal(msgspec.Struct):
    """As ``api.Problem``; only Inu Jobs itself says ``says``."""

    detail: str = ""
    says: Any = None


class Peer:
    """One connection to a machine, for one thread. Each method raises ``PeerError``."""

    def __init__(self, machine: Machine, transport: httpx.BaseTransport | None = None) -> None:
        self._machine = machine
        self._client = httpx.Client(
            base_url=machine.address,
            auth=httpx.BasicAuth(machine.user.encode(), machine.password.encode()),
            headers={"X-Inu-Jobs": "1", "Accept-Encoding": "identity"},
            timeout=httpx.Timeout(_WAIT, connect=_CONNECT),
            transport=transport,
            trust_env=False,  # a proxy for downloads does not know the machines at home
        )

    def close(self) -> None:
        self._client.close()

    # ------------------------------------------------------------------- what it is

    def hello(self) -> Hello:
        return self._ask("GET", "/status", Hello)

    def there(self) -> There:
        return self._ask("GET", "/catalog", There)

    # ------------------------------------------------------------------ as its guest

    def follow(self, client: str) -> api.GuestView | None:
        """None if it has nothing of ``client``."""
        try:
            return self._ask("GET", f"/guests/{client}", api.GuestView)
        except PeerError as error:
            if error.trouble == "gone":
                return None
            raise

    def may_send(self) -> None:
        """Raises if it takes no guests."""
        if self.follow("is-there-room") is not None:
            raise PeerError(_NOT_ITS_WORDS, "unreachable")

    def put(self, client: str, name: str, kind: api.TaskKind, tasks: Mapping[str, Any]) -> api.GuestView:
        """``tasks``: payloads by their ids there. At most ``GUEST_TASKS``."""
        specs = [api.GuestTaskSpec(id, payload) for id, payload in list(tasks.items())[:GUEST_TASKS]]
        body = msgspec.json.encode(api.GuestSpec(name, kind, specs))
        if len(body) > BODY_WITH_IMAGES:
            raise PeerError(say("Its images are too large to be sent to another machine."), "refused")
        return self._ask("PUT", f"/guests/{client}", api.GuestView, body)

    def free(self, client: str, tasks: Sequence[str]) -> api.GuestView:
        body = msgspec.json.encode(api.GuestTasks(list(tasks)))
        return self._ask("POST", f"/guests/{client}/free", api.GuestView, body)

    def remove(self, client: str) -> None:
        try:
            self._ask("DELETE", f"/guests/{client}", dict[str, Any])
        except PeerError as error:
            if error.trouble != "gone":
                raise

    def fetch(self, client: str, image: api.GuestImage, target: Path) -> None:
        """Write the file's own bytes to ``target``, exactly as many as it said."""
        if not _ID.fullmatch(image.id):
            raise PeerError(_NOT_ITS_WORDS, "bad")
        if image.bytes > _IMAGE:
            raise PeerError(say("An image there is too large."), "bad")
        with self._answer("GET", f"/guests/{client}/images/{image.id}") as answer, target.open("wb") as file:
            size = 0
            for part in _parts(answer, _SLOWEST):
                size += len(part)
                if size > image.bytes:
                    break
                file.write(part)
        if size != image.bytes:
            raise PeerError(say("An image came back incomplete."), "unreachable")

    # ------------------------------------------------------------------------- asking

    def _ask(self, method: str, path: str, answer: type[T], body: bytes | None = None) -> T:
        with self._answer(method, path, body) as response:
            data = _read(response)
        try:
            return msgspec.json.decode(data, type=answer)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            raise PeerError(_NOT_ITS_WORDS, "unreachable") from None

    @contextmanager
    def _answer(self, method: str, path: str, body: bytes | None = None) -> Iterator[httpx.Response]:
        headers = {} if body is None else {"Content-Type": "application/json"}
        try:
            for again in (False, True):
                with self._client.stream(method, _ROOT + path, content=body, headers=headers) as response:
                    if response.status_code == 401 and not again and self._log_in():
                        continue
                    if not response.is_success:
                        raise _trouble(response, path)
                    yield response
                    return
        except httpx.HTTPError as error:
            raise PeerError(_unreachable(error), "unreachable") from error

    def _log_in(self) -> bool:
        """With --gradio-auth: gradio's own log-in, which sets cookies."""
        data = {"username": self._machine.user, "password": self._machine.password}
        with self._client.stream("POST", "/login", data=data) as response:
            return response.is_success


def _read(response: httpx.Response) -> bytes:
    found = bytearray()
    for part in _parts(response, _SLOWEST):
        found += part
        if len(found) > _ANSWER:
            raise PeerError(_NOT_ITS_WORDS, "unreachable")
    return bytes(found)


def _parts(response: httpx.Response, seconds: float) -> Iterator[bytes]:
    """It may be slow, but not for ever."""
    if response.headers.get("content-encoding", "identity") != "identity":
        raise PeerError(_NOT_ITS_WORDS, "unreachable")  # a few bytes may become many
    end = time.monotonic() + seconds
    for part in response.iter_raw():
        if time.monotonic() > end:
            raise PeerError(say("It is too slow."), "unreachable")
        yield part


def _trouble(response: httpx.Response, path: str) -> PeerError:
    status = response.status_code
    try:
        refusal = msgspec.json.decode(_read(response), type=_Refusal)
        words = " ".join(refusal.detail.split())[:_SPOKEN] if refusal.says is not None else ""
    except (msgspec.MsgspecError, UnicodeDecodeError):
        words = ""
    if status == 401:
        return PeerError(_PASSWORD, "denied")
    if not words:  # not from Inu Jobs
        return _without_words(status, path)
    said = say("It says: {words}", words=verbatim(words))
    if status == 404:
        return PeerError(said, "gone")
    if status == 403:  # most likely it does not know itself by that name
        host = response.url.netloc.decode("ascii", "replace")
        said = say("It says: {words} The name to enter there is {host}.", words=verbatim(words), host=host)
    return PeerError(said, "denied" if status == 403 else "unreachable" if status >= 500 else "refused")


def _without_words(status: int, path: str) -> PeerError:
    if status != 404:
        return PeerError(say("It answers with error {status}.", status=str(status)), "unreachable")
    return PeerError(_TOO_OLD if path.startswith("/guests") else _NO_INU_JOBS, "absent")


def _unreachable(error: httpx.HTTPError) -> Sentence:
    if isinstance(error, httpx.TimeoutException):
        return say("It does not answer.")
    if "CERTIFICATE" in str(error).upper():
        return say("Its certificate is not valid for this address: {error}", error=_short(error))
    if isinstance(error, httpx.ConnectError):
        return say("It cannot be reached: {error}", error=_short(error))
    return say("The connection to it broke: {error}", error=_short(error))


def _short(error: Exception) -> Sentence:
    words = _NUMBER.sub("", " ".join(str(error).split()))[:_SPOKEN]
    return verbatim(words or type(error).__name__)
