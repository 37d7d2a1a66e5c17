"""Who may ask, and from where. Routes that an extension adds are behind neither ``--api-auth`` nor
``--gradio-auth``, so ours look after themselves.

``Guard.check`` raises ``Denied`` or returns. It looks only at headers and never blocks.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import os
import socket
from collections.abc import Sequence
from hmac import compare_digest
from typing import Any
from urllib.parse import urlsplit

from ..errors import InuJobsError
from ..ports import Settings

#: gradio 3.41.2, routes.py: ``login`` sets both, ``get_current_user`` reads them in this order. The same
#: in gradio 4.40, but there ``-`` and ``App.cookie_id`` follow, so that servers on one host do not share them
COOKIES = ("access-token", "access-token-unsecure")
CHANGING = frozenset({"POST", "PATCH", "PUT", "DELETE"})


class Denied(InuJobsError):
    """The request may not pass: ``status`` is 401, 403, 413 or 415; ``headers`` go with the answer."""

    def __init__(self, message: str, status: int, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}


def split_host(netloc: str) -> tuple[str, str]:
    """``Host``'s value as (host in lower case, port or ''); ('', '') if it is not one."""
    try:
        parts = urlsplit("//" + netloc.strip())
        if parts.path or parts.query or parts.fragment or "@" in parts.netloc:
            return "", ""
        port = "" if parts.port is None else str(parts.port)
        return (parts.hostname or "").rstrip("."), port
    except ValueError:
        return "", ""


def is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


class Credentials:
    """``--api-auth``: ``user:password``, several by comma, each split at its first colon, so that a
    password may hold colons. An entry without a colon lets nobody in."""

    def __init__(self, option: str | None) -> None:
        self.configured = bool(option)
        # fsencode gives back the very bytes of the command line; a browser sends UTF-8
        entries = [os.fsencode(entry) for entry in (option or "").split(",") if ":" in entry]
        self._pairs = [(user, password) for user, _, password in (e.partition(b":") for e in entries)]

    def match(self, authorization: str) -> bool:
        scheme, _, value = authorization.partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            user, colon, password = base64.b64decode(value.strip(), validate=True).partition(b":")
        except (binascii.Error, ValueError):
            return False
        found = False
        for known_user, known_password in self._pairs:
            # all of them and both halves, always: the time taken must not tell how near a guess was
            good = compare_digest(user, known_user) & compare_digest(password, known_password)
            found |= good
        return found and bool(colon)


class Guard:
    """``app`` is the one that ``on_app_started`` handed over (``demo.app`` need not be the one that is
    served); with --nowebui it is a plain FastAPI without ``auth`` and ``tokens``."""

    def __init__(self, app: Any, settings: Settings, api_auth: str | None, server_name: str | None) -> None:
        self._app = app
        self._settings = settings
        self._credentials = Credentials(api_auth)
        self._names = self._own_names(server_name)

    def _own_names(self, server_name: str | None) -> frozenset[str]:
        machine = socket.gethostname().lower().rstrip(".")
        names = {"localhost", machine, machine.partition(".")[0], split_host(server_name or "")[0]}
        short = machine.partition(".")[0]
        if short:
            names.add(short + ".local")
        # gradio sets Blocks.share_url before it hands the app to anyone
        share = getattr(getattr(self._app, "blocks", None), "share_url", None)
        if isinstance(share, str):
            names.add(split_host(urlsplit(share).netloc)[0])
        return frozenset(names - {""})

    def check(self, method: str, headers: Any, cookies: Any) -> None:
        """Raises ``Denied``. ``headers``: case-blind mapping with ``get`` and ``getlist``."""
        allowed = self._allowed_hosts()
        self._check_host(headers, allowed)
        self._check_origin(headers, allowed)
        self._check_user(headers, cookies)
        if method in CHANGING:
            self._check_change(headers)

    def _allowed_hosts(self) -> list[str]:
        """The setting's entries as host or host:port, however they were written."""
        entries = (entry.strip().lower() for entry in self._settings.allowed_hosts)
        return [(urlsplit(e).netloc if "://" in e else e).rstrip("/") for e in entries if e]

    def _check_host(self, headers: Any, allowed: Sequence[str]) -> None:
        values = headers.getlist("host")
        host, port = split_host(values[0]) if len(values) == 1 else ("", "")
        known = host in self._names or is_ip(host)
        # nobody but gradio can point a name under gradio.live anywhere, so these cannot be rebound
        if host and (known or host.endswith(".gradio.live") or _listed(host, port, allowed)):
            return
        raise Denied(
            "Inu Jobs does not answer to this host name: add it to 'Allowed hosts' in Settings > Inu Jobs.",
            403,
        )

    def _check_origin(self, headers: Any, allowed: Sequence[str]) -> None:
        origins = headers.getlist("origin")
        if not origins:
            return
        try:
            parts = urlsplit(origins[0]) if len(origins) == 1 else urlsplit("")
            host, port = split_host(parts.netloc)
        except ValueError:
            host, port, parts = "", "", urlsplit("")
        if parts.scheme in ("http", "https") and host:
            here, here_port = split_host(headers.get("host", ""))
            default = "443" if parts.scheme == "https" else "80"
            if host == here and (port or default) == (here_port or default):
                return
            # a reverse proxy may rewrite Host. X-Forwarded-Host is never read: a rebound page can send it
            if _listed(host, port, allowed):
                return
        raise Denied(
            "This came from a page of another site: if it is yours, add its host to 'Allowed hosts'"
            " in Settings > Inu Jobs.",
            403,
        )

    def _check_user(self, headers: Any, cookies: Any) -> None:
        gradio_auth = getattr(self._app, "auth", None) is not None
        if not self._credentials.configured and not gradio_auth:
            return
        if self._credentials.configured and self._credentials.match(headers.get("authorization", "")):
            return
        if gradio_auth and self._logged_in(cookies):
            return
        # With API auth alone the browser may ask, and <img> works afterwards; where gradio has a login
        # page of its own, a second question would only confuse.
        ask = {} if gradio_auth else {"WWW-Authenticate": 'Basic realm="Inu Jobs"'}
        raise Denied("Log in first.", 401, ask)

    def _logged_in(self, cookies: Any) -> bool:
        tokens = getattr(self._app, "tokens", None) or {}
        id = getattr(self._app, "cookie_id", None)
        names = [f"{name}-{id}" for name in COOKIES] if id else COOKIES
        return any(tokens.get(cookies.get(name)) is not None for name in names if cookies.get(name))

    def _check_change(self, headers: Any) -> None:
        if headers.get("x-inu-jobs") != "1":
            raise Denied("A request that changes something must carry the header 'X-Inu-Jobs: 1'.", 403)
        kind = headers.get("content-type")
        has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
        if kind is None and not has_body:
            return
        if (kind or "").partition(";")[0].strip().lower() != "application/json":
            raise Denied("Send the body as 'Content-Type: application/json'.", 415)


def _listed(host: str, port: str, allowed: Sequence[str]) -> bool:
    """An entry with a port means that port only."""
    return any(entry in (host, f"[{host}]") or split_host(entry) == (host, port) for entry in allowed)
