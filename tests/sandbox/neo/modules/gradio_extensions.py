"""Every component that is made passes by the extensions, before and after; and gradio 4 understands what was
written for gradio 3: ``_js``, ``source``, ``tooltip``, ``update``, and leaves out what it does not know."""

import inspect
import warnings
from functools import wraps

import gradio as gr
import gradio.component_meta
import gradio.events

from modules import script_callbacks, scripts, ui_tempdir


class GradioDeprecationWarning(DeprecationWarning):
    pass


def announced(original, takes_tooltip):
    def init(self, *args, **kwargs):
        if takes_tooltip:
            self.webui_tooltip = kwargs.pop("tooltip", None)
        if scripts.scripts_current is not None:
            scripts.scripts_current.before_component(self, **kwargs)
        script_callbacks.before_component_callback(self, **kwargs)
        result = original(self, *args, **kwargs)
        classes = getattr(self, "elem_classes", None) or []
        self.elem_classes = [f"gradio-{self.get_block_name()}", *classes]
        if getattr(self, "multiselect", False):
            self.elem_classes.append("multiselect")
        script_callbacks.after_component_callback(self, **kwargs)
        if scripts.scripts_current is not None:
            scripts.scripts_current.after_component(self, **kwargs)
        return result

    return init


def with_tooltip(original):
    def get_config(self, *args, **kwargs):
        config = original(self, *args, **kwargs)
        tooltip = getattr(self, "webui_tooltip", None)
        if tooltip:
            config["webui_tooltip"] = tooltip
        config.pop("example_inputs", None)
        return config

    return get_config


def without_examples(original):
    def get_config_file(self, *args, **kwargs):
        config = original(self, *args, **kwargs)
        for component in config["components"]:
            if "example_inputs" in component:
                component["example_inputs"] = {"serialized": []}
        return config

    return get_config_file


def no_stub_file(original):
    """gradio writes a .pyi beside each class derived of a component's."""

    def create(component_class, class_name, events):
        if not hasattr(component_class, "webui_do_not_create_gradio_pyi_thank_you"):
            original(component_class, class_name, events)

    return create


class EventWrapper:
    def __init__(self, replaced_event):
        self.replaced_event = replaced_event
        for name in ("has_trigger", "event_name", "callback"):
            setattr(self, name, getattr(replaced_event, name, None))
        self.real_self = getattr(replaced_event, "__self__", None)

    def __call__(self, *args, **kwargs):
        if "_js" in kwargs:
            kwargs["js"] = kwargs.pop("_js")
        return self.replaced_event(*args, **kwargs)

    @property
    def __self__(self):
        return self.real_self


def repair(grclass):
    if not getattr(grclass, "EVENTS", None):
        return
    original = grclass.__init__

    @wraps(original)
    def init(self, *args, tooltip=None, source=None, original=original, **kwargs):
        if source:
            kwargs["sources"] = [source]
        allowed = inspect.signature(original).parameters
        for name in kwargs.keys() - allowed.keys():
            warnings.warn(
                f"unexpected argument for {grclass.__name__}: {name}", GradioDeprecationWarning, stacklevel=2
            )
        original(self, *args, **{name: value for name, value in kwargs.items() if name in allowed})
        self.webui_tooltip = tooltip
        for event in self.EVENTS:
            setattr(self, str(event), EventWrapper(getattr(self, str(event))))

    grclass.__init__ = init
    grclass.update = gr.update


class Dependency(gradio.events.Dependency):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        original = self.then

        @wraps(original)
        def then(*args, _js=None, **kwargs):
            return original(*args, **{**kwargs, "js": _js} if _js else kwargs)

        self.then = then


gr.components.Component.__init__ = announced(gr.components.Component.__init__, True)
gr.blocks.Block.get_config = with_tooltip(gr.blocks.Block.get_config)
gr.blocks.BlockContext.__init__ = announced(gr.blocks.BlockContext.__init__, False)
gr.blocks.Blocks.get_config_file = without_examples(gr.blocks.Blocks.get_config_file)
ui_tempdir.install_ui_tempdir_override()
gradio.component_meta.create_or_modify_pyi = no_stub_file(gradio.component_meta.create_or_modify_pyi)
gradio.component_meta.updateable = lambda x: x
for _name in {*gr.components.__all__, *gr.layouts.__all__}:
    repair(getattr(gr, _name, None))
gradio.events.Dependency = Dependency
gr.Box = gr.Group
