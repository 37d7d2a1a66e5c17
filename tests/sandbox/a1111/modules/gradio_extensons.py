"""Every component that is made passes by the extensions, before and after."""

import gradio as gr

from modules import script_callbacks, scripts, ui_tempdir


def announced(original, takes_tooltip):
    def init(self, *args, **kwargs):
        if takes_tooltip:
            self.webui_tooltip = kwargs.pop("tooltip", None)
        if scripts.scripts_current is not None:
            scripts.scripts_current.before_component(self, **kwargs)
        script_callbacks.before_component_callback(self, **kwargs)
        original(self, *args, **kwargs)
        self.elem_classes = [f"gradio-{self.get_block_name()}", *(self.elem_classes or [])]
        script_callbacks.after_component_callback(self, **kwargs)
        if scripts.scripts_current is not None:
            scripts.scripts_current.after_component(self, **kwargs)

    return init


def with_tooltip(original):
    def get_config(self):
        config = original(self)
        tooltip = getattr(self, "webui_tooltip", None)
        if tooltip:
            config["webui_tooltip"] = tooltip
        return config

    return get_config


gr.components.IOComponent.__init__ = announced(gr.components.IOComponent.__init__, True)
gr.blocks.BlockContext.__init__ = announced(gr.blocks.BlockContext.__init__, False)
gr.blocks.Block.get_config = with_tooltip(gr.blocks.Block.get_config)
ui_tempdir.install_ui_tempdir_override()
