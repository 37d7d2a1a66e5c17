from host_traits import strip_comments
from modules import scripts, shared


class ScriptStripComments(scripts.Script):
    def title(self):
        return "Comments"

    def show(self, is_img2img):
        return scripts.AlwaysVisible

    def process(self, p, *args):
        if shared.opts.enable_prompt_comments:
            kinds = ["prompts", "negative_prompts"]
            lists = [f"all_{kind}" for kind in kinds]
            if getattr(p, "enable_hr", False):
                lists += [f"all_hr_{kind}" for kind in kinds]
            for name in lists:
                setattr(p, name, [strip_comments(text) for text in getattr(p, name)])
            for name in ("main_prompt", "main_negative_prompt"):
                setattr(p, name, strip_comments(getattr(p, name)))
