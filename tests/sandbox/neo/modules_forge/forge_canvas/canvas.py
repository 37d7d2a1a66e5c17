"""The canvas of img2img's tabs: a picture and the strokes over it, each a hidden text with a data URL.

The stand-in shows the picture; nothing can be painted."""

import base64
import io
import uuid
from functools import wraps

import gradio as gr
from PIL import Image

from modules import gradio_extensions  # noqa: F401  it keeps gradio from writing a file beside this one

PREFIX = "data:image/png;base64,"
canvas_head = ""


def image_to_base64(image):
    buffer = io.BytesIO()
    image.convert("RGBA").save(buffer, format="PNG")
    return PREFIX + base64.b64encode(buffer.getvalue()).decode()


class LogicalImage(gr.Textbox):
    webui_do_not_create_gradio_pyi_thank_you = True

    @wraps(gr.Textbox.__init__)
    def __init__(self, *args, **kwargs):
        self.infotext = {}
        super().__init__(*args, **kwargs)

    def preprocess(self, payload):
        if not isinstance(payload, str) or not payload.startswith(PREFIX):
            return None
        image = Image.open(io.BytesIO(base64.b64decode(payload.removeprefix(PREFIX)))).convert("RGBA")
        image.info = self.infotext
        return image

    def postprocess(self, value):
        if value is None:
            return None
        self.infotext = value.info
        return image_to_base64(value)

    def get_block_name(self):
        return "textbox"


class ForgeCanvas:
    def __init__(self, elem_id=None, visible=True):
        self.uuid = "uuid_" + uuid.uuid4().hex
        self.block = gr.HTML("<p>The sandbox's canvas</p>", visible=visible, elem_id=elem_id)
        parts = {
            name: LogicalImage(
                visible=False, label=name, elem_id=self.uuid, elem_classes=[f"logical_image_{name}"]
            )
            for name in ("foreground", "background")
        }
        self.foreground, self.background = parts["foreground"], parts["background"]
