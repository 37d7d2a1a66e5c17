"""The page of AUTOMATIC1111's WebUI where it differs: on gradio 3.41. ``neo/host_page.py`` has the same
names."""

import gradio as gr
import numpy

#: what ``modules.ui`` has on this host alone
OF_UI = {}
STEP = 8


def extend_gradio():
    from modules import gradio_extensons  # noqa: F401


def dummy_component():
    return gr.Label(visible=False, render=False)


def queue(demo):
    demo.queue(64)


def launch_arguments():
    return {"show_api": False}


def make_gallery(**kwargs):
    """(the gallery, the outputs of Generate for images)"""
    gallery = gr.Gallery(**kwargs)
    return gallery, [gallery]


def distilled(tab):
    """Inputs of Generate beside CFG, by argument name."""
    return {}


def hires_cfg():
    """Of hires fix, below its sizes, by argument name."""
    return {}


def hires_modules():
    """Beside the hires checkpoint, by argument name."""
    return {}


def quicksettings():
    """Above the page, before the settings that the user chose."""


def mode_component(dummy):
    """The number of the open img2img tab: here the JavaScript of Generate puts it in."""
    return dummy


def opened_tab(tabs):
    """Called with the img2img tabs once they are there."""


def picture(elem_id, label, **kwargs):
    return gr.Image(
        label=label,
        elem_id=elem_id,
        source="upload",
        interactive=True,
        type="pil",
        **{"show_label": False, "image_mode": "RGBA", "height": 480, **kwargs},
    )


def unpainted(image, known):
    """What a sketch is painted on: the first picture of those that have a pixel in common."""
    if image is None or known is None or known.size != image.size:
        return image
    return known if (numpy.asarray(image) == numpy.asarray(known)).all(axis=-1).any() else image


def init_image():
    return {"init_img": picture("img2img_image", "Image for img2img", tool="editor")}


def sketch():
    return {"sketch": picture("img2img_sketch", "Image for img2img", tool="color-sketch", image_mode="RGB")}


def inpaint():
    return {"init_img_with_mask": picture("img2maskimg", "Image for inpainting with mask", tool="sketch")}


def inpaint_sketch():
    painted = picture("inpaint_sketch", "Color sketch inpainting", tool="color-sketch", image_mode="RGB")
    known = gr.State(None)
    painted.change(unpainted, [painted, known], [known])
    return {"inpaint_color_sketch": painted, "inpaint_color_sketch_orig": known}


def click_inputs(block, button, outputs):
    """The inputs of the event of ``button`` with that many outputs."""
    for event in block.dependencies:
        if (
            event["trigger"] == "click"
            and button._id in event["targets"]
            and len(event["outputs"]) == outputs
        ):
            return [block.blocks[i] for i in event["inputs"]]
    raise LookupError(button)


GENERATE_OUTPUTS = 4
