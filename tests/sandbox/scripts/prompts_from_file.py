"""A selectable script that makes several generations of one: a prompt a line, or options."""

import copy
import shlex

from modules import errors, processing, scripts
from modules.processing import Processed
from modules.shared import state

#: what an option is turned into; (M) those for folders are set as they are written
OPTIONS = {
    **dict.fromkeys(
        ("sd_model", "outpath_samples", "outpath_grids", "negative_prompt", "prompt", "styles"), str
    ),
    **dict.fromkeys(("seed", "subseed", "batch_size", "n_iter", "steps", "width", "height"), int),
    **dict.fromkeys(("subseed_strength", "cfg_scale"), float),
    "sampler_name": str,
}


def read_line(line):
    """Fields by name; a line that cannot be read as options is a prompt."""
    if "--" not in line:
        return {"prompt": line}
    try:
        words, fields = iter(shlex.split(line)), {}
        for option in words:
            assert option.startswith("--"), f'must start with "--": {option}'
            fields[option[2:]] = OPTIONS[option[2:]](next(words))
        return fields
    except Exception:
        errors.report(f"Error parsing line {line} as commandline", exc_info=True)
        return {"prompt": line}


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
            fields = read_line(line)
            for name, value in fields.items():
                if name == "sd_model":
                    one.override_settings["sd_model_checkpoint"] = value
                else:
                    setattr(one, name, value)
            for name in ("prompt", "negative_prompt"):
                if fields.get(name) and getattr(p, name):
                    parts = [fields[name], getattr(p, name)]
                    setattr(one, name, " ".join(parts if prompt_position == "start" else reversed(parts)))
            made = processing.process_images(one)
            images += made.images
            all_prompts += made.all_prompts
            infotexts += made.infotexts
            if checkbox_iterate:
                p.seed = p.seed + p.batch_size * p.n_iter
        return Processed(p, images, p.seed, "", all_prompts=all_prompts, infotexts=infotexts)
