"""The page: txt2img and img2img with the WebUI's own ids, and the tabs of extensions.

Generate's inputs and outputs are in the order of ``txt2img_create_processing`` and ``img2img``."""

import inspect

import gradio as gr

import host_page
import modules.infotext_utils as parameters_copypaste
from modules import (
    img2img,
    progress,
    script_callbacks,
    scripts,
    sd_models,
    sd_samplers,
    sd_schedulers,
    shared,
    shared_items,
    txt2img,
    ui_common,
    ui_postprocessing,
    ui_settings,
    ui_toprow,
)
from modules.call_queue import wrap_gradio_gpu_call
from modules.infotext_utils import PasteField
from modules.ui_components import FormGroup, FormRow, InputAccordion, ResizeHandleRow, ToolButton
from modules.ui_gradio_extensions import reload_javascript

random_symbol = "\U0001f3b2\ufe0f"
reuse_symbol = "\u267b\ufe0f"
refresh_symbol = "\U0001f504"
switch_values_symbol = "\U000021c5"
create_refresh_button = ui_common.create_refresh_button
plaintext_to_html = ui_common.plaintext_to_html


# of this host alone
globals().update(host_page.OF_UI)


class OutputPanel:
    gallery = None
    pictures = ()
    generation_info = None
    infotext = None
    html_log = None
    button_upscale = None


def create_output_panel(tabname, outdir, toprow=None):
    res = OutputPanel()
    with gr.Column(elem_id=f"{tabname}_results"):
        if toprow:
            toprow.create_inline_toprow_image()
        with gr.Column(variant="panel", elem_id=f"{tabname}_results_panel"):
            with gr.Group(elem_id=f"{tabname}_gallery_container"):
                res.gallery, res.pictures = host_page.make_gallery(
                    label="Output",
                    show_label=False,
                    elem_id=f"{tabname}_gallery",
                    columns=4,
                    preview=True,
                    height=shared.opts.gallery_height or None,
                )
            with gr.Row(elem_id=f"image_buttons_{tabname}", elem_classes="image-buttons"):
                buttons = {
                    "img2img": ToolButton("\U0001f5bc\ufe0f", elem_id=f"{tabname}_send_to_img2img"),
                    "inpaint": ToolButton("\U0001f3a8\ufe0f", elem_id=f"{tabname}_send_to_inpaint"),
                }
            with gr.Group():
                res.infotext = gr.HTML(elem_id=f"html_info_{tabname}", elem_classes="infotext")
                res.html_log = gr.HTML(elem_id=f"html_log_{tabname}", elem_classes="html-log")
                res.generation_info = gr.Textbox(visible=False, elem_id=f"generation_info_{tabname}")
    for target, button in buttons.items():
        parameters_copypaste.register_paste_params_button(
            parameters_copypaste.ParamBinding(
                paste_button=button,
                tabname=target,
                source_tabname="txt2img" if tabname == "txt2img" else None,
                source_image_component=res.gallery,
            )
        )
    return res


def ordered_ui_categories():
    order = {name.strip(): i * 2 + 1 for i, name in enumerate(shared.opts.ui_reorder_list)}
    categories = enumerate(shared_items.ui_reorder_categories())
    for _, category in sorted(categories, key=lambda x: order.get(x[1], x[0] * 2)):
        yield category


def create_override_settings_dropdown(tabname, row):
    dropdown = gr.Dropdown(
        [],
        label="Override settings",
        visible=False,
        elem_id=f"{tabname}_override_settings",
        multiselect=True,
    )
    dropdown.change(fn=lambda x: gr.update(visible=bool(x)), inputs=[dropdown], outputs=[dropdown])
    return dropdown


def slider(label, elem_id, low, high, step, value, **kwargs):
    return gr.Slider(
        label=label, elem_id=elem_id, minimum=low, maximum=high, step=step, value=value, **kwargs
    )


def size_sliders(tab):
    width = slider("Width", f"{tab}_width", 64, 2048, host_page.STEP, 512)
    height = slider("Height", f"{tab}_height", 64, 2048, host_page.STEP, 512)
    return width, height


def batch_sliders(tab):
    return (
        gr.Slider(minimum=1, step=1, label="Batch count", value=1, elem_id=f"{tab}_batch_count"),
        slider("Batch size", f"{tab}_batch_size", 1, 8, 1, 1),
    )


class Hires:
    """The "Hires. fix" accordion, in the order of the arguments it fills."""

    def __init__(self):
        opts = shared.opts
        upscalers = [*shared.latent_upscale_modes, *(x.name for x in shared.sd_upscalers)]
        with InputAccordion(False, label="Hires. fix", elem_id="txt2img_hr") as self.enable:
            with FormRow(elem_id="txt2img_hires_fix_row1", variant="compact"):
                self.upscaler = gr.Dropdown(
                    label="Upscaler",
                    elem_id="txt2img_hr_upscaler",
                    choices=upscalers,
                    value=shared.latent_upscale_default_mode,
                )
                self.steps = slider("Hires steps", "txt2img_hires_steps", 0, 150, 1, 0)
                self.denoising = slider(
                    "Denoising strength", "txt2img_denoising_strength", 0.0, 1.0, 0.01, 0.7
                )
            with FormRow(elem_id="txt2img_hires_fix_row2", variant="compact"):
                self.scale = slider("Upscale by", "txt2img_hr_scale", 1.0, 4.0, 0.05, 2.0)
                self.resize_x = slider("Resize width to", "txt2img_hr_resize_x", 0, 2048, 8, 0)
                self.resize_y = slider("Resize height to", "txt2img_hr_resize_y", 0, 2048, 8, 0)
            with FormRow(elem_id="txt2img_hires_fix_row_cfg", variant="compact"):
                self.more = host_page.hires_cfg()
            row3 = {"variant": "compact", "visible": opts.hires_fix_show_sampler}
            with FormRow(elem_id="txt2img_hires_fix_row3", **row3):
                self.checkpoint = self.same(
                    "Checkpoint", "hr_checkpoint", sd_models.checkpoint_tiles(use_short=True)
                )
                self.more |= host_page.hires_modules()
                samplers = sd_samplers.visible_sampler_names()
                self.sampler = self.same("Hires sampling method", "hr_sampler", samplers, "sampler")
                labels = [x.label for x in sd_schedulers.schedulers]
                self.scheduler = self.same("Hires schedule type", "hr_scheduler", labels, "scheduler")
            row4 = {"variant": "compact", "visible": opts.hires_fix_show_prompts}
            with FormRow(elem_id="txt2img_hires_fix_row4", **row4):
                self.prompt = gr.Textbox(label="Hires prompt", elem_id="hires_prompt", lines=3)
                self.negative = gr.Textbox(label="Hires negative prompt", elem_id="hires_neg_prompt", lines=3)

    @staticmethod
    def same(label, elem_id, choices, kind="checkpoint"):
        default = f"Use same {kind}"
        return gr.Dropdown(label=label, elem_id=elem_id, choices=[default, *choices], value=default)

    def inputs(self):
        """By argument name."""
        return {
            "enable_hr": self.enable,
            "denoising_strength": self.denoising,
            "hr_scale": self.scale,
            "hr_upscaler": self.upscaler,
            "hr_second_pass_steps": self.steps,
            "hr_resize_x": self.resize_x,
            "hr_resize_y": self.resize_y,
            "hr_checkpoint_name": self.checkpoint,
            "hr_sampler_name": self.sampler,
            "hr_scheduler": self.scheduler,
            "hr_prompt": self.prompt,
            "hr_negative_prompt": self.negative,
            **self.more,
        }

    def paste_fields(self):
        labels = {
            "hr_cfg": "Hires CFG Scale",
            "hr_distilled_cfg": "Hires Distilled CFG Scale",
            "hr_additional_modules": "Hires VAE/TE",
        }
        return [
            *(PasteField(component, labels[name], api=name) for name, component in self.more.items()),
            PasteField(self.denoising, "Denoising strength", api="denoising_strength"),
            PasteField(self.enable, lambda d: "Hires upscaler" in d or "Hires upscale" in d, api="enable_hr"),
            PasteField(self.scale, "Hires upscale", api="hr_scale"),
            PasteField(self.upscaler, "Hires upscaler", api="hr_upscaler"),
            PasteField(self.steps, "Hires steps", api="hr_second_pass_steps"),
            PasteField(self.resize_x, "Hires resize-1", api="hr_resize_x"),
            PasteField(self.resize_y, "Hires resize-2", api="hr_resize_y"),
            PasteField(self.checkpoint, "Hires checkpoint", api="hr_checkpoint_name"),
            PasteField(self.prompt, "Hires prompt", api="hr_prompt"),
            PasteField(self.negative, "Hires negative prompt", api="hr_negative_prompt"),
        ]


def in_order(function, components):
    """Generate's inputs: ``components``, by argument name, as ``function`` takes them."""
    names = [
        x.name for x in inspect.signature(function).parameters.values() if x.kind is x.POSITIONAL_OR_KEYWORD
    ]
    return [components[name] for name in names if name != "request"]


def connect_generate(tab, toprow, panel, inputs, function, js):
    texts = [panel.generation_info, panel.infotext, panel.html_log]
    outputs = [*panel.pictures, *texts]
    # gradio gives the request to an argument of this type; the functions are also used without gradio
    function.__annotations__["request"] = gr.Request
    arguments = {
        "fn": wrap_gradio_gpu_call(function, extra_outputs=[None] * len(panel.pictures) + ["", ""]),
        "_js": js,
        "inputs": inputs,
        "outputs": outputs,
        "show_progress": False,
    }
    toprow.prompt.submit(**arguments)
    toprow.submit.click(**arguments)
    toprow.restore_progress_button.click(
        fn=progress.restore_progress,
        _js=f"restoreProgress{tab.capitalize()}",
        inputs=inputs[:1],
        outputs=[panel.gallery, *texts],
        show_progress=False,
    )


def shared_paste_fields(toprow, cfg_scale, width, height, batch_size):
    def styles(d):
        return d["Styles array"] if isinstance(d.get("Styles array"), list) else gr.update()

    return [
        PasteField(toprow.prompt, "Prompt", api="prompt"),
        PasteField(toprow.negative_prompt, "Negative prompt", api="negative_prompt"),
        PasteField(cfg_scale, "CFG scale", api="cfg_scale"),
        PasteField(width, "Size-1", api="width"),
        PasteField(height, "Size-2", api="height"),
        PasteField(batch_size, "Batch size", api="batch_size"),
        PasteField(toprow.ui_styles.dropdown, styles, api="styles"),
    ]


def create_txt2img(dummy_component):
    runner = scripts.scripts_current = scripts.scripts_txt2img
    runner.initialize_scripts(is_img2img=False)
    with gr.Blocks(analytics_enabled=False) as interface:
        toprow = ui_toprow.Toprow(
            is_img2img=False, is_compact=getattr(shared.opts, "compact_prompt_box", False)
        )
        dummy_component.render()
        with (
            gr.Tabs(elem_id="txt2img_extra_tabs", elem_classes=["extra-networks"]),
            gr.Tab("Generation", id="txt2img_generation"),
            ResizeHandleRow(equal_height=False),
        ):
            with gr.Column(variant="compact", elem_id="txt2img_settings"):
                runner.prepare_ui()
                for category in ordered_ui_categories():
                    if category == "prompt":
                        toprow.create_inline_toprow_prompts()
                    elif category == "dimensions":
                        with FormRow():
                            with gr.Column(elem_id="txt2img_column_size", scale=4):
                                width, height = size_sliders("txt2img")
                            with gr.Column(elem_id="txt2img_column_batch"):
                                batch_count, batch_size = batch_sliders("txt2img")
                    elif category == "cfg":
                        with gr.Row():
                            distilled = host_page.distilled("txt2img")
                            cfg_scale = slider("CFG Scale", "txt2img_cfg_scale", 1.0, 30.0, 0.5, 7.0)
                    elif category == "accordions":
                        with gr.Row(elem_id="txt2img_accordions", elem_classes="accordions"):
                            hires = Hires()
                            runner.setup_ui_for_section(category)
                    elif category == "override_settings":
                        with FormRow(elem_id="txt2img_override_settings_row") as row:
                            override_settings = create_override_settings_dropdown("txt2img", row)
                    elif category == "scripts":
                        with FormGroup(elem_id="txt2img_script_container"):
                            custom_inputs = runner.setup_ui()
                    if category != "accordions":
                        runner.setup_ui_for_section(category)
            panel = create_output_panel("txt2img", shared.opts.outdir_txt2img_samples, toprow)
            arguments = {
                "id_task": dummy_component,
                "prompt": toprow.prompt,
                "negative_prompt": toprow.negative_prompt,
                "prompt_styles": toprow.ui_styles.dropdown,
                "n_iter": batch_count,
                "batch_size": batch_size,
                "cfg_scale": cfg_scale,
                "height": height,
                "width": width,
                "override_settings_texts": override_settings,
                **distilled,
                **hires.inputs(),
            }
            inputs = [*in_order(txt2img.txt2img_create_processing, arguments), *custom_inputs]
            connect_generate("txt2img", toprow, panel, inputs, txt2img.txt2img, "submit")
            fields = shared_paste_fields(toprow, cfg_scale, width, height, batch_size)
            fields += [PasteField(x, "Distilled CFG Scale", api=name) for name, x in distilled.items()]
            fields += [*hires.paste_fields(), *runner.infotext_fields]
            parameters_copypaste.add_paste_fields("txt2img", None, fields, override_settings)
            register_paste(toprow, "txt2img")
    return interface


def register_paste(toprow, tabname):
    parameters_copypaste.register_paste_params_button(
        parameters_copypaste.ParamBinding(
            paste_button=toprow.paste, tabname=tabname, source_text_component=toprow.prompt
        )
    )


class Img2imgImages:
    """The six sub-tabs. Their order is ``mode``."""

    def __init__(self):
        self.arguments = {}
        with gr.Tabs(elem_id="mode_img2img"):
            self.tabs = []
            for title, name, elem_id, pictures in (
                ("img2img", "img2img", "img2img", host_page.init_image),
                ("Sketch", "img2img_sketch", "img2img_sketch", host_page.sketch),
                ("Inpaint", "inpaint", "inpaint", host_page.inpaint),
                ("Inpaint sketch", "inpaint_sketch", "inpaint_sketch", host_page.inpaint_sketch),
                ("Inpaint upload", "inpaint_upload", "inpaint_upload", self._upload),
            ):
                with gr.TabItem(title, id=name, elem_id=f"img2img_{elem_id}_tab") as tab:
                    self.arguments |= pictures()
                self.tabs.append(tab)
            with gr.TabItem("Batch", id="batch", elem_id="img2img_batch_tab") as tab_batch:
                self._batch()
        self.tabs.append(tab_batch)
        host_page.opened_tab(self.tabs)
        with FormRow():
            self.resize_mode = gr.Radio(
                label="Resize mode",
                elem_id="resize_mode",
                choices=["Just resize", "Crop and resize", "Resize and fill", "Just resize (latent upscale)"],
                type="index",
                value="Just resize",
            )

    @staticmethod
    def _upload():
        return {
            "init_img_inpaint": host_page.picture("img_inpaint_base", "Image for img2img", image_mode="RGB"),
            "init_mask_inpaint": host_page.picture("img_inpaint_mask", "Mask", show_label=True),
        }

    def _batch(self):
        with gr.Tabs(elem_id="img2img_batch_source"):
            self.batch_source = gr.Textbox(visible=False, value="upload")
            with gr.TabItem("Upload", id="batch_upload", elem_id="img2img_batch_upload_tab") as upload:
                self.batch_upload = gr.Files(label="Files", interactive=True, elem_id="img2img_batch_upload")
            with gr.TabItem(
                "From directory", id="batch_from_dir", elem_id="img2img_batch_from_dir_tab"
            ) as folder:
                self.batch_input = gr.Textbox(label="Input directory", elem_id="img2img_batch_input_dir")
                self.batch_output = gr.Textbox(label="Output directory", elem_id="img2img_batch_output_dir")
                self.batch_masks = gr.Textbox(
                    label="Inpaint batch mask directory", elem_id="img2img_batch_inpaint_mask_dir"
                )
        upload.select(fn=lambda: "upload", inputs=[], outputs=[self.batch_source])
        folder.select(fn=lambda: "from dir", inputs=[], outputs=[self.batch_source])
        with gr.Accordion("PNG info", open=False):
            self.use_png_info = gr.Checkbox(
                label="Append png info to prompts", elem_id="img2img_batch_use_png_info"
            )
            self.png_info_dir = gr.Textbox(label="PNG info directory", elem_id="img2img_batch_png_info_dir")
            self.png_info_props = gr.CheckboxGroup(
                ["Prompt", "Negative prompt", "Seed", "CFG scale", "Sampler", "Steps", "Model hash"],
                label="Parameters to take from png info",
            )


class Inpaint:
    def __init__(self):
        with FormGroup(elem_id="inpaint_controls", visible=False) as self.group:
            with FormRow():
                self.mask_blur = slider("Mask blur", "img2img_mask_blur", 0, 64, 1, 4)
                self.mask_alpha = gr.Slider(
                    label="Mask transparency", visible=False, elem_id="img2img_mask_alpha"
                )
            self.mask_invert = self.radio(
                "Mask mode", "img2img_mask_mode", ["Inpaint masked", "Inpaint not masked"], 0
            )
            fills = ["fill", "original", "latent noise", "latent nothing"]
            self.fill = self.radio("Masked content", "img2img_inpainting_fill", fills, 1)
            areas = ["Whole picture", "Only masked"]
            self.full_res = self.radio("Inpaint area", "img2img_inpaint_full_res", areas, 0)
            self.padding = slider(
                "Only masked padding, pixels", "img2img_inpaint_full_res_padding", 0, 256, 4, 32
            )

    @staticmethod
    def radio(label, elem_id, choices, default):
        with FormRow():
            return gr.Radio(
                label=label, choices=choices, value=choices[default], type="index", elem_id=elem_id
            )


class ResizeTabs:
    def __init__(self):
        self.selected = gr.Number(value=0, visible=False)
        with gr.Tabs(elem_id="img2img_tabs_resize"):
            with gr.Tab(label="Resize to", id="to", elem_id="img2img_tab_resize_to") as to:
                self.width, self.height = size_sliders("img2img")
            with gr.Tab(label="Resize by", id="by", elem_id="img2img_tab_resize_by") as by:
                self.scale_by = slider("Scale", "img2img_scale", 0.05, 4.0, 0.05, 1.0)
        to.select(fn=lambda: 0, inputs=[], outputs=[self.selected])
        by.select(fn=lambda: 1, inputs=[], outputs=[self.selected])


def create_img2img(dummy_component):
    runner = scripts.scripts_current = scripts.scripts_img2img
    runner.initialize_scripts(is_img2img=True)
    with gr.Blocks(analytics_enabled=False) as interface:
        toprow = ui_toprow.Toprow(
            is_img2img=True, is_compact=getattr(shared.opts, "compact_prompt_box", False)
        )
        with (
            gr.Tabs(elem_id="img2img_extra_tabs", elem_classes=["extra-networks"]),
            gr.Tab("Generation", id="img2img_generation"),
            ResizeHandleRow(equal_height=False),
        ):
            with gr.Column(variant="compact", elem_id="img2img_settings"):
                runner.prepare_ui()
                for category in ordered_ui_categories():
                    if category == "prompt":
                        toprow.create_inline_toprow_prompts()
                    elif category == "image":
                        pictures = Img2imgImages()
                    elif category == "inpaint":
                        inpaint = Inpaint()
                    elif category == "dimensions":
                        with FormRow():
                            with gr.Column(elem_id="img2img_column_size", scale=4):
                                size = ResizeTabs()
                            with gr.Column(elem_id="img2img_column_batch"):
                                batch_count, batch_size = batch_sliders("img2img")
                    elif category == "denoising":
                        denoising = slider(
                            "Denoising strength", "img2img_denoising_strength", 0.0, 1.0, 0.01, 0.75
                        )
                    elif category == "cfg":
                        with gr.Row():
                            distilled = host_page.distilled("img2img")
                            cfg_scale = slider("CFG Scale", "img2img_cfg_scale", 1.0, 30.0, 0.5, 7.0)
                            image_cfg = slider(
                                "Image CFG Scale", "img2img_image_cfg_scale", 0, 3.0, 0.05, 1.5, visible=False
                            )
                    elif category == "accordions":
                        with gr.Row(elem_id="img2img_accordions", elem_classes="accordions"):
                            runner.setup_ui_for_section(category)
                    elif category == "override_settings":
                        with FormRow(elem_id="img2img_override_settings_row") as row:
                            override_settings = create_override_settings_dropdown("img2img", row)
                    elif category == "scripts":
                        with FormGroup(elem_id="img2img_script_container"):
                            custom_inputs = runner.setup_ui()
                    if category != "accordions":
                        runner.setup_ui_for_section(category)
            for i, tab in enumerate(pictures.tabs):
                tab.select(
                    fn=lambda number=i: (
                        gr.update(visible=number in (2, 3, 4)),
                        gr.update(visible=number == 3),
                    ),
                    inputs=[],
                    outputs=[inpaint.group, inpaint.mask_alpha],
                )
            panel = create_output_panel("img2img", shared.opts.outdir_img2img_samples, toprow)
            arguments = {
                "id_task": dummy_component,
                "mode": host_page.mode_component(dummy_component),
                "prompt": toprow.prompt,
                "negative_prompt": toprow.negative_prompt,
                "prompt_styles": toprow.ui_styles.dropdown,
                "mask_blur": inpaint.mask_blur,
                "mask_alpha": inpaint.mask_alpha,
                "inpainting_fill": inpaint.fill,
                "n_iter": batch_count,
                "batch_size": batch_size,
                "cfg_scale": cfg_scale,
                "image_cfg_scale": image_cfg,
                "denoising_strength": denoising,
                "selected_scale_tab": size.selected,
                "height": size.height,
                "width": size.width,
                "scale_by": size.scale_by,
                "resize_mode": pictures.resize_mode,
                "inpaint_full_res": inpaint.full_res,
                "inpaint_full_res_padding": inpaint.padding,
                "inpainting_mask_invert": inpaint.mask_invert,
                "img2img_batch_input_dir": pictures.batch_input,
                "img2img_batch_output_dir": pictures.batch_output,
                "img2img_batch_inpaint_mask_dir": pictures.batch_masks,
                "override_settings_texts": override_settings,
                "img2img_batch_use_png_info": pictures.use_png_info,
                "img2img_batch_png_info_props": pictures.png_info_props,
                "img2img_batch_png_info_dir": pictures.png_info_dir,
                "img2img_batch_source_type": pictures.batch_source,
                "img2img_batch_upload": pictures.batch_upload,
                **distilled,
                **pictures.arguments,
            }
            inputs = [*in_order(img2img.img2img, arguments), *custom_inputs]
            connect_generate("img2img", toprow, panel, inputs, img2img.img2img, "submit_img2img")
            fields = shared_paste_fields(toprow, cfg_scale, size.width, size.height, batch_size)
            fields += [
                *((x, "Distilled CFG Scale") for x in distilled.values()),
                (denoising, "Denoising strength"),
                (inpaint.mask_blur, "Mask blur"),
                (inpaint.mask_invert, "Mask mode"),
                (inpaint.fill, "Masked content"),
                (inpaint.full_res, "Inpaint area"),
                (inpaint.padding, "Masked area padding"),
                *runner.infotext_fields,
            ]
            add = parameters_copypaste.add_paste_fields
            add("img2img", pictures.arguments["init_img"], fields, override_settings)
            add("inpaint", pictures.arguments["init_img_with_mask"], fields, override_settings)
            register_paste(toprow, "img2img")
    return interface


def create_ui():
    reload_javascript()
    parameters_copypaste.reset()
    settings = ui_settings.UiSettings()
    settings.register_settings()

    dummy_component = host_page.dummy_component()
    txt2img_interface = create_txt2img(dummy_component)
    img2img_interface = create_img2img(dummy_component)
    scripts.scripts_current = None
    with gr.Blocks(analytics_enabled=False) as extras_interface:
        ui_postprocessing.create_ui()
    settings.create_ui(dummy_component)

    interfaces = [
        (txt2img_interface, "txt2img", "txt2img"),
        (img2img_interface, "img2img", "img2img"),
        (extras_interface, "Extras", "extras"),
    ]
    interfaces += script_callbacks.ui_tabs_callback()
    interfaces += [(settings.interface, "Settings", "settings")]
    from tests.sandbox import panel

    interfaces += [(panel.create_ui(), "Sandbox", "sandbox")]
    shared.tab_names = [label for _, label, _ in interfaces]
    fonts = ["ui-sans-serif", "system-ui", "sans-serif"]
    shared.gradio_theme = gr.themes.Default(font=fonts, font_mono=["ui-monospace", "monospace"])
    with gr.Blocks(theme=shared.gradio_theme, analytics_enabled=False, title="Stable Diffusion") as demo:
        settings.add_quicksettings()
        parameters_copypaste.connect_paste_params_buttons()
        with gr.Tabs(elem_id="tabs"):
            for interface, label, name in interfaces:
                with gr.TabItem(label, id=name, elem_id=f"tab_{name}"):
                    interface.render()
        gr.HTML("The sandbox of Inu Jobs: no GPU, no models; images are drawn.", elem_id="footer")
        settings.add_functionality(demo)
    for block in demo.blocks.values():
        # as ui_loadsave: what is read from an infotext becomes of the type of the component's value
        if type(block) is gr.Textbox and block.visible and block.value is None:
            block.value = ""
    return demo


def setup_ui_api(app):
    app.add_api_route("/internal/ping", lambda: {}, methods=["GET"])
