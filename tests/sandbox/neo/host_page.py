"""The page of Forge Neo where it differs: on gradio 4.40. ``a1111/host_page.py`` has the same names."""

import math

import gradio as gr
import gradio.networking

from modules import shared
from modules_forge import main_entry
from modules_forge.forge_canvas.canvas import ForgeCanvas

STEP = int(shared.opts.res_step)


def sRound(val):
    return math.floor(val / STEP + 0.5) * STEP


#: what ``modules.ui`` has on this host alone
OF_UI = {"_STEP": STEP, "sRound": sRound}
GENERATE_OUTPUTS = 5
_selected_tab = None


def extend_gradio():
    from modules import gradio_extensions  # noqa: F401


def dummy_component():
    return gr.Textbox(visible=False, render=False)


def queue(demo):
    demo.queue(default_concurrency_limit=32)


def launch_arguments():
    # else it ends if its own page does not answer within 3 seconds, which it may not on a busy machine
    gradio.networking.url_ok = lambda url: True
    return {}


def make_gallery(**kwargs):
    """(the gallery, the outputs of Generate for images)"""
    gallery = gr.Gallery(**kwargs, interactive=False, type="pil", object_fit="contain")
    elem_id = kwargs["elem_id"].replace("_gallery", "_player")
    player = gr.Video(label="Output", show_label=False, elem_id=elem_id, interactive=False, visible=False)
    return gallery, [gallery, player]


def cfg_slider(label, elem_id, value):
    return gr.Slider(minimum=1.0, maximum=24.0, step=0.5, label=label, value=value, elem_id=elem_id)


def distilled(tab):
    """Inputs of Generate beside CFG, by argument name."""
    slider = cfg_slider("Distilled CFG Scale", f"{tab}_distilled_cfg_scale", 3.0)
    return {"distilled_cfg_scale": slider}


def hires_cfg():
    """Of hires fix, below its sizes, by argument name."""
    return {
        "hr_distilled_cfg": cfg_slider("Hires Distilled CFG Scale", "txt2img_hr_distilled_cfg", 3.0),
        "hr_cfg": cfg_slider("Hires CFG Scale", "txt2img_hr_cfg", 6.0),
    }


def hires_modules():
    """Beside the hires checkpoint, by argument name."""
    choices = ["Use same choices", *main_entry.module_list]
    chosen = gr.Dropdown(
        label="Hires VAE / Text Encoder",
        elem_id="hr_vae_te",
        choices=choices,
        value=choices[:1],
        multiselect=True,
    )
    return {"hr_additional_modules": chosen}


def quicksettings():
    """Above the page, before the settings that the user chose."""
    main_entry.make_checkpoint_manager_ui()


def mode_component(dummy):
    """The number of the open img2img tab: a component of its own."""
    return _selected_tab


def opened_tab(tabs):
    """Called with the img2img tabs once they are there."""
    global _selected_tab

    _selected_tab = gr.Number(value=0, visible=False)
    for i, tab in enumerate(tabs):
        tab.select(fn=lambda number=i: number, inputs=[], outputs=[_selected_tab])


def picture(elem_id, label, **kwargs):
    return gr.Image(
        label=label,
        elem_id=elem_id,
        source="upload",
        interactive=True,
        type="pil",
        **{"show_label": False, "image_mode": "RGBA", **kwargs},
    )


def init_image():
    return {"init_img": ForgeCanvas(elem_id="img2img_image").background}


def two(name, elem_id):
    canvas = ForgeCanvas(elem_id=elem_id)
    return {name: canvas.background, f"{name}_fg": canvas.foreground}


def sketch():
    return two("sketch", "img2img_sketch")


def inpaint():
    return two("init_img_with_mask", "img2maskimg")


def inpaint_sketch():
    return two("inpaint_color_sketch", "inpaint_sketch")


def click_inputs(block, button, outputs):
    """The inputs of the event of ``button`` with that many outputs."""
    for event in block.fns.values():
        if (button._id, "click") in event.targets and len(event.outputs) == outputs:
            return list(event.inputs)
    raise LookupError(button)
