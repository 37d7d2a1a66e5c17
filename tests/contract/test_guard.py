"""What strangers get of a whole WebUI by the routes of others: gradio's files and events, Agent Scheduler's
own web API. On the sandbox and, with ``--webui PATH``, on a real WebUI with Agent Scheduler.
"""

from __future__ import annotations

import base64
import contextlib
import http.client
import json
import random
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import pytest
from PIL import Image
from websockets.sync.client import connect

from tests.sandbox.process import Sandbox
from tests.webui.page import Page, WebUI, png

from .conftest import first_settings
from .kit.whole import Jobs, make

AUTH = "anna:secret"
BASIC = {"Authorization": "Basic " + base64.b64encode(AUTH.encode()).decode()}
QUEUE = "/agent-scheduler/v1"
#: of Agent Scheduler, which ask for no password themselves
OPEN = [
    ("POST", f"{QUEUE}/import"), ("GET", f"{QUEUE}/export"), ("GET", f"{QUEUE}/samplers"),
    ("GET", f"{QUEUE}/sd-models"), ("POST", f"{QUEUE}/task/nothing/unbookmark"),
]  # fmt: skip
CLOSED = [
    ("GET", f"{QUEUE}/queue"),
    ("POST", f"{QUEUE}/queue/clear"),
    ("POST", f"{QUEUE}/task/nothing/move/top"),
]
#: a task that runs nothing: its queue is paused
ENTRY = {
    "type": "txt2img", "params": {"args": {"prompt": "stranger"}, "is_ui": False, "is_img2img": False},
    "script_params": base64.b64encode(b"whatever").decode(),
}  # fmt: skip
IMPORT = json.dumps({"content": json.dumps([ENTRY])})


class Answer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


def ask(host: Sandbox, method: str, path: str, body: str = "", **headers: str) -> Answer:
    """Exactly that and no header more, as anybody could send it. ``_`` stands for ``-`` in names."""
    connection = http.client.HTTPConnection("127.0.0.1", host.port, timeout=120)
    with contextlib.closing(connection):
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if body:
            named.setdefault("Content-Type", "application/json")
        connection.request(method, path, body or None, named)
        answer = connection.getresponse()
        return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())


@pytest.fixture(scope="module", params=["sandbox", "webui"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


Start = Callable[..., Sandbox]


@pytest.fixture(scope="module")
def start(
    kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Start]:
    with contextlib.ExitStack() as hosts:

        def begin(*arguments: str, **options: Any) -> Sandbox:
            """``options``: of config.json."""
            folder = tmp_path_factory.mktemp("host")
            if options:
                webui = request.config.getoption("--webui", None) if kind == "webui" else None
                first = first_settings(Path(webui)) if webui else {}
                (folder / "config.json").write_text(json.dumps(first | options), "utf-8")
            return hosts.enter_context(make(kind, request.config, folder, arguments))

        yield begin


@pytest.fixture(scope="module")
def locked(start: Start) -> Sandbox:
    """With ``--api-auth`` alone, and its queue paused."""
    host = start("--api-auth", AUTH)
    assert ask(host, "POST", f"{QUEUE}/queue/pause", **BASIC).status == 200
    return host


@pytest.fixture(scope="module")
def opened(start: Start) -> Sandbox:
    """Without any password."""
    return start()


def waiting(host: Sandbox) -> int:
    return int(json.loads(ask(host, "GET", f"{QUEUE}/queue", **BASIC).body)["total_pending_tasks"])


# -------------------------------------------------------------- Agent Scheduler's own API


def test_every_route_of_agent_scheduler_asks_for_the_password(locked: Sandbox) -> None:
    for method, path in OPEN + CLOSED:
        for headers in ({}, {"Authorization": "Basic YW5uYTp3cm9uZw=="}, {"Cookie": "access-token=anna"}):
            answer = ask(locked, method, path, IMPORT if "import" in path else "", **headers)
            assert answer.status == 401, (path, headers, answer)
            assert answer.headers["www-authenticate"] == "Basic"
            assert json.loads(answer.body)["detail"]
    assert waiting(locked) == 0


def test_who_has_the_password_goes_on_as_before(locked: Sandbox) -> None:
    for method, path in OPEN + CLOSED:
        if "import" not in path:
            assert ask(locked, method, path, **BASIC).status == 200, path
    # a script on another computer may know this one by any name
    answer = ask(locked, "POST", f"{QUEUE}/import", IMPORT, Host="webui.docker:7860", **BASIC)
    assert json.loads(answer.body) == {"success": True, "message": "Queue imported"}
    (entry,) = json.loads(ask(locked, "GET", f"{QUEUE}/export", **BASIC).body)
    assert entry["params"]["args"]["prompt"] == "stranger"
    assert ask(locked, "POST", f"{QUEUE}/queue/clear", **BASIC).status == 200
    assert waiting(locked) == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://evil.example", "Content_Type": "text/plain"},
        {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "no-cors"},
        {"Sec_Fetch_Site": "same-site", "Sec_Fetch_Mode": "cors"},
    ],
)
def test_another_site_queues_nothing(locked: Sandbox, opened: Sandbox, headers: dict[str, str]) -> None:
    """Even with the password, which a browser sends along once it knows it."""
    for host in (locked, opened):
        for method, path in OPEN + CLOSED:
            answer = ask(host, method, path, IMPORT if "import" in path else "", **headers, **BASIC)
            assert answer.status == 403, (path, answer)
            assert json.loads(answer.body)["success"] is False  # as Agent Scheduler's page reads it
        assert waiting(host) == 0


def test_a_name_that_was_rebound_gets_nothing(opened: Sandbox) -> None:
    host = f"evil.example:{opened.port}"
    for method, path in OPEN + CLOSED:
        body = IMPORT if "import" in path else ""
        assert ask(opened, method, path, body, Host=host, Origin=f"http://{host}").status == 403
    assert waiting(opened) == 0


def test_its_own_page_needs_nothing_new(locked: Sandbox, opened: Sandbox) -> None:
    """It fetches the two lists of names when the WebUI's page is loaded: before anybody was asked for a
    password. They stand on that page anyway."""
    for path in (f"{QUEUE}/samplers", f"{QUEUE}/sd-models"):
        for headers in ({"Sec_Fetch_Site": "same-origin"}, {"Referer": locked.url + "/?__theme=dark"}):
            names = json.loads(ask(locked, "GET", path, **headers).body)
            assert names and all(isinstance(name, str) for name in names)
    for method, path in [("GET", f"{QUEUE}/export"), *CLOSED]:
        headers = {"Sec_Fetch_Site": "same-origin", "Referer": locked.url + "/"}
        assert ask(locked, method, path, **headers).status == 401, path
        assert ask(opened, method, path, Origin=opened.url, **headers).status == 200, path
    answer = ask(opened, "POST", f"{QUEUE}/task/nothing/unbookmark", Origin=opened.url)
    assert json.loads(answer.body) == {"success": False, "message": "Task not found"}


def test_other_spellings_are_no_way_round(locked: Sandbox) -> None:
    for path in (
        "/agent-scheduler/v1/%65xport", "/%61gent-scheduler/v1/export", "//agent-scheduler/v1/export",
        "/agent-scheduler/v1/export/", "/agent-scheduler//v1/export", "/./agent-scheduler/v1/export",
        "/agent-scheduler/v1/../v1/export", "/AGENT-SCHEDULER/v1/export", "/agent-scheduler/v1/export?a=/b",
        "/agent-scheduler%2fv1%2fexport", f"{locked.url}/agent-scheduler/v1/export",
    ):  # fmt: skip
        answer = ask(locked, "GET", path)
        assert answer.status in (307, 401, 404), (path, answer)
        if answer.status == 307:  # to the right spelling
            assert ask(locked, "GET", answer.headers["location"]).status == 401
    for method in ("HEAD", "OPTIONS", "PUT", "PATCH", "TRACE"):
        assert ask(locked, method, f"{QUEUE}/import").status == 401


def test_it_says_so_once_and_stays_after_reload_ui(locked: Sandbox) -> None:
    Jobs(locked).reload_ui()
    assert ask(locked, "GET", f"{QUEUE}/export").status == 401
    said = [line for line in locked.output if "Agent Scheduler's web API" in line]
    assert len(said) == 1 and "Settings > Inu Jobs" in said[0]


def test_the_setting_switches_it_off(start: Start) -> None:
    host = start("--api-auth", AUTH, inu_jobs_guard_agent_scheduler=False)
    assert ask(host, "GET", f"{QUEUE}/export").status == 200  # as without us
    assert ask(host, "GET", f"{QUEUE}/queue").status == 401
    assert not any("Agent Scheduler's web API" in line for line in host.output)


def test_gradios_login_is_enough_and_needed(start: Start) -> None:
    host = start("--gradio-auth", "anna:secret")
    for method, path in OPEN + CLOSED:
        answer = ask(host, method, path, IMPORT if "import" in path else "", Sec_Fetch_Site="same-origin")
        assert answer.status == 401 and "www-authenticate" not in answer.headers, path
    login = ask(
        host,
        "POST",
        "/login",
        "username=anna&password=secret",
        Content_Type="application/x-www-form-urlencoded",
    )
    cookie = login.headers["set-cookie"].partition(";")[0]
    for method, path in OPEN + CLOSED:
        if "import" not in path:
            assert ask(host, method, path, Cookie=cookie, Origin=host.url).status == 200, path


# ------------------------------------------------------------------- the event of our button


class Button:
    """“Queue as job” of img2img, pressed with a picture of its own each time."""

    def __init__(self, host: Sandbox, kind: str) -> None:
        self.host = host
        self.inputs = data_folder(host, kind) / "inputs"
        self.page = Page(WebUI(host.url), "img2img")
        self.number, self.event = self.page.webui.event("img2img_queue_job")

    def body(self, **more: Any) -> dict[str, Any]:
        self.page.put("tab_image", png(Image.frombytes("RGB", (64, 64), random.randbytes(64 * 64 * 3))))
        rest = self.event["inputs"][len(self.page.ids) :]
        data = self.page.inputs("") + [self.page.value(component) for component in rest]
        return {"fn_index": self.number, "data": data, "session_hash": "abc", **more}

    def press(self, path: str = "/run/predict", body: dict[str, Any] | None = None, **headers: str) -> Any:
        """What the event answered."""
        answer = ask(self.host, "POST", path, json.dumps(body or self.body()), **headers)
        assert answer.status == 200, answer
        return json.loads(answer.body)["data"][0]

    def refuses(self, body: dict[str, Any], path: str = "/run/predict", **headers: str) -> bool:
        answer = ask(self.host, "POST", path, json.dumps(body), **headers)
        # gradio 4 takes no body that describes a request
        return answer.status == 422 or set(json.loads(answer.body)["data"][0]) == {"error", "says"}

    def by_the_queue(self, **headers: str) -> Any:
        by = self._by_stream if self.page.webui.is_gradio_4 else self._by_socket
        return by(**headers)["output"]["data"][0]

    def _by_socket(self, **headers: str) -> dict[str, Any]:
        socket = connect(
            self.host.url.replace("http", "ws", 1) + "/queue/join",
            open_timeout=60, additional_headers=headers, max_size=None,
        )  # fmt: skip
        with socket:
            while (message := json.loads(socket.recv(timeout=60)))["msg"] != "process_completed":
                if message["msg"] == "send_hash":
                    socket.send(json.dumps({"fn_index": self.number, "session_hash": "abc"}))
                elif message["msg"] == "send_data":
                    socket.send(json.dumps(self.body()))
        return dict(message)

    def _by_stream(self, **headers: str) -> dict[str, Any]:
        joined = ask(self.host, "POST", "/queue/join", json.dumps(self.body()), **headers)
        assert joined.status == 200, joined
        request = urllib.request.Request(f"{self.host.url}/queue/data?session_hash=abc", headers=headers)
        with urllib.request.urlopen(request, timeout=60) as stream:
            lines = (json.loads(line[5:]) for line in stream if line.startswith(b"data:"))
            return next(dict(told) for told in lines if told["msg"] == "process_completed")

    def stored(self) -> int:
        return sum(path.is_file() for path in self.inputs.rglob("*"))


def test_a_press_on_the_page_keeps_a_draft(opened: Sandbox, kind: str) -> None:
    button = Button(opened, kind)
    before = button.stored()
    for headers in ({}, {"Origin": opened.url}, {"Origin": opened.url, "Sec_Fetch_Site": "same-origin"}):
        id = button.press(**headers)["id"]
        draft = json.loads(ask(opened, "GET", f"/inu-jobs/v1/captures/{id}").body)
        assert draft["payload"]["init_images"][0].startswith("input:")
    assert button.stored() == before + 3


def test_a_press_of_another_site_keeps_nothing(opened: Sandbox, kind: str) -> None:
    """gradio answers any page's request; nor may the request describe another one, or come by its queue."""
    button = Button(opened, kind)
    before = button.stored()
    own = {"host": f"127.0.0.1:{opened.port}", "origin": opened.url}
    forged = {"url": opened.url, "headers": own, "query_params": {}, "path_params": {}}
    foreign: list[dict[str, str]] = [
        {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:1"},
        {"Origin": f"http://evil.example:{opened.port}", "Host": f"evil.example:{opened.port}"},
        {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Mode": "no-cors"},
    ]  # fmt: skip
    for headers in foreign:
        for path in ("/run/predict", "/api/predict", "/run/predict/"):
            assert set(button.press(path, **headers)) == {"error", "says"}
            assert button.refuses(button.body(request=forged), path, **headers)
    assert button.refuses(button.body(request=forged))
    assert set(button.by_the_queue(Origin="http://evil.example")) == {"error", "says"}
    assert button.stored() == before
    # gradio 3 hands its queue's events no headers to tell by
    told = button.by_the_queue(Origin=opened.url)
    assert set(told) == ({"id"} if button.page.webui.is_gradio_4 else {"error", "says"})


# --------------------------------------------------------------------- gradio's own files


def data_folder(host: Sandbox, kind: str) -> Path:
    folder = host.folder.resolve()
    return folder / ("inu-jobs" if kind == "sandbox" else "extensions/inu-jobs/data")


def test_gradio_serves_nothing_of_our_data_folder(locked: Sandbox, kind: str) -> None:
    data = data_folder(locked, kind)
    Jobs(locked).queue(1)
    deep = data / "inputs" / "ab"
    deep.mkdir(parents=True)
    (deep / "picture.png").write_bytes(b"\x89PNG secret")
    link = locked.folder.resolve() / "shortcut"
    link.symlink_to(data)
    for path in (data / "jobs.json", data / "jobs.journal", deep / "picture.png", link / "jobs.json"):
        assert path.is_file(), path
        for route in ("/file=", "/file/"):
            for name in (
                str(path),
                "/" + str(path),
                str(path).replace("/", "/./", 2),
                path.as_posix().replace("/", "//"),
            ):
                for host in ({}, {"Host": "evil.example"}, BASIC):
                    for method in ("GET", "HEAD"):
                        answer = ask(locked, method, route + quote(name), **host)
                        assert answer.status in (403, 404), (method, route, name, answer)
    if kind == "webui":
        models = Path(str(locked._webui)) / "models" / "Lora"  # type: ignore[attr-defined]
        up = "/".join([".."] * len(models.parts[1:]))
        name = quote(f"{models}/{up}{deep}/picture.png")
        assert ask(locked, "GET", f"/sd_extra_networks/thumb?filename={name}").status == 403


def test_gradio_serves_what_the_page_needs_as_before(locked: Sandbox) -> None:
    page = ask(locked, "GET", "/").body.decode()
    found = [part.partition('"')[0] for part in page.split('"file=')[1:]]
    assert any("inu_jobs.mjs" in name for name in found)
    for name in found:
        assert ask(locked, "GET", f"/file={name}").status == 200, name
