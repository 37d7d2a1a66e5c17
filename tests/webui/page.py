"""The WebUI's page without a browser: its values, its events, Generate and our button.

The layout is that of ``/config``; how events are fired is in ``gradio_events``."""

from __future__ import annotations

import base64
import io
import json
import secrets
import time
import urllib.error
import urllib.parse
import urllib.request
from contextlib import suppress
from typing import Any, cast

from PIL import Image

from . import gradio_events
from .gradio_events import MINUTES

GENERATE_OUTPUTS = 4  # or more: Forge Neo has another one, for videos


PNG = "data:image/png;base64,"


def png(image: Image.Image) -> str:
    """As the browser sends a picture."""
    data = io.BytesIO()
    image.save(data, "PNG")
    return PNG + base64.b64encode(data.getvalue()).decode()


class WebUI:
    """A running WebUI at ``url``, with Inu Jobs in it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.config = self.ask("/config")
        self.components = {c["id"]: c for c in self.config["components"]}
        self.is_gradio_4 = gradio_events.is_gradio_4(self.config)
        #: img2img has a canvas of two values, the picture and the strokes, where others have one
        self.has_canvas = any(
            c["type"] == "html" and c["props"].get("elem_id") == "img2maskimg"
            for c in self.components.values()
        )

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
        """Those that this WebUI has: not every one has all of A1111's, and nobody tells which it has."""
        for name, value in options.items():
            with suppress(AssertionError):
                self.ask("/sdapi/v1/options", {name: value})

    def checkpoint_chip(self, title: str) -> str:
        """The override setting on the page that names a checkpoint; Forge and Forge Neo label it by name."""
        return f"{'Model' if self.has_canvas else 'Model hash'}: {title}"

    def find(self, elem_id: str) -> int:
        """The number of the one component with that id."""
        (found,) = [number for number, c in self.components.items() if c["props"].get("elem_id") == elem_id]
        return found

    def event(self, elem_id: str, outputs: int = 0) -> tuple[int, dict[str, Any]]:
        """Number and description of the click event of the button with that id and ``outputs`` or more."""
        button = self.find(elem_id)
        for number, event in enumerate(self.config["dependencies"]):
            if fires(event, button, "click") and len(event["outputs"]) >= outputs:
                return number, event
        raise AssertionError(f"{elem_id} does nothing")


def file_of(title: str | None) -> str:
    """Of a checkpoint. Its title gets a hash once it is loaded, on Forge Neo not in every list. reForge has
    None as its setting until one was chosen."""
    return (title or "").partition(" [")[0]


def fires(event: dict[str, Any], component: int, trigger: str) -> bool:
    targets = event["targets"]
    return [component, trigger] in targets or (component in targets and event.get("trigger") == trigger)


def open_image(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


def as_javascript(value: Any) -> Any:
    """A number as a browser writes it: it knows no 7.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


#: where an img2img tab with a canvas has a picture and strokes
CANVASES = ("img2img_image", "img2img_sketch", "img2maskimg", "inpaint_sketch")


def nothing_on(picture: str) -> str:
    """No strokes, over all of a picture."""
    size = open_image(base64.b64decode(picture[len(PNG) :])).size
    return png(Image.new("RGBA", size, (0, 0, 0, 0)))


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
            self.put(name, value)

    def first_value(self, component: int) -> Any:
        """As the page shows it at first."""
        props = self.webui.components[component]["props"]
        empty: Any = [] if props.get("multiselect") else None
        if "value" not in props and self.webui.components[component]["type"] == "textbox":
            empty = "" if props.get("visible") else None  # gradio 4: what is not shown has no value
        return empty if props.get("value") is None else props["value"]

    def put(self, name: str, value: Any) -> None:
        """``name``: an elem_id. What is drawn over a picture is the ``mask`` beside its ``image``."""
        if self.webui.has_canvas and name.replace("tab_", f"{self.tab}_", 1) in CANVASES:
            place = self.ids.index(self.webui.find(name.replace("tab_", f"{self.tab}_", 1)) + 2)
            drawn = value if isinstance(value, dict) else {"image": value, "mask": nothing_on(value)}
            self.values[place] = drawn["image"]
            if name != "tab_image":  # whose canvas has no strokes
                self.values[place + 1] = drawn["mask"]
            return
        place = self.place(name)
        self.values[place] = self.sent(self.ids[place], value)

    def sent(self, component: int, value: Any) -> Any:
        """As the page sends it: gradio 4 uploads files first, gradio 3 has what is drawn over a picture."""
        kind, props = (self.webui.components[component][name] for name in ("type", "props"))
        if not self.webui.is_gradio_4:
            drawable = kind == "image" and props.get("tool") == "sketch" and isinstance(value, str)
            return {"image": value, "mask": nothing_on(value)} if drawable else value
        if kind == "image" and isinstance(value, str):
            value = {"name": "picture.png", "data": value}
        if kind in ("image", "file") and isinstance(value, dict):
            data = base64.b64decode(value["data"].partition(",")[2])
            return gradio_events.upload(self.webui.url, value["name"], data)
        return value

    def value(self, component: int) -> Any:
        if component in self.ids:
            return self.values[self.ids.index(component)]
        return self.others.get(component, self.first_value(component))

    def touch(self, elem_id: str, trigger: str, value: Any) -> None:
        """Give a component a value, and let the events of ``trigger`` that keep a ``gr.State`` run. A picture
        is ``{"image": ..., "mask": ...}`` or alone; a canvas has a part for each behind its frame."""
        component = self.webui.find(elem_id)
        if self.webui.components[component]["type"] == "html":
            drawn = value if isinstance(value, dict) else {"image": value, "mask": None}
            self.set_value(component + 1, drawn["mask"])
            component, value = component + 2, drawn["image"]
        self.set_value(component, self.sent(component, value))
        self.keep_states(component, trigger)

    def set_value(self, component: int, value: Any) -> None:
        if component in self.ids:
            self.values[self.ids.index(component)] = value
        else:
            self.others[component] = value

    def keep_states(self, component: int, trigger: str) -> None:
        for number, event in enumerate(self.webui.config["dependencies"]):
            kinds = {self.webui.components[output]["type"] for output in event["outputs"]}
            if fires(event, component, trigger) and kinds == {"state"}:
                data = [self.value(id) for id in event["inputs"]]
                gradio_events.fire_at_once(self.webui.url, number, data, self.session)

    def place(self, elem_id: str) -> int:
        # "tab_" stands for the name of the tab, as most ids begin with it
        elem_id = elem_id.replace("tab_", f"{self.tab}_", 1)
        (place,) = [
            i for i, c in enumerate(self.ids) if self.webui.components[c]["props"].get("elem_id") == elem_id
        ]
        return place

    def one_of(self, *elem_ids: str) -> str:
        """That of them which is on the page: some WebUIs have a control as another kind of part."""
        there = {self.webui.components[c]["props"].get("elem_id") for c in self.ids}
        return next(one for one in elem_ids if one.replace("tab_", f"{self.tab}_", 1) in there)

    def has(self, elem_id: str) -> bool:
        elem_id = elem_id.replace("tab_", f"{self.tab}_", 1)
        return any(self.webui.components[c]["props"].get("elem_id") == elem_id for c in self.ids)

    def inputs(self, task: str) -> list[Any]:
        """What the page's own JavaScript makes of the values before they are sent."""
        first = [task, self.mode] if self.tab == "img2img" else [task]
        return first + [as_javascript(value) for value in self.values[len(first) :]]

    def generate(self) -> list[Image.Image]:
        """Press Generate: the images without the grid. ``infotexts`` are theirs. What fills a ``gr.State``
        runs first."""
        self.keep_states(self.webui.find(f"{self.tab}_generate"), "click")
        data = self.inputs(f"task({secrets.token_hex(5)})")
        gallery, *texts = gradio_events.fire(
            self.webui.url, self.webui.config, self.number, data, self.session
        )
        if isinstance(gallery, dict):  # an update, from where it may be hidden behind a video
            gallery = gallery["value"]
        info = next(text for text in texts if isinstance(text, str) and text.startswith("{"))
        assert gallery, texts
        told = json.loads(info)
        first = told["index_of_first_image"]
        self.infotexts: list[str] = told["infotexts"][first:]
        # what a script adds to the images (ControlNet its maps) has no infotext
        own = gallery[first : len(told["infotexts"])]
        paths = [picture["image"]["path"] if "image" in picture else picture["name"] for picture in own]
        names = [urllib.parse.quote(path, "/?") for path in paths]
        return [open_image(self.webui.fetch(f"/file={name}")) for name in names]

    def capture(self) -> dict[str, Any]:
        """Press "Queue as job": ``{"id": ...}`` or ``{"error": ...}``."""
        number, event = self.webui.event(f"{self.tab}_queue_job")
        count = len(self.ids)
        assert event["inputs"][:count] == self.ids
        data = self.inputs("") + [self.value(component) for component in event["inputs"][count:]]
        answer = gradio_events.fire_at_once(self.webui.url, number, data, self.session)
        return cast(dict[str, Any], answer[0])

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
