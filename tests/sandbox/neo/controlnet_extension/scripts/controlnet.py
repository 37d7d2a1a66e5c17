"""The ControlNet that Forge Neo brings: units in ``gr.State``, made anew at each Generate and at each touch
of a control; dicts over the API; and a picture that is drawn over with what the units show."""

import gradio as gr
import numpy
from lib_controlnet import external_code, global_state
from lib_controlnet.external_code import ControlNetUnit
from lib_controlnet.no_grad import no_grad
from PIL import Image

from modules import script_callbacks, scripts
from modules_forge.forge_canvas.canvas import ForgeCanvas

#: Generate's buttons, by their ids: they are on the page before the scripts
generate_buttons = {}


class ControlNetUiGroup:
    GLOBAL_CONTROLNET_BATCH_DIR = ""


def remember(component, **_):
    if getattr(component, "elem_id", None) in ("txt2img_generate", "img2img_generate"):
        generate_buttons[component.elem_id] = component


script_callbacks.on_after_component(remember)


class ControlNetForForgeOfficial(scripts.Script):
    def title(self):
        return "ControlNet"

    def show(self, is_img2img):
        return scripts.AlwaysVisible

    def ui(self, is_img2img):
        tab = "img2img" if is_img2img else "txt2img"
        with (
            gr.Group(elem_id=f"{tab}_controlnet"),
            gr.Accordion("ControlNet Integrated", open=False, elem_id="controlnet"),
        ):
            return [self.unit(f"{tab}_controlnet_ControlNet-{number}", tab) for number in range(2)]

    def unit(self, head, tab):
        with gr.Group():
            image = ForgeCanvas(elem_id=f"{head}_input_image", numpy=True)
            region = ForgeCanvas(elem_id=f"{head}_mask_image", numpy=True)
            enabled = gr.Checkbox(label="Enable", value=False, elem_id=f"{head}_controlnet_enable_checkbox")
            module = gr.Dropdown(
                global_state.MODULES,
                label="Preprocessor",
                value="None",
                elem_id=f"{head}_controlnet_preprocessor_dropdown",
            )
            model = gr.Dropdown(
                ["None", *global_state.MODELS],
                label="Model",
                value="None",
                elem_id=f"{head}_controlnet_model_dropdown",
            )
            weight = gr.Slider(
                0.0, 2.0, value=1.0, step=0.05, elem_id=f"{head}_controlnet_control_weight_slider"
            )
            mode = gr.Radio(
                [x.value for x in external_code.ControlMode],
                value="Balanced",
                elem_id=f"{head}_controlnet_control_mode_radio",
            )
            resize = gr.Radio(
                [x.value for x in external_code.ResizeMode],
                value="Crop and Resize",
                elem_id=f"{head}_controlnet_resize_mode_radio",
            )
        parts = {
            "image": image.background, "image_fg": image.foreground, "mask_image": region.background,
            "mask_image_fg": region.foreground, "enabled": enabled, "module": module, "model": model,
            "weight": weight, "control_mode": mode, "resize_mode": resize,
        }  # fmt: skip
        inputs = list(parts.values())

        def create(*values):
            return ControlNetUnit(**dict(zip(parts, values, strict=True)))

        unit = gr.State(ControlNetUnit(enabled=False))
        for control in inputs:
            (control.release if control is weight else control.change)(create, inputs, unit)
        generate_buttons[f"{tab}_generate"].click(create, inputs, unit, queue=False)
        return unit

    @no_grad
    def process(self, p, *args):
        self.units = [unit for unit in map(self.to_unit, args) if unit.enabled]
        for number, unit in enumerate(self.units):
            if unit.model not in global_state.get_all_controlnet_names():
                raise RuntimeError(f"model not found: {unit.model}")
            p.extra_generation_params[f"ControlNet {number}"] = (
                f"Module: {unit.module}, Model: {unit.model}, Weight: {unit.weight}"
            )

    @staticmethod
    def to_unit(given):
        return ControlNetUnit.from_dict(given) if isinstance(given, dict) else given

    def postprocess_image(self, p, pp, *args):
        init = getattr(p, "init_images", None)
        of_img2img = numpy.asarray(init[0].convert("RGB")) if init else None
        for unit in self.units:
            picture, mask = unit.pictures(of_img2img)
            if picture is None:
                raise ValueError("controlnet is enabled but no input image is given")
            control = Image.fromarray(numpy.ascontiguousarray(picture)).resize(pp.image.size)
            # (M) it compares with the text that its page leaves
            heavy = unit.control_mode == external_code.ControlMode.CONTROL.value
            strength = min(1.0, 0.2 * unit.weight * (2 if heavy else 1))
            seen = Image.new("L", pp.image.size, 255)
            if mask is not None:
                seen = Image.fromarray(numpy.ascontiguousarray(mask)).resize(pp.image.size)
            pp.image = Image.composite(Image.blend(pp.image, control, strength), pp.image, seen)
