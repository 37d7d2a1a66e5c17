"""Settings that the user put onto the page. Their values win over Settings, and lose to the chips."""

from modules import errors, scripts, shared


class ExtraOptionsSection(scripts.Script):
    section = "extra_options"

    def __init__(self):
        self.comps = []
        self.setting_names = []

    def title(self):
        return "Extra options"

    def show(self, is_img2img):
        return scripts.AlwaysVisible

    def ui(self, is_img2img):
        import gradio as gr

        from modules import ui_settings

        self.comps, self.setting_names = [], []
        tab = "img2img" if is_img2img else "txt2img"
        with gr.Group(elem_id=f"extra_options_{tab}"), gr.Row():
            for name in getattr(shared.opts, f"extra_options_{tab}"):
                try:
                    self.comps.append(ui_settings.create_setting_component(name))
                    self.setting_names.append(name)
                except KeyError:
                    errors.report(f"Can't add extra options for {name} in ui")
        return self.comps

    def before_process(self, p, *args):
        for name, value in zip(self.setting_names, args, strict=False):
            p.override_settings.setdefault(name, value)
