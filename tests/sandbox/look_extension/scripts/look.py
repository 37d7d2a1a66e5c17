"""Scripts whose arguments are pictures, arrays, enums and objects of their own."""

import gradio as gr
import numpy
from PIL import Image, ImageChops
from stand_in_look import Blend, Look

from modules import processing, scripts


class LookScript(scripts.Script):
    """An always-on script: the picture is blended with a PIL image, shifted by an array, and tinted as an
    object says. Its API knows no other form of these."""

    def title(self):
        return "Look"

    def show(self, is_img2img):
        return scripts.AlwaysVisible

    def ui(self, is_img2img):
        head = "img2img_look" if is_img2img else "txt2img_look"
        with gr.Accordion("Look (stand-in)", open=False, elem_id=head):
            picture = gr.Image(type="pil", image_mode="RGBA", elem_id=f"{head}_picture")
            array = gr.Image(type="numpy", elem_id=f"{head}_array")
            strength = gr.Slider(0, 1, value=0.3, elem_id=f"{head}_strength")
            tint = gr.Textbox(value="", elem_id=f"{head}_tint")
            blend = gr.Radio([x.name for x in Blend], value="PLAIN", elem_id=f"{head}_blend")
            upload = gr.File(elem_id=f"{head}_upload")
            kept_blend, kept_look = gr.State(Blend.PLAIN), gr.State(Look())
            blend.change(lambda name: Blend[name], [blend], [kept_blend])
            tint.change(Look.of, [tint, blend], [kept_look])
        return [picture, array, strength, kept_blend, kept_look, upload]

    def postprocess_image(self, p, pp, picture, array, strength, blend, look, upload):
        image = pp.image
        if picture is not None:
            other = picture.convert("RGB").resize(image.size)
            if blend is Blend.DARKER:
                other = ImageChops.darker(image, other)
            image = Image.blend(image, other, strength)
        if array is not None:
            image = Image.blend(image, Image.fromarray(array).convert("RGB").resize(image.size), 0.2)
        if look.tint:
            shift = numpy.asarray(image).astype(int) + numpy.array(look.tint)
            if look.blend is Blend.DARKER:
                shift = shift - look.weights[0]
            image = Image.fromarray(shift.clip(0, 255).astype("uint8"))
        pp.image = image


class PasteScript(scripts.Script):
    """A selectable script with a picture among its arguments."""

    def title(self):
        return "Paste a picture"

    def ui(self, is_img2img):
        picture = gr.Image(type="pil", elem_id=self.elem_id("picture"))
        left = gr.Slider(0, 64, value=8, step=1, elem_id=self.elem_id("left"))
        return [picture, left]

    def run(self, p, picture, left):
        processed = processing.process_images(p)
        p.extra_generation_params["Pasted"] = picture.size
        processed.images[0].paste(picture, (left, left))
        return processed
