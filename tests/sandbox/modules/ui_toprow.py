"""Prompts, Generate, the little tools and the styles: above the rest, or compact beside the gallery."""

import gradio as gr

from modules import images, shared
from modules.ui_components import ToolButton


class Toprow:
    def __init__(self, is_img2img, is_compact=False, id_part=None):
        self.id_part = id_part or ("img2img" if is_img2img else "txt2img")
        self.is_img2img = is_img2img
        self.is_compact = is_compact
        if is_compact:
            self.create_submit_box()  # rendered later, beside the gallery
        else:
            self._whole_row()

    def _whole_row(self):
        with gr.Row(elem_id=f"{self.id_part}_toprow", variant="compact"):
            self.create_prompts()
            actions = gr.Column(scale=1, elem_id=f"{self.id_part}_actions_column")
            with actions:
                for part in (self.create_submit_box, self.create_tools_row, self.create_styles_ui):
                    part()

    def create_inline_toprow_prompts(self):
        if self.is_compact:
            self.create_prompts()
            with gr.Row(elem_classes=["toprow-compact-stylerow"]):
                for classes, part in (
                    (["toprow-compact-tools"], self.create_tools_row),
                    (None, self.create_styles_ui),
                ):
                    with gr.Column(elem_classes=classes):
                        part()

    def create_inline_toprow_image(self):
        if self.is_compact:
            self.submit_box.render()

    def create_prompts(self):
        hint = "(Press Ctrl+Enter to generate, Alt+Enter to skip, Esc to interrupt)"
        classes = ["prompt-container-compact"] if self.is_compact else []

        def box(label, name):
            return gr.Textbox(
                label=label,
                elem_id=f"{self.id_part}_{name}",
                show_label=False,
                lines=3,
                placeholder=f"{label}\n{hint}",
                elem_classes=["prompt"],
            )

        with gr.Column(elem_id=f"{self.id_part}_prompt_container", elem_classes=classes, scale=6):
            with gr.Row(elem_id=f"{self.id_part}_prompt_row", elem_classes=["prompt-row"]):
                self.prompt = box("Prompt", "prompt")
                self.prompt_img = gr.File(
                    label="",
                    elem_id=f"{self.id_part}_prompt_image",
                    file_count="single",
                    type="binary",
                    visible=False,
                )
            with gr.Row(elem_id=f"{self.id_part}_neg_prompt_row", elem_classes=["prompt-row"]):
                self.negative_prompt = box("Negative prompt", "neg_prompt")
        self.prompt_img.change(
            fn=images.image_data,
            inputs=[self.prompt_img],
            outputs=[self.prompt, self.prompt_img],
            show_progress=False,
        )

    def create_submit_box(self):
        part = self.id_part
        classes = ["generate-box"] + (["generate-box-compact"] if self.is_compact else [])
        with gr.Row(
            elem_id=f"{part}_generate_box", elem_classes=classes, render=not self.is_compact
        ) as self.submit_box:
            self.interrupt = gr.Button(
                "Interrupt", elem_id=f"{part}_interrupt", elem_classes="generate-box-interrupt"
            )
            self.skip = gr.Button("Skip", elem_id=f"{part}_skip", elem_classes="generate-box-skip")
            self.interrupting = gr.Button(
                "Interrupting...", elem_id=f"{part}_interrupting", elem_classes="generate-box-interrupting"
            )
            self.submit = gr.Button("Generate", elem_id=f"{part}_generate", variant="primary")
        self.skip.click(fn=shared.state.skip)
        self.interrupt.click(fn=shared.state.interrupt)
        self.interrupting.click(fn=shared.state.interrupt)

    def create_tools_row(self):
        with gr.Row(elem_id=f"{self.id_part}_tools"):
            self.paste = ToolButton(
                value="\u2199\ufe0f",
                elem_id="paste",
                tooltip="Read generation parameters from prompt or last generation",
            )
            self.clear_prompt_button = ToolButton(
                value="\U0001f5d1\ufe0f", elem_id=f"{self.id_part}_clear_prompt", tooltip="Clear prompt"
            )
            self.apply_styles = ToolButton(
                value="\U0001f4cb", elem_id=f"{self.id_part}_style_apply", tooltip="Apply all selected styles"
            )
            self.restore_progress_button = ToolButton(
                value="\U0001f300", elem_id=f"{self.id_part}_restore_progress", visible=False
            )
        self.clear_prompt_button.click(
            fn=lambda: ("", ""), inputs=[], outputs=[self.prompt, self.negative_prompt], show_progress=False
        )

    def create_styles_ui(self):
        self.ui_styles = UiPromptStyles(self.id_part)
        styles = self.ui_styles.dropdown

        def apply(prompt, negative, chosen):
            database = shared.prompt_styles
            applied = database.apply_styles_to_prompt(prompt, chosen)
            return applied, database.apply_negative_styles_to_prompt(negative, chosen), []

        texts = [self.prompt, self.negative_prompt, styles]
        self.apply_styles.click(fn=apply, inputs=texts, outputs=texts, show_progress=False)


class UiPromptStyles:
    def __init__(self, tabname):
        with gr.Row(elem_id=f"{tabname}_styles_row"):
            self.dropdown = gr.Dropdown(
                label="Styles",
                show_label=False,
                elem_id=f"{tabname}_styles",
                choices=list(shared.prompt_styles.styles),
                value=[],
                multiselect=True,
                tooltip="Styles",
            )
