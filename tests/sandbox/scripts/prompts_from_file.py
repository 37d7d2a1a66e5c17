"""A selectable script that makes several generations of one: a prompt a line."""

import copy

from modules import processing, scripts
from modules.processing import Processed
from modules.shared import state


class Script(scripts.Script):
    def title(self):
        return "Prompts from file or textbox"

    def ui(self, is_img2img):
        import gradio as gr

        def elem_id(name):
            return self.elem_id(name)

        iterate = gr.Checkbox(
            label="Iterate seed every line", value=False, elem_id=elem_id("checkbox_iterate")
        )
        same = gr.Checkbox(
            label="Use same random seed for all lines", value=False, elem_id=elem_id("checkbox_iterate_batch")
        )
        position = gr.Radio(
            ["start", "end"],
            label="Insert prompts at the",
            value="start",
            elem_id=elem_id("prompt_position"),
        )
        prompts = gr.Textbox(label="List of prompt inputs", lines=1, elem_id=elem_id("prompt_txt"), value="")
        return [iterate, same, position, prompts]

    def run(self, p, checkbox_iterate, checkbox_iterate_batch, prompt_position, prompt_txt):
        lines = [x.strip() for x in prompt_txt.splitlines() if x.strip()]
        p.do_not_save_grid = True
        if (checkbox_iterate or checkbox_iterate_batch) and p.seed == -1:
            p.seed = processing.get_fixed_seed(-1)
        state.job_count = len(lines) * p.n_iter
        images, all_prompts, infotexts = [], [], []
        for number, line in enumerate(lines):
            state.job = f"{number + 1} out of {state.job_count}"
            one = copy.copy(p)
            parts = [line, p.prompt] if prompt_position == "start" else [p.prompt, line]
            one.prompt = " ".join(x for x in parts if x)
            made = processing.process_images(one)
            images += made.images
            all_prompts += made.all_prompts
            infotexts += made.infotexts
            if checkbox_iterate:
                p.seed = p.seed + p.batch_size * p.n_iter
        return Processed(p, images, p.seed, "", all_prompts=all_prompts, infotexts=infotexts)
