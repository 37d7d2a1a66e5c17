"""The Extras tab's own scripts. Faces are "restored" by smoothing: there is something to see."""

from PIL import Image, ImageFilter

from modules import scripts_postprocessing, shared


def upscaler(name):
    """None where none is wanted."""
    found = next((one for one in shared.sd_upscalers if one.name == name and name != "None"), None)
    assert found or name in (None, "None"), f"could not find upscaler named {name}"
    return found


class Upscale(scripts_postprocessing.ScriptPostprocessing):
    name = "Upscale"
    order = 1000

    def ui(self):
        import gradio as gr

        names = [one.name for one in shared.sd_upscalers]
        return {
            "upscale_enabled": gr.Checkbox(True, label="Upscale"),
            "upscale_mode": gr.Number(0, visible=False),
            "upscale_by": gr.Slider(1.0, 8.0, value=4, step=0.05, label="Resize"),
            "max_side_length": gr.Number(0, label="Max side length"),
            "upscale_to_width": gr.Slider(64, 8192, value=512, step=8, label="Width"),
            "upscale_to_height": gr.Slider(64, 8192, value=512, step=8, label="Height"),
            "upscale_crop": gr.Checkbox(True, label="Crop to fit"),
            "upscaler_1_name": gr.Dropdown(names, value="None", label="Upscaler 1"),
            "upscaler_2_name": gr.Dropdown(names, value="None", label="Upscaler 2"),
            "upscaler_2_visibility": gr.Slider(0.0, 1.0, value=0.0, label="Upscaler 2 visibility"),
        }

    def process(self, pp, upscale_enabled, upscale_mode, upscale_by, upscaler_1_name, upscaler_2_name,
                upscaler_2_visibility, **rest):  # fmt: skip
        first, second = upscaler(upscaler_1_name), upscaler(upscaler_2_name)
        if not upscale_enabled or first is None:
            return
        before = pp.image
        pp.info["Postprocess upscale by"] = upscale_by
        pp.image = first.scaler.upscale(before, upscale_by, first.data_path)
        pp.info["Postprocess upscaler"] = first.name
        if second and upscaler_2_visibility > 0:
            other = second.scaler.upscale(before, upscale_by, second.data_path)
            pp.image = Image.blend(pp.image, other, upscaler_2_visibility)
            pp.info["Postprocess upscaler 2"] = second.name


class Gfpgan(scripts_postprocessing.ScriptPostprocessing):
    name = "GFPGAN"
    order = 2000

    def ui(self):
        import gradio as gr

        return {
            "enable": gr.Checkbox(False, label="GFPGAN"),
            "gfpgan_visibility": gr.Slider(0.0, 1.0, value=1.0, label="Visibility"),
        }

    def process(self, pp, enable, gfpgan_visibility):
        if enable and gfpgan_visibility:
            smooth = pp.image.convert("RGB").filter(ImageFilter.SMOOTH)
            pp.image = Image.blend(pp.image, smooth, gfpgan_visibility)
            pp.info["GFPGAN visibility"] = round(gfpgan_visibility, 3)


class CodeFormer(scripts_postprocessing.ScriptPostprocessing):
    name = "CodeFormer"
    order = 3000

    def ui(self):
        import gradio as gr

        return {
            "enable": gr.Checkbox(False, label="CodeFormer"),
            "codeformer_visibility": gr.Slider(0.0, 1.0, value=1.0, label="Visibility"),
            "codeformer_weight": gr.Slider(0.0, 1.0, value=0, label="Weight"),
        }

    def process(self, pp, enable, codeformer_visibility, codeformer_weight):
        if enable and codeformer_visibility:
            smooth = pp.image.convert("RGB").filter(ImageFilter.SMOOTH_MORE)
            pp.image = Image.blend(pp.image, smooth, codeformer_visibility)
            pp.info["CodeFormer visibility"] = round(codeformer_visibility, 3)
            pp.info["CodeFormer weight"] = round(codeformer_weight, 3)
