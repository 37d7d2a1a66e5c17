from modules import scripts, sd_models


class ScriptRefiner(scripts.ScriptBuiltinUI):
    section = "accordions"
    create_group = False

    def title(self):
        return "Refiner"

    def ui(self, is_img2img):
        import gradio as gr

        from modules.infotext_utils import PasteField
        from modules.ui_components import InputAccordion

        with InputAccordion(False, label="Refiner", elem_id=self.elem_id("enable")) as enable, gr.Row():
            checkpoint = gr.Dropdown(
                label="Checkpoint",
                elem_id=self.elem_id("checkpoint"),
                choices=sd_models.checkpoint_tiles(),
                value="",
            )
            switch_at = gr.Slider(
                value=0.8,
                label="Switch at",
                minimum=0.01,
                maximum=1.0,
                step=0.01,
                elem_id=self.elem_id("switch_at"),
            )

        def title_of(d):
            info = sd_models.get_closet_checkpoint_match(d.get("Refiner"))
            return None if info is None else info.title

        self.infotext_fields = [
            PasteField(enable, lambda d: "Refiner" in d),
            PasteField(checkpoint, title_of, api="refiner_checkpoint"),
            PasteField(switch_at, "Refiner switch at", api="refiner_switch_at"),
        ]
        return enable, checkpoint, switch_at

    def setup(self, p, enable_refiner, refiner_checkpoint, refiner_switch_at):
        used = enable_refiner and refiner_checkpoint not in (None, "", "None")
        p.refiner_checkpoint = refiner_checkpoint if used else None
        p.refiner_switch_at = refiner_switch_at if used else None
