"""What the Extras tab runs: scripts that each change one finished image."""

from modules import shared


class PostprocessedImage:
    """``info``: what the scripts note for the infotext, in order."""

    def __init__(self, image):
        self.image = image
        self.info = {}
        self.extra_images = []
        self.nametags = []
        self.disable_processing = False
        self.caption = None


class ScriptPostprocessing:
    filename = None
    controls = None
    args_from = None
    args_to = None
    order = 1000
    name = None

    def ui(self):
        """Components by argument name."""

    def process(self, pp, **args):
        pass


class ScriptPostprocessingRunner:
    def __init__(self):
        self.scripts = None
        self.ui_created = False

    def initialize_scripts(self, scripts_data):
        self.scripts = []
        for data in scripts_data:
            script = data.script_class()
            script.filename = data.path
            self.scripts.append(script)

    def scripts_in_preferred_order(self):
        return sorted(self.scripts, key=lambda script: (script.order, script.name))

    def setup_ui(self):
        inputs = []
        for script in self.scripts_in_preferred_order():
            script.controls = script.ui()
            script.args_from = len(inputs)
            inputs += script.controls.values()
            script.args_to = len(inputs)
        self.ui_created = True
        return inputs

    def create_args_for_run(self, scripts_args):
        import gradio as gr

        if not self.ui_created:
            with gr.Blocks(analytics_enabled=False):
                self.setup_ui()
        ordered = self.scripts_in_preferred_order()
        args = [None] * max(script.args_to for script in ordered)
        for script in ordered:
            given = scripts_args.get(script.name)
            if given is not None:
                args[script.args_from : script.args_to] = [given.get(name) for name in script.controls]
        return args

    def run(self, pp, args):
        for script in self.scripts_in_preferred_order():
            if shared.state.skipped:
                break
            shared.state.job = script.name
            values = args[script.args_from : script.args_to]
            script.process(pp, **dict(zip(script.controls, values, strict=True)))
