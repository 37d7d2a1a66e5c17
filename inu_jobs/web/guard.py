"""Who may send requests, and from where. Routes added by an extension are protected by neither ``--api-auth``
nor ``--gradio-auth``, so ours check for themselves.

``Guard.check`` raises ``Denied`` or returns. It only looks at headers and never blocks.
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
from ..sentences import Sentence, say

#: gradio 3.41.2, routes.py: ``login`` sets both, ``get_current_user`` reads them in this order. gradio 4.40
#: does the same, but appends ``-`` and ``App.cookie_id``, so that servers on one host do not share them
COOKIES = ("access-token", "access-token-unsecure")
CHANGING = frozenset({"POST", "PATCH", "PUT", "DELETE"})


class Denied(InuJobsError):
    """The request is refused: ``status`` is 401, 403, 413 or 415; ``headers`` are added to the response."""

    def __init__(self, message: Sentence, status: int, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers or {}


def split_host(netloc: str) -> tuple[str, str]:
    """The value of ``Host`` as (host in lower case, port or ''); ('', '') if it is invalid."""
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
    """``--api-auth``: ``user:password``, several separated by commas, each split at its first colon, so that
    a password may contain colons. An entry without a colon admits nobody."""

    def __init__(self, option: str | None) -> None:
        self.configured = bool(option)
        # fsencode returns the exact bytes of the command line; browsers send UTF-8
        entries = [os.fsencode(entry) for entry in (option or "").split(",") if ":" in entry]
        self._pairs = [(user, password) for user, _, password in (e.partition(b":") for e in entries)]

    def match(self, authorization: str) -> bool:
        """Whether an ``Authorization`` header has a valid name and password."""
        scheme, _, value = authorization.partition(" ")
        if scheme.lower() != "basic":
            return False
        try:
            user, colon, password = base64.b64decode(value.strip(), validate=True).partition(b":")
        except (binascii.Error, ValueError):
            return False
        found = False
        for known_user, known_password in self._pairs:
            # always compare all of them and both halves: the time must not reveal how close a guess was
            good = compare_digest(user, known_user) & compare_digest(password, known_password)
            found |= good
        return found and bool(colon)


class Guard:
    """``app``: from ``on_app_started`` (``demo.app`` need not be the one being served); with --nowebui it is
    a plain FastAPI without ``auth`` and ``tokens``."""

    def __init__(
        self,
        app: Any,
        settings: Settings,
        api_auth: str | None,
        server_name: str | None,
        cors_origins: str | None = None,
    ) -> None:
        """``cors_origins``: from ``--cors-allow-origins``, the origins allowed by the WebUI's own API."""
        self._app = app
        self._settings = settings
        self._credentials = Credentials(api_auth)
        self._names = self._own_names(server_name)
        self._cors = frozenset((cors_origins or "").lower().split(",")) - {"*", ""}

    @classmethod
    def of(cls, app: Any, settings: Settings, cmd_opts: Any) -> Guard:
        """``cmd_opts``: the WebUI's command line options."""
        names = ("api_auth", "server_name", "cors_allow_origins")
        return cls(app, settings, *(getattr(cmd_opts, name, None) for name in names))

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
        """Raises ``Denied``. ``headers``: a case-insensitive mapping with ``get`` and ``getlist``."""
        self.check_site(method, headers)
        self._check_user(headers, cookies)
        if method in CHANGING:
            self._check_change(headers)

    def check_site(self, method: str, headers: Any) -> None:
        """Checks only where a request comes from: for events of the WebUI's page, whose login, if any, gradio
        has already checked. Raises ``Denied``."""
        allowed = self._allowed_hosts()
        self._check_host(headers, allowed)
        self._check_origin(method, headers, allowed)

    def check_neighbour(self, method: str, headers: Any, cookies: Any, *, shown: bool) -> None:
        """For Agent Scheduler's routes, whose page and clients know nothing of us. ``shown``: the request
        reads only what the WebUI's page shows anyway, so anyone who can load that page may have it; gradio's
        login page protects both. Raises ``Denied``."""
        allowed = self._allowed_hosts()
        if headers.get("origin", "").lower() not in self._cors:
            self._check_origin(method, headers, allowed)
        if self._has_password(headers):
            return  # under any name: a page with a rebound name has no password
        self._check_host(headers, allowed)
        if shown and not self._has_login and _from_own_page(headers):
            return
        try:
            self._check_user(headers, cookies)
        except Denied as denied:
            # the same challenge as its own routes, so that the browser asks once for all of them
            if denied.headers:
                denied.headers = {"WWW-Authenticate": "Basic"}
            raise

    def _allowed_hosts(self) -> list[str]:
        """The setting's entries as host or host:port, in any notation."""
        entries = (entry.strip().lower() for entry in self._settings.allowed_hosts)
        return [(urlsplit(e).netloc if "://" in e else e).rstrip("/") for e in entries if e]

    def _check_host(self, headers: Any, allowed: Sequence[str]) -> None:
        values = headers.getlist("host")
        host, port = split_host(values[0]) if len(values) == 1 else ("", "")
        known = host in self._names or is_ip(host)
        # only gradio can point names under gradio.live anywhere, so these cannot be rebound
        if host and (known or host.endswith(".gradio.live") or _listed(host, port, allowed)):
            return
        raise Denied(
            say("Inu Jobs does not know this host name: add it to “Allowed hosts” in Settings > Inu Jobs."),
            403,
        )

    def _check_origin(self, method: str, headers: Any, allowed: Sequence[str]) -> None:
        origins = headers.getlist("origin")
        if not origins and (_from_own_site(headers) or _is_link(method, headers)):
            return
        try:
            parts = urlsplit(origins[0] if len(origins) == 1 else "")
            host, port = split_host(parts.netloc)
        except ValueError:
            host, port, parts = "", "", urlsplit("")
        if parts.scheme in ("http", "https") and host:
            here, here_port = split_host(headers.get("host", ""))
            default = "443" if parts.scheme == "https" else "80"
            if host == here and (port or default) == (here_port or default):
                return
            # a reverse proxy may rewrite Host. X-Forwarded-Host is never read: a page with a rebound name can
            # send it
            if _listed(host, port, allowed):
                return
        raise Denied(
            say(
                "This request came from another website: if it is yours, add its host to “Allowed"
                " hosts” in Settings > Inu Jobs."
            ),
            403,
        )

    @property
    def protected(self) -> bool:
        """Whether only those with a password get in."""
        return self._credentials.configured or self._has_login

    @property
    def _has_login(self) -> bool:
        """gradio asks for a name and a password on a page of its own."""
        return getattr(self._app, "auth", None) is not None

    def _has_password(self, headers: Any) -> bool:
        return self._credentials.configured and self._credentials.match(headers.get("authorization", ""))

    def _check_user(self, headers: Any, cookies: Any) -> None:
        if not self.protected:
            return
        if self._has_password(headers) or (self._has_login and self._logged_in(cookies)):
            return
        # With API auth alone, the browser may ask, and <img> works afterwards; if gradio has a login page of
        # its own, a second prompt would only confuse.
        ask = {} if self._has_login else {"WWW-Authenticate": 'Basic realm="Inu Jobs"'}
        raise Denied(say("Log in first."), 401, ask)

    def _logged_in(self, cookies: Any) -> bool:
        tokens = getattr(self._app, "tokens", None) or {}
        id = getattr(self._app, "cookie_id", None)
        names = [f"{name}-{id}" for name in COOKIES] if id else COOKIES
        return any(tokens.get(cookies.get(name)) is not None for name in names if cookies.get(name))

    def _check_change(self, headers: Any) -> None:
        if headers.get("x-inu-jobs") != "1":
            raise Denied(say("A request that changes something must have the header 'X-Inu-Jobs: 1'."), 403)
        kind = headers.get("content-type")
        has_body = headers.get("content-length", "0") != "0" or "transfer-encoding" in headers
        if kind is None and not has_body:
            return
        if (kind or "").partition(";")[0].strip().lower() != "application/json":
            raise Denied(say("Send the body as 'Content-Type: application/json'."), 415)


def _listed(host: str, port: str, allowed: Sequence[str]) -> bool:
    """An entry with a port applies to that port only."""
    return any(entry in (host, f"[{host}]") or split_host(entry) == (host, port) for entry in allowed)


def _from_own_site(headers: Any) -> bool:
    """The browser does not say that another site sent it. Browsers only tell over https and on this machine,
    and no page can send these headers itself (Fetch Metadata)."""
    return headers.get("sec-fetch-site", "none").lower() in ("none", "same-origin")


def _is_link(method: str, headers: Any) -> bool:
    """Somebody follows a link to us, at the top level of a window."""
    mode, dest = headers.get("sec-fetch-mode", ""), headers.get("sec-fetch-dest", "document")
    return method in ("GET", "HEAD") and mode == "navigate" and dest == "document"


def _from_own_page(headers: Any) -> bool:
    """The browser says that a page of this host sent it."""
    if headers.get("sec-fetch-site") == "same-origin":
        return True
    try:
        return urlsplit(headers.get("referer", "")).netloc.lower() == headers.get("host", "").lower() != ""
    except ValueError:
        return False
