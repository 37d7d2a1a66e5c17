"""The canvas of img2img's tabs: a picture and the strokes over it, each a hidden text with a data URL.

The stand-in takes a picture and shows it; nothing can be painted."""

import base64
import io
import uuid
from functools import wraps

import gradio as gr
from gradio.context import Context
from numpy import asarray
from PIL import Image

from modules import gradio_extensions  # noqa: F401  it keeps gradio from writing a file beside this one

PREFIX = "data:image/png;base64,"
canvas_head = ""
HTML = """<div class="forge-container" id="container_{id}">
<input type="file" id="imageInput_{id}" class="forge-file-upload">
<img id="image_{id}" class="forge-image">
<canvas id="drawingCanvas_{id}" class="forge-drawing-canvas"></canvas>
</div>"""
#: shows what the hidden text says, and writes into it what was chosen, as PNG
SCRIPT = """async () => {{
    const image = document.getElementById("image_{id}");
    const text = document.querySelector("#{id}.logical_image_background textarea");
    let shown = "";
    setInterval(() => {{
        if (text.value !== shown) image.src = shown = text.value;
    }}, 100);
    document.getElementById("imageInput_{id}").addEventListener("change", async (event) => {{
        const picture = await createImageBitmap(event.target.files[0]);
        const canvas = document.getElementById("drawingCanvas_{id}");
        [canvas.width, canvas.height] = [picture.width, picture.height];
        const painted = document.createElement("canvas");
        [painted.width, painted.height] = [picture.width, picture.height];
        painted.getContext("2d").drawImage(picture, 0, 0);
        text.value = painted.toDataURL("image/png");
        text.dispatchEvent(new Event("input", {{ bubbles: true }}));
    }});
}}"""


def image_to_base64(image):
    buffer = io.BytesIO()
    image.convert("RGBA").save(buffer, format="PNG")
    return PREFIX + base64.b64encode(buffer.getvalue()).decode()


class LogicalImage(gr.Textbox):
    webui_do_not_create_gradio_pyi_thank_you = True

    @wraps(gr.Textbox.__init__)
    def __init__(self, *args, numpy=False, **kwargs):
        self.numpy = numpy
        self.infotext = {}
        super().__init__(*args, **kwargs)

    def preprocess(self, payload):
        if not isinstance(payload, str) or not payload.startswith(PREFIX):
            return None
        image = Image.open(io.BytesIO(base64.b64decode(payload.removeprefix(PREFIX)))).convert("RGBA")
        image.info = self.infotext
        return asarray(image) if self.numpy else image

    def postprocess(self, value):
        if value is None:
            return None
        self.infotext = value.info
        return image_to_base64(value)

    def get_block_name(self):
        return "textbox"


class ForgeCanvas:
    def __init__(self, elem_id=None, visible=True, numpy=False):
        self.uuid = "uuid_" + uuid.uuid4().hex
        self.block = gr.HTML(HTML.format(id=self.uuid), visible=visible, elem_id=elem_id)
        parts = {
            name: LogicalImage(
                visible=False,
                label=name,
                numpy=numpy,
                elem_id=self.uuid,
                elem_classes=[f"logical_image_{name}"],
            )
            for name in ("foreground", "background")
        }
        self.foreground, self.background = parts["foreground"], parts["background"]
        Context.root_block.load(None, js=SCRIPT.format(id=self.uuid))
