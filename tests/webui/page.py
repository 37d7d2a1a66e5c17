"""The WebUI's page without a browser: its values, its events, Generate and our button.

Speaks gradio 3.41's protocol: the layout from ``/config``, queued events over ``/queue/join``, others
by ``/run/predict``."""

from __future__ import annotations

import base64
import io
import json
import secrets
import time
import urllib.error
import urllib.parse
import urllib.request
from typing import Any, cast

from PIL import Image
from websockets.sync.client import connect

GENERATE_OUTPUTS = 4
MINUTES = 600.0  # seconds; a WebUI on a slow machine


def png(image: Image.Image) -> str:
    """As the browser sends a picture."""
    data = io.BytesIO()
    image.save(data, "PNG")
    return "data:image/png;base64," + base64.b64encode(data.getvalue()).decode()


class WebUI:
    """A running WebUI at ``url``, with Inu Jobs in it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.config = self.ask("/config")
        self.components = {c["id"]: c for c in self.config["components"]}

    def fetch(self, path: str, body: Any = None) -> bytes:
        request = urllib.request.Request(
            self.url + path,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json", "X-Inu-Jobs": "1"},
        )
        try:
            with urllib.request.urlopen(request, timeout=MINUTES) as answer:
                return cast(bytes, answer.read())
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{path}: {error.code} {error.read()[:2000]!r}") from error

    def ask(self, path: str, body: Any = None) -> Any:
        return json.loads(self.fetch(path, body))

    def set_options(self, **options: Any) -> None:
        self.ask("/sdapi/v1/options", options)

    def find(self, elem_id: str) -> int:
        """The number of the one component with that id."""
        (found,) = [number for number, c in self.components.items() if c["props"].get("elem_id") == elem_id]
        return found

    def event(self, elem_id: str, outputs: int | None = None) -> tuple[int, dict[str, Any]]:
        """Number and description of the click event of the button with that id."""
        button = self.find(elem_id)
        for number, event in enumerate(self.config["dependencies"]):
            if fires(event, button, "click") and outputs in (None, len(event["outputs"])):
                return number, event
        raise AssertionError(f"{elem_id} does nothing")


def fires(event: dict[str, Any], component: int, trigger: str) -> bool:
    targets = event["targets"]
    return [component, trigger] in targets or (component in targets and event.get("trigger") == trigger)


def open_image(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def as_javascript(value: Any) -> Any:
    """A number as a browser writes it: it knows no 7.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class Page:
    """One tab ("txt2img" or "img2img") with values on it, by elem_id. ``mode`` is the open img2img tab.
    The values of ``gr.State`` are the server's, by ``session``."""

    def __init__(self, webui: WebUI, tab: str, mode: int = 0, **values: Any) -> None:
        self.webui, self.tab, self.mode = webui, tab, mode
        self.session = secrets.token_hex(5)
        self.others: dict[int, Any] = {}  # values of components that are no inputs of Generate, by id
        self.number, event = webui.event(f"{tab}_generate", GENERATE_OUTPUTS)
        self.ids = event["inputs"]
        self.values = []
        for component in self.ids:
            self.values.append(self.first_value(component))
        for name, value in values.items():
            self.values[self.place(name)] = value

    def first_value(self, component: int) -> Any:
        """As the page shows it at first."""
        props = self.webui.components[component]["props"]
        empty = [] if props.get("multiselect") else None
        return empty if props.get("value") is None else props["value"]

    def value(self, component: int) -> Any:
        if component in self.ids:
            return self.values[self.ids.index(component)]
        return self.others.get(component, self.first_value(component))

    def touch(self, elem_id: str, trigger: str, value: Any) -> None:
        """Give a component a value, and let the events of ``trigger`` that keep a ``gr.State`` run."""
        (component,) = [id for id, c in self.webui.components.items() if c["props"].get("elem_id") == elem_id]
        if component in self.ids:
            self.values[self.ids.index(component)] = value
        else:
            self.others[component] = value
        self.keep_states(component, trigger)

    def keep_states(self, component: int, trigger: str) -> None:
        for number, event in enumerate(self.webui.config["dependencies"]):
            kinds = {self.webui.components[output]["type"] for output in event["outputs"]}
            if fires(event, component, trigger) and kinds == {"state"}:
                data = [self.value(id) for id in event["inputs"]]
                body = {"fn_index": number, "data": data, "session_hash": self.session}
                self.webui.ask("/run/predict", body)

    def place(self, elem_id: str) -> int:
        # "tab_" stands for the name of the tab, as most ids begin with it
        elem_id = elem_id.replace("tab_", f"{self.tab}_", 1)
        (place,) = [
            i for i, c in enumerate(self.ids) if self.webui.components[c]["props"].get("elem_id") == elem_id
        ]
        return place

    def inputs(self, task: str) -> list[Any]:
        """What the page's own JavaScript makes of the values before they are sent."""
        first = [task, self.mode] if self.tab == "img2img" else [task]
        return first + [as_javascript(value) for value in self.values[len(first) :]]

    def generate(self) -> list[Image.Image]:
        """Press Generate: the images without the grid. ``infotexts`` are theirs. What fills a ``gr.State``
        runs first."""
        self.keep_states(self.webui.find(f"{self.tab}_generate"), "click")
        address = self.webui.url.replace("http", "ws", 1) + "/queue/join"
        with connect(address, max_size=None, open_timeout=MINUTES) as socket:
            while True:
                message = json.loads(socket.recv(timeout=MINUTES))
                head = {"fn_index": self.number, "session_hash": self.session}
                if message["msg"] == "send_hash":
                    socket.send(json.dumps(head))
                elif message["msg"] == "send_data":
                    data = self.inputs(f"task({secrets.token_hex(5)})")
                    socket.send(json.dumps({**head, "data": data}))
                elif message["msg"] == "process_completed":
                    break
        gallery, info, *texts = message["output"]["data"]
        assert gallery, texts
        told = json.loads(info)
        first = told["index_of_first_image"]
        self.infotexts: list[str] = told["infotexts"][first:]
        # what a script adds to the images (ControlNet its maps) has no infotext
        own = gallery[first : len(told["infotexts"])]
        names = [urllib.parse.quote(picture["name"], "/?") for picture in own]
        return [open_image(self.webui.fetch(f"/file={name}")) for name in names]

    def capture(self) -> dict[str, Any]:
        """Press "Queue as job": ``{"id": ...}`` or ``{"error": ...}``."""
        number, event = self.webui.event(f"{self.tab}_queue_job")
        count = len(self.ids)
        assert event["inputs"][:count] == self.ids
        data = self.inputs("") + [self.value(component) for component in event["inputs"][count:]]
        body = {"fn_index": number, "data": data, "session_hash": self.session}
        return cast(dict[str, Any], self.webui.ask("/run/predict", body)["data"][0])

    def draft(self) -> dict[str, Any]:
        answer = self.capture()
        assert set(answer) == {"id"}, answer
        return cast(dict[str, Any], self.webui.ask(f"/inu-jobs/v1/captures/{answer['id']}"))


def run_job(
    webui: WebUI, draft: dict[str, Any], axes: list[dict[str, Any]] | None = None
) -> list[Image.Image]:
    """Queue the draft as the composer does, wait until it ran, and give its images in order."""
    found = run_draft(webui, draft, axes)
    return [open_image(webui.fetch(f"/inu-jobs/v1/images/{image['id']}/file")) for image in found]


def run_draft(
    webui: WebUI, draft: dict[str, Any], axes: list[dict[str, Any]] | None = None
) -> list[dict[str, Any]]:
    """As ``run_job``, but what the web API tells of the images."""
    spec = {"kind": draft["kind"], "payload": draft["payload"], "capture": draft["id"], "axes": axes or []}
    return finish(webui, webui.ask("/inu-jobs/v1/jobs", spec)["id"])


def finish(webui: WebUI, job: str) -> list[dict[str, Any]]:
    """Wait until the job ran; its images, in order."""
    end = time.monotonic() + MINUTES
    while True:
        detail = webui.ask(f"/inu-jobs/v1/jobs/{job}")
        states = {task["state"] for task in detail["tasks"]}
        if not states & {"held", "queued", "running"}:
            break
        assert time.monotonic() < end, detail["tasks"]
        time.sleep(0.2)
    assert states == {"done"}, [task["error"] for task in detail["tasks"]]
    order = {task["id"]: task["index"] for task in detail["tasks"]}
    return sorted(detail["images"], key=lambda image: (order[image["task"]], image["index"]))


def same(left: list[Image.Image], right: list[Image.Image]) -> bool:
    """Equal in number and in every pixel."""
    return len(left) == len(right) > 0 and all(
        a.size == b.size and a.tobytes() == b.tobytes() for a, b in zip(left, right, strict=True)
    )
