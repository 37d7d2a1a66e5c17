"""Callbacks of extensions. An error in one is reported and the rest still run."""

import inspect
import os
from collections import namedtuple

from modules import errors, extensions, shared, timer, util


class ImageSaveParams:
    def __init__(self, image, p, filename, pnginfo):
        self.image = image
        self.p = p
        self.filename = filename
        self.pnginfo = pnginfo


class ImageGridLoopParams:
    def __init__(self, imgs, cols, rows):
        self.imgs = imgs
        self.cols = cols
        self.rows = rows


class BeforeTokenCounterParams:
    def __init__(self, prompt, steps, styles, is_positive=True):
        self.prompt = prompt
        self.steps = steps
        self.styles = styles
        self.is_positive = is_positive


ScriptCallback = namedtuple("ScriptCallback", ["script", "callback", "name"])

CATEGORIES = [
    "app_started",
    "model_loaded",
    "ui_tabs",
    "ui_train_tabs",
    "ui_settings",
    "before_image_saved",
    "image_saved",
    "extra_noise",
    "cfg_denoiser",
    "cfg_denoised",
    "cfg_after_cfg",
    "before_component",
    "after_component",
    "image_grid",
    "infotext_pasted",
    "script_unloaded",
    "before_ui",
    "on_reload",
    "list_optimizers",
    "list_unets",
    "before_token_counter",
]

callback_map = {f"callbacks_{category}": [] for category in CATEGORIES}
ordered_callbacks_map = {}


def report_exception(c, job):
    errors.report(f"Error executing callback {job} for {c.script}", exc_info=True)


def _caller():
    return next((f.filename for f in inspect.stack(0) if f.filename != __file__), "unknown file")


def add_callback(callbacks, fun, *, name=None, category="unknown", filename=None):
    filename = filename or _caller()
    extension = extensions.find_extension(filename)
    owner = extension.canonical_name if extension else "base"
    wanted = f"{owner}/{os.path.basename(filename)}/{category}" + (f"/{name}" if name is not None else "")
    taken = {x.name for x in callbacks}
    unique, index = wanted, 0
    while unique in taken:
        index += 1
        unique = f"{wanted}-{index}"
    callbacks.append(ScriptCallback(filename, fun, unique))


def sort_callbacks(category, unordered_callbacks, *, enable_user_sort=True):
    callbacks = list(unordered_callbacks)
    by_name = {x.name: x for x in callbacks}
    instructions = [
        instruction
        for extension in extensions.extensions
        for instruction in extension.metadata.list_callback_order_instructions()
        if instruction.name in by_name
    ]
    if instructions:
        dependencies = {x.name: [] for x in callbacks}
        for instruction in instructions:
            dependencies[instruction.name] += [x for x in instruction.after if x in by_name]
            for before in instruction.before:
                if before in by_name:
                    dependencies[before].append(instruction.name)
        callbacks = [by_name[name] for name in util.topological_sort(dependencies)]
    if enable_user_sort:
        for name in reversed(getattr(shared.opts, "prioritized_callbacks_" + category, [])):
            index = next((i for i, callback in enumerate(callbacks) if callback.name == name), None)
            if index is not None:
                callbacks.insert(0, callbacks.pop(index))
    return callbacks


def ordered_callbacks(category, unordered_callbacks=None, *, enable_user_sort=True):
    if unordered_callbacks is None:
        unordered_callbacks = callback_map.get("callbacks_" + category, [])
    if not enable_user_sort:
        return sort_callbacks(category, unordered_callbacks, enable_user_sort=False)
    callbacks = ordered_callbacks_map.get(category)
    if callbacks is None or len(callbacks) != len(unordered_callbacks):
        callbacks = ordered_callbacks_map[category] = sort_callbacks(category, unordered_callbacks)
    return callbacks


def enumerate_callbacks():
    for category, callbacks in callback_map.items():
        yield category.removeprefix("callbacks_"), callbacks


def clear_callbacks():
    for callbacks in callback_map.values():
        callbacks.clear()
    ordered_callbacks_map.clear()


def _run(category, *args, backwards=False, **kwargs):
    results = []
    callbacks = ordered_callbacks(category)
    for c in reversed(callbacks) if backwards else callbacks:
        try:
            results.append(c.callback(*args, **kwargs))
        except Exception:
            report_exception(c, category)
    return results


def app_started_callback(demo, app):
    _run("app_started", demo, app)
    timer.startup_timer.record("app_started callbacks")


def app_reload_callback():
    _run("on_reload")


def model_loaded_callback(sd_model):
    _run("model_loaded", sd_model)


def ui_tabs_callback():
    res = []
    for c in ordered_callbacks("ui_tabs"):
        try:
            res += c.callback() or []
        except Exception:
            report_exception(c, "ui_tabs_callback")
    return res


def ui_settings_callback():
    _run("ui_settings")


def before_image_saved_callback(params):
    _run("before_image_saved", params)


def image_saved_callback(params):
    _run("image_saved", params)


def before_component_callback(component, **kwargs):
    _run("before_component", component, **kwargs)


def after_component_callback(component, **kwargs):
    _run("after_component", component, **kwargs)


def image_grid_callback(params):
    _run("image_grid", params)


def infotext_pasted_callback(infotext, params):
    _run("infotext_pasted", infotext, params)


def script_unloaded_callback():
    _run("script_unloaded", backwards=True)


def before_ui_callback():
    _run("before_ui", backwards=True)


def before_token_counter_callback(params):
    _run("before_token_counter", params)


def remove_current_script_callbacks():
    filename = _caller()
    for callbacks in [*callback_map.values(), *ordered_callbacks_map.values()]:
        callbacks[:] = [cb for cb in callbacks if cb.script != filename]


def remove_callbacks_for_function(callback_func):
    for callbacks in [*callback_map.values(), *ordered_callbacks_map.values()]:
        callbacks[:] = [cb for cb in callbacks if cb.callback != callback_func]


def _registrar(category):
    def register(callback, *, name=None):
        add_callback(callback_map["callbacks_" + category], callback, name=name, category=category)

    return register


on_app_started = _registrar("app_started")
on_before_reload = _registrar("on_reload")
on_model_loaded = _registrar("model_loaded")
on_ui_tabs = _registrar("ui_tabs")
on_ui_train_tabs = _registrar("ui_train_tabs")
on_ui_settings = _registrar("ui_settings")
on_before_image_saved = _registrar("before_image_saved")
on_image_saved = _registrar("image_saved")
on_extra_noise = _registrar("extra_noise")
on_cfg_denoiser = _registrar("cfg_denoiser")
on_cfg_denoised = _registrar("cfg_denoised")
on_cfg_after_cfg = _registrar("cfg_after_cfg")
on_before_component = _registrar("before_component")
on_after_component = _registrar("after_component")
on_image_grid = _registrar("image_grid")
on_infotext_pasted = _registrar("infotext_pasted")
on_script_unloaded = _registrar("script_unloaded")
on_before_ui = _registrar("before_ui")
on_list_optimizers = _registrar("list_optimizers")
on_list_unets = _registrar("list_unets")
on_before_token_counter = _registrar("before_token_counter")
