"""The Extras tab, as far as images are sent there: its places for them, by the WebUI's own ids."""

import gradio as gr

import modules.infotext_utils as parameters_copypaste


def create_ui():
    with gr.Tabs(elem_id="mode_extras"):
        with gr.TabItem("Single Image", id="single_image", elem_id="extras_single_tab"):
            single = gr.Image(
                label="Source",
                elem_id="extras_image",
                source="upload",
                interactive=True,
                type="pil",
                image_mode="RGBA",
            )
        with gr.TabItem("Batch Process", id="batch_process", elem_id="extras_batch_process_tab"):
            gr.Files(label="Batch Process", interactive=True, elem_id="extras_image_batch")
    parameters_copypaste.add_paste_fields("extras", single, None)
