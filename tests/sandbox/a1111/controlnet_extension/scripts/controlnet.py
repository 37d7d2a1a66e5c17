"""ControlNet's always-on script: units in ``gr.State``, made anew at each Generate and at each touch of a
control; dicts over the API; and a picture that is drawn over with what the units show."""

import gradio as gr
import numpy
from PIL import Image, ImageOps
from stand_in_controlnet import unit as units
from stand_in_controlnet.unit import ControlMode, ControlNetUnit, InputMode, ResizeMode

from modules import script_callbacks, scripts

#: Generate's buttons, by their ids: they are on the page before the scripts
generate_buttons = {}


class external_code:
    """The module of that name, for as much as others ask of it."""

    @staticmethod
    def get_models(update=False):
        return list(units.MODELS)


def remember(component, **_):
    if getattr(component, "elem_id", None) in ("txt2img_generate", "img2img_generate"):
        generate_buttons[component.elem_id] = component


script_callbacks.on_after_component(remember)


def create_unit(input_mode, enabled, module, model, weight, image, resize_mode, control_mode, region):
    return ControlNetUnit(
        is_ui=True, input_mode=input_mode, enabled=enabled, module=module, model=model, weight=weight,
        image=image, resize_mode=ResizeMode(resize_mode), control_mode=ControlMode(control_mode),
        effective_region_mask=region,
    )  # fmt: skip


def values(choices):
    return [choice.value for choice in choices]


class ControlNetScript(scripts.Script):
    def title(self):
        return "ControlNet"

    def show(self, is_img2img):
        return scripts.AlwaysVisible

    def ui(self, is_img2img):
        tab = "img2img" if is_img2img else "txt2img"
        with gr.Accordion("ControlNet (stand-in)", open=False, elem_id=f"{tab}_controlnet"):
            return [self.unit(f"{tab}_controlnet_{number}", tab) for number in range(2)]

    def unit(self, head, tab):
        with gr.Group():
            image = gr.Image(source="upload", tool="sketch", type="numpy", elem_id=f"{head}_image")
            enabled = gr.Checkbox(label="Enable", value=False, elem_id=f"{head}_enabled")
            module = gr.Dropdown(list(units.MODULES), value="none", elem_id=f"{head}_module")
            model = gr.Dropdown(["None", *units.MODELS], value="None", elem_id=f"{head}_model")
            weight = gr.Slider(0.0, 2.0, value=1.0, step=0.05, elem_id=f"{head}_weight")
            resize = gr.Radio(
                [x.value for x in ResizeMode], value="Crop and Resize", elem_id=f"{head}_resize"
            )
            mode = gr.Radio([x.value for x in ControlMode], value="Balanced", elem_id=f"{head}_mode")
            region = gr.Image(source="upload", type="numpy", image_mode="L", elem_id=f"{head}_region")
        kept_mode = gr.State(InputMode.SIMPLE)
        chosen = gr.Radio(
            [x.value for x in InputMode], value="simple", visible=False, elem_id=f"{head}_input"
        )
        chosen.change(InputMode, [chosen], [kept_mode])
        inputs = [kept_mode, enabled, module, model, weight, image, resize, mode, region]
        unit = gr.State(ControlNetUnit())
        for control in (enabled, module, model, image, resize, mode, region):
            control.change(create_unit, inputs, unit)
        weight.release(create_unit, inputs, unit)
        generate_buttons[f"{tab}_generate"].click(create_unit, inputs, unit, queue=False)
        return unit

    def process(self, p, *args):
        self.controls_of_run = []
        enabled = [x for x in map(self.to_unit, args) if x.enabled]
        for number, unit in enumerate(enabled):
            p.extra_generation_params[f"ControlNet {number}"] = (
                f"Module: {unit.module}, Model: {unit.model}, Weight: {unit.weight}"
            )
        for unit in enabled:
            if unit.model not in units.MODELS and not unit.module.startswith("reference"):
                raise RuntimeError(f"model not found: {unit.model}")
            pairs = unit.images()
            if pairs is None:
                pairs = [(numpy.asarray(p.init_images[0].convert("RGB")), None)]
            self.controls_of_run.append((unit, pairs))

    @staticmethod
    def to_unit(given):
        return ControlNetUnit.from_dict(given) if isinstance(given, dict) else given

    def postprocess_image(self, p, pp, *args):
        for unit, pairs in self.controls_of_run:
            for picture, mask in pairs:
                control = Image.fromarray(picture[..., :3]).resize(pp.image.size)
                control = ImageOps.invert(control) if unit.module == "invert" else control
                strength = min(1.0, 0.2 * unit.weight / len(pairs))
                strength *= 2 if unit.control_mode is ControlMode.CONTROL else 1
                seen = Image.new("L", pp.image.size, 255)
                for hidden in (mask, unit.effective_region_mask):
                    if hidden is not None and hidden.any():
                        flat = hidden if hidden.ndim == 2 else hidden[..., 0]
                        seen = Image.fromarray(flat).resize(pp.image.size)
                pp.image = Image.composite(Image.blend(pp.image, control, strength), pp.image, seen)
