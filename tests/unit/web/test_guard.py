"""Who may ask, and from where: every route, every kind of login."""

from __future__ import annotations

import base64
import socket
from typing import Any

import gradio as gr
import pytest
from gradio.routes import App
from starlette.testclient import TestClient

from inu_jobs.web.guard import Credentials, is_ip, split_host
from inu_jobs.web.routes import ROOT
from tests.unit.service.service_kit import House
from tests.unit.web.web_kit import PROOF, all_requests, client_of, make_ui, plain_app

OWN_PAGE = "/inu-jobs/"
STATUS = f"{ROOT}/status"
JOB = {"kind": "txt2img", "payload": {"prompt": "a cat", "width": 64, "height": 64}}


class Options:
    def __init__(self, api_auth: str | None) -> None:
        self.api_auth = api_auth
        self.server_name = None


def gradio_client(house: House, api_auth: str | None = None, login: bool = True) -> TestClient:
    """A real gradio app, with a login, served as the WebUI does."""
    from inu_jobs.web.routes import add_routes

    with gr.Blocks(analytics_enabled=False) as blocks:
        gr.HTML("tab")
    blocks.auth = [("ada", "secret"), ("bob", "")] if login else None
    blocks.auth_message = None
    app = App.create_app(blocks)
    add_routes(app, house, make_ui(house.folder), Options(api_auth))
    return client_of(app)


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def ask(client: TestClient, method: str, path: str, headers: dict[str, str] | None = None) -> Any:
    """A request that is right in every way but maybe who asks."""
    return client.request(method, path, headers={**PROOF, **(headers or {})})


# ------------------------------------------------------------------------------- login


def test_open_where_nothing_is_configured(client: TestClient) -> None:
    for method, path in all_requests():
        assert ask(client, method, path).status_code not in (401, 403), path


@pytest.mark.parametrize("headers", [{}, basic("ada", "wrong"), basic("", ""), basic("ada", "")], ids=str)
@pytest.mark.parametrize("kind", ["api", "gradio", "both"])
def test_every_route_is_closed_to_who_has_not_logged_in(
    house: House, kind: str, headers: dict[str, str]
) -> None:
    if kind == "api":
        client = client_of(plain_app(house, api_auth="ada:secret"))
    else:
        client = gradio_client(house, api_auth="ada:secret" if kind == "both" else None)
    client.cookies.set("access-token", "guess")
    client.cookies.set("access-token-unsecure", "guess")
    for method, path in all_requests():
        answer = ask(client, method, path, headers)
        assert answer.status_code == 401, path
        assert answer.json() == {"detail": "Log in first.", "says": {"text": "Log in first.", "values": {}}}
        # the browser must ask only where gradio does not
        assert (answer.headers.get("WWW-Authenticate", "").startswith("Basic ")) == (kind == "api")


@pytest.mark.parametrize(
    ("user", "password", "status"),
    [
        ("ada", "secret", 200),
        ("bob", "with:colons:", 200),
        ("zoë", "pässwörd", 200),
        ("ada", "with:colons:", 401),
        ("bob", "with", 401),
        ("Ada", "secret", 401),
        ("carl", "", 401),
        ("", "secret", 401),
        ("ada", "secret ", 401),
    ],
)
def test_api_auth(house: House, user: str, password: str, status: int) -> None:
    client = client_of(plain_app(house, api_auth="ada:secret,bob:with:colons:,zoë:pässwörd,carl"))
    for method, path in all_requests():
        answer = ask(client, method, path, basic(user, password))
        assert (answer.status_code == 401) == (status == 401), path


@pytest.mark.parametrize(
    "value",
    ["", "Basic", "Basic !!!", "Bearer YWRhOnNlY3JldA==", "Basic YWRh", "Basic \xff", "Basic " + "A" * 9999],
)
def test_malformed_credentials_are_no_credentials(value: str) -> None:
    assert not Credentials("ada:secret").match(value)
    assert Credentials("ada:secret").match("basic YWRhOnNlY3JldA==")


def test_an_entry_without_a_colon_lets_nobody_in(house: House) -> None:
    client = client_of(plain_app(house, api_auth="ada"))
    for headers in ({}, basic("ada", ""), basic("", "")):
        assert ask(client, "GET", STATUS, headers).status_code == 401


def test_the_gradio_login_opens_every_route(house: House) -> None:
    client = gradio_client(house)
    assert client.post("/login", data={"username": "ada", "password": "wrong"}).status_code == 400
    assert ask(client, "GET", STATUS).status_code == 401
    assert client.post("/login", data={"username": "ada", "password": "secret"}).status_code == 200
    for method, path in all_requests():
        assert ask(client, method, path).status_code not in (401, 403), path
    # over https the browser sends the other cookie of the two
    name, token = next(found for found in client.cookies.items() if "unsecure" in found[0])
    client.cookies.clear()
    client.cookies.set(name.replace("-unsecure", ""), token)
    assert ask(client, "GET", STATUS).status_code == 200


@pytest.mark.parametrize("name", ["access-token", "access-token-unsecure"])
def test_gradio_4_has_an_id_in_its_cookies_names(house: House, name: str) -> None:
    app = plain_app(house)
    app.auth, app.tokens, app.cookie_id = {"ada": "secret"}, {"hers": "ada"}, "p4-q"
    client = client_of(app)
    for other in (name, f"{name}-another", f"{name}-"):
        client.cookies.set(other, "hers")
    assert ask(client, "GET", STATUS).status_code == 401
    client.cookies.set(f"{name}-p4-q", "hers")
    assert ask(client, "GET", STATUS).status_code == 200


def test_gradio_credentials_are_no_api_credentials(house: House) -> None:
    client = gradio_client(house, api_auth="robot:key")
    assert ask(client, "GET", STATUS, basic("ada", "secret")).status_code == 401
    assert ask(client, "GET", STATUS, basic("robot", "key")).status_code == 200
    client.post("/login", data={"username": "ada", "password": "secret"})
    assert ask(client, "GET", STATUS).status_code == 200


def test_without_gradio_auth_a_cookie_is_nothing(house: House) -> None:
    app = plain_app(house, api_auth="ada:secret")
    app.tokens = {"left-over": "ada"}
    client = client_of(app)
    client.cookies.set("access-token", "left-over")
    assert ask(client, "GET", STATUS).status_code == 401


def test_our_own_page_leads_to_gradios_login(house: House) -> None:
    client = gradio_client(house)
    refused = client.get(OWN_PAGE, follow_redirects=False)
    assert (refused.status_code, refused.headers["location"]) == (307, "../")
    client.post("/login", data={"username": "ada", "password": "secret"})
    page = client.get(OWN_PAGE)
    assert page.status_code == 200 and page.headers["content-type"].startswith("text/html")
    # who comes by a wrong name is not sent on
    foreign = client.get(OWN_PAGE, headers={"Host": "evil.example"}, follow_redirects=False)
    assert foreign.status_code == 403


def test_our_own_page_asks_for_the_password_of_the_api(house: House) -> None:
    client = gradio_client(house, api_auth="ada:secret", login=False)
    refused = client.get(OWN_PAGE, follow_redirects=False)
    assert refused.status_code == 401 and refused.headers["www-authenticate"].startswith("Basic ")
    assert client.get(OWN_PAGE, headers=basic("ada", "secret")).status_code == 200


def test_without_gradio_there_is_no_page_of_our_own(house: House) -> None:
    assert client_of(plain_app(house)).get(OWN_PAGE).status_code == 404


# -------------------------------------------------------------------------------- host

MACHINE = socket.gethostname().lower()
GOOD_HOSTS = [
    "localhost",
    "localhost:7860",
    "LOCALHOST:7860",
    "127.0.0.1:7860",
    "192.168.1.20:7860",
    "[::1]:7860",
    "[fe80::1]",
    MACHINE,
    f"{MACHINE}:7860",
    f"{MACHINE.partition('.')[0]}.local:7860",
    "0123abcd.gradio.live",
]
BAD_HOSTS = [
    "evil.example",
    "evil.example:7860",
    "localhost.evil.example",
    "127.0.0.1.evil.example",
    "gradio.live.evil",
    "evilgradio.live",
    "127.0.0.1@evil.example",
    "",
    "localhost:port",
    "localhost/evil",
    "evil#localhost",
    "[::1",
    "localhost,evil.example",
]


@pytest.mark.parametrize("host", GOOD_HOSTS)
def test_hosts_that_cannot_be_rebound(client: TestClient, host: str) -> None:
    assert ask(client, "GET", STATUS, {"Host": host}).status_code == 200


@pytest.mark.parametrize("host", BAD_HOSTS)
def test_a_foreign_host_gets_nothing(client: TestClient, house: House, host: str) -> None:
    for method, path in all_requests():
        answer = ask(client, method, path, {"Host": host})
        assert answer.status_code == 403, path
        assert set(answer.json()) == {"detail", "says"}
    answer = client.post(
        f"{ROOT}/jobs", json=JOB, headers={**PROOF, "Host": host, "Origin": f"http://{host}"}
    )
    assert answer.status_code == 403 and house.store.revision == 0


def test_two_hosts_are_none(client: TestClient) -> None:
    headers = [("Host", "localhost"), ("Host", "evil.example")]
    assert client.get(STATUS, headers=headers).status_code == 403


def test_the_setting_and_the_server_name_add_hosts(house: House) -> None:
    client = client_of(plain_app(house, server_name="studio.lan"))
    assert ask(client, "GET", STATUS, {"Host": "studio.lan:7860"}).status_code == 200
    assert ask(client, "GET", STATUS, {"Host": "webui.example:8443"}).status_code == 403
    house.settings.allowed_hosts = ["https://WebUI.example:8443/", "other.example"]
    assert ask(client, "GET", STATUS, {"Host": "webui.example:8443"}).status_code == 200
    assert ask(client, "GET", STATUS, {"Host": "webui.example"}).status_code == 403
    assert ask(client, "GET", STATUS, {"Host": "other.example:1234"}).status_code == 200
    assert ask(client, "GET", STATUS, {"Host": "x.other.example"}).status_code == 403


def test_the_share_link_of_gradio_is_ours(house: House) -> None:
    with gr.Blocks(analytics_enabled=False) as blocks:
        gr.HTML("tab")
    app = App.create_app(blocks)
    blocks.share_url = "https://tunnel.example"
    from inu_jobs.web.routes import add_routes

    add_routes(app, house, make_ui(house.folder), Options(None))
    assert ask(client_of(app), "GET", STATUS, {"Host": "tunnel.example"}).status_code == 200


# ------------------------------------------------------------------------------ origin


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "http://evil.example",
        "http://localhost:9999",
        "http://localhost",
        "file://",
        "localhost:7860",
        "",
        "http://localhost:7860@evil.example",
        "http://127.0.0.1:7860",
        "http://localhost:7860.evil.example",
        "chrome-extension://abc",
        "http://[::1",
        "http://localhost:x",
    ],
)
def test_a_foreign_origin_changes_nothing(client: TestClient, house: House, origin: str) -> None:
    id = house.add()
    revision = house.store.revision
    headers = {**PROOF, "Origin": origin}
    assert client.post(f"{ROOT}/jobs", json=JOB, headers=headers).status_code == 403
    for method, path in all_requests(id):
        assert client.request(method, path, headers=headers).status_code == 403, path
    assert house.store.revision == revision


def test_the_own_origin_passes(client: TestClient, house: House) -> None:
    for origin, host in (
        ("http://localhost:7860", "localhost:7860"), ("https://localhost", "localhost"),
        ("https://localhost:8443", "localhost:8443"), ("http://[::1]:7860", "[::1]:7860"),
    ):  # fmt: skip
        headers = {**PROOF, "Origin": origin, "Host": host}
        assert client.post(f"{ROOT}/jobs", json=JOB, headers=headers).status_code == 201


@pytest.mark.parametrize("site", ["cross-site", "same-site", "Cross-Site", "anything"])
@pytest.mark.parametrize("mode", ["no-cors", "cors", "navigate", ""])
def test_what_the_browser_says_of_another_site_counts(client: TestClient, site: str, mode: str) -> None:
    """A picture, a script, a frame or a form of another site may come without an Origin."""
    headers = {**PROOF, "Sec-Fetch-Site": site, "Sec-Fetch-Mode": mode, "Sec-Fetch-Dest": "iframe"}
    for method, path in all_requests():
        assert client.request(method, path, headers=headers).status_code == 403, path


def test_a_link_on_another_site_may_be_followed(client: TestClient) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert client.get(STATUS, headers=link).status_code == 200
    assert client.post(f"{ROOT}/jobs", json=JOB, headers={**PROOF, **link}).status_code == 403
    for site in ("none", "same-origin"):
        assert (
            client.get(STATUS, headers={"Sec-Fetch-Site": site, "Sec-Fetch-Mode": "cors"}).status_code == 200
        )


def test_behind_a_proxy_that_rewrites_the_host_the_setting_decides(client: TestClient, house: House) -> None:
    headers = {
        **PROOF,
        "Origin": "https://webui.example",
        "Host": "127.0.0.1:7860",
        "X-Forwarded-Host": "webui.example",
    }
    assert client.post(f"{ROOT}/jobs", json=JOB, headers=headers).status_code == 403
    house.settings.allowed_hosts = ["webui.example"]
    assert client.post(f"{ROOT}/jobs", json=JOB, headers=headers).status_code == 201


# ----------------------------------------------------------------------------- changes


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"X-Inu-Jobs": "0"}, 403),
        ({"X-Inu-Jobs": "1"}, 415),
        ({"X-Inu-Jobs": "1", "Content-Type": "text/plain"}, 415),
        ({"X-Inu-Jobs": "1", "Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"X-Inu-Jobs": "1", "Content-Type": "multipart/form-data; boundary=x"}, 415),
        ({"X-Inu-Jobs": "1", "Content-Type": "application/jsonp"}, 415),
        ({"X-Inu-Jobs": "1", "Content-Type": "application/json; charset=utf-8"}, 201),
    ],
)
def test_a_change_needs_our_header_and_json(
    client: TestClient, house: House, headers: dict[str, str], status: int
) -> None:
    body = b'{"kind":"txt2img","payload":{"prompt":"a cat","width":64,"height":64}}'
    assert client.post(f"{ROOT}/jobs", content=body, headers=headers).status_code == status
    assert house.store.counts()[0] == (1 if status == 201 else 0)


def test_a_form_of_another_site_changes_nothing(client: TestClient, house: House) -> None:
    id = house.add(tasks=2)
    revision = house.store.revision
    for method, path in all_requests(id):
        if method == "GET":
            continue
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        for headers in (form, {**form, "Origin": "https://evil.example"}, {**form, **PROOF}):
            answer = client.request(
                method, path, content=b'{"kind":"txt2img","payload":{}}=', headers=headers
            )
            assert answer.status_code in (403, 415), path
    assert house.store.revision == revision


def test_actions_need_no_body(client: TestClient, house: House) -> None:
    id = house.add()
    assert client.post(f"{ROOT}/jobs/{id}/pause", headers=PROOF).status_code == 200
    assert client.post(f"{ROOT}/jobs/{id}/resume", headers=PROOF, json={}).status_code == 200
    assert client.delete(f"{ROOT}/jobs/{id}", headers=PROOF).status_code == 200


# ----------------------------------------------------------------------------- parsing


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Host.Example:80", ("host.example", "80")),
        ("[::1]:7860", ("::1", "7860")),
        ("a.", ("a", "")),
        ("a/b", ("", "")),
        ("a?b", ("", "")),
        ("u@a", ("", "")),
        ("a:b", ("", "")),
        ("a:99999", ("", "")),
    ],
)
def test_split_host(text: str, expected: tuple[str, str]) -> None:
    assert split_host(text) == expected


def test_is_ip() -> None:
    assert all(map(is_ip, ("127.0.0.1", "::1", "fe80::1%eth0", "10.0.0.1")))
    assert not any(map(is_ip, ("localhost", "1.2.3", "0x7f.1", "127.0.0.1.evil", "")))
