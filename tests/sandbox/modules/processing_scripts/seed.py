from modules import scripts


class ScriptSeed(scripts.ScriptBuiltinUI):
    section = "seed"
    create_group = False

    def __init__(self):
        self.seed = None

    def title(self):
        return "Seed"

    def ui(self, is_img2img):
        import gradio as gr

        from modules.infotext_utils import PasteField
        from modules.ui_components import ToolButton

        def slider(label, name, **kwargs):
            return gr.Slider(label=label, value=0, minimum=0, elem_id=self.elem_id(name), **kwargs)

        with gr.Row(elem_id=self.elem_id("seed_row")):
            self.seed = gr.Number(label="Seed", value=-1, elem_id=self.elem_id("seed"), precision=0)
            random_seed = ToolButton("\U0001f3b2\ufe0f", elem_id=self.elem_id("random_seed"))
            extra = gr.Checkbox(label="Extra", elem_id=self.elem_id("subseed_show"), value=False)
        with gr.Group(visible=False, elem_id=self.elem_id("seed_extras")) as extras:
            with gr.Row(elem_id=self.elem_id("subseed_row")):
                subseed = gr.Number(
                    label="Variation seed", value=-1, elem_id=self.elem_id("subseed"), precision=0
                )
                strength = slider("Variation strength", "subseed_strength", maximum=1, step=0.01)
            with gr.Row(elem_id=self.elem_id("seed_resize_from_row")):
                resize_w = slider("Resize seed from width", "seed_resize_from_w", maximum=2048, step=8)
                resize_h = slider("Resize seed from height", "seed_resize_from_h", maximum=2048, step=8)
        random_seed.click(fn=lambda: -1, inputs=[], outputs=[self.seed], show_progress=False)
        extra.change(lambda x: gr.update(visible=x), inputs=[extra], outputs=[extras], show_progress=False)
        self.infotext_fields = [
            PasteField(self.seed, "Seed", api="seed"),
            PasteField(extra, lambda d: "Variation seed" in d or "Seed resize from-1" in d),
            PasteField(subseed, "Variation seed", api="subseed"),
            PasteField(strength, "Variation seed strength", api="subseed_strength"),
            PasteField(resize_w, "Seed resize from-1", api="seed_resize_from_h"),
            PasteField(resize_h, "Seed resize from-2", api="seed_resize_from_w"),
        ]
        return self.seed, extra, subseed, strength, resize_w, resize_h

    def setup(self, p, seed, extra, subseed, subseed_strength, resize_w, resize_h):
        p.seed = seed
        if extra and subseed_strength > 0:
            p.subseed = subseed
            p.subseed_strength = subseed_strength
        if extra and resize_w > 0 and resize_h > 0:
            p.seed_resize_from_w = resize_w
            p.seed_resize_from_h = resize_h
