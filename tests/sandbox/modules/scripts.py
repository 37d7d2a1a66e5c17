"""Scripts: classes of extensions that take part in a generation. ``ScriptRunner`` has one instance each
for txt2img and img2img; a script's arguments are ``inputs[args_from:args_to]``."""

import dataclasses
import inspect
import os
import re
import sys
from collections import namedtuple

from modules import (
    errors,
    extensions,
    paths,
    script_callbacks,
    script_loading,
    scripts_postprocessing,
    shared,
    timer,
    util,
)

AlwaysVisible = object()


def _holder(name, fields):
    """A class that only carries what a hook may look at and change."""
    return dataclasses.make_dataclass(name, fields, eq=False)


PostSampleArgs = _holder("PostSampleArgs", ["samples"])
PostprocessImageArgs = _holder("PostprocessImageArgs", ["image"])
PostProcessMaskOverlayArgs = _holder(
    "PostProcessMaskOverlayArgs", ["index", "mask_for_overlay", "overlay_image"]
)
PostprocessBatchListArgs = _holder("PostprocessBatchListArgs", ["images"])
OnComponent = _holder("OnComponent", ["component"])


class Script:
    name = None
    section = None
    filename = None
    args_from = None
    args_to = None
    alwayson = False
    is_txt2img = False
    is_img2img = False
    tabname = None
    group = None
    create_group = True
    infotext_fields = None
    paste_field_names = None
    api_info = None
    on_before_component_elem_id = None
    on_after_component_elem_id = None
    setup_for_ui_only = False
    controls = None

    def title(self):
        raise NotImplementedError()

    def ui(self, is_img2img):
        pass

    def show(self, is_img2img):
        return True

    def run(self, p, *args):
        pass

    def setup(self, p, *args):
        pass

    def before_process(self, p, *args):
        pass

    def process(self, p, *args):
        pass

    def before_process_batch(self, p, *args, **kwargs):
        pass

    def after_extra_networks_activate(self, p, *args, **kwargs):
        pass

    def process_before_every_sampling(self, p, *args, **kwargs):
        pass

    def process_batch(self, p, *args, **kwargs):
        pass

    def postprocess_batch(self, p, *args, **kwargs):
        pass

    def postprocess_batch_list(self, p, pp, *args, **kwargs):
        pass

    def on_mask_blend(self, p, mba, *args):
        pass

    def post_sample(self, p, ps, *args):
        pass

    def postprocess_image(self, p, pp, *args):
        pass

    def postprocess_maskoverlay(self, p, ppmo, *args):
        pass

    def postprocess_image_after_composite(self, p, pp, *args):
        pass

    def postprocess(self, p, processed, *args):
        pass

    def before_component(self, component, **kwargs):
        pass

    def after_component(self, component, **kwargs):
        pass

    def before_hr(self, p, *args):
        pass

    def on_before_component(self, callback, *, elem_id):
        self.on_before_component_elem_id = [*(self.on_before_component_elem_id or []), (elem_id, callback)]

    def on_after_component(self, callback, *, elem_id):
        self.on_after_component_elem_id = [*(self.on_after_component_elem_id or []), (elem_id, callback)]

    def describe(self):
        return ""

    def elem_id(self, item_id):
        kind = "img2img_" if self.is_img2img else "txt2img_"
        tab = kind if self.show(True) == self.show(False) else ""
        title = re.sub(r"[^a-z_0-9]", "", re.sub(r"\s", "_", self.title().lower()))
        return f"script_{tab}{title}_{item_id}"


class ScriptBuiltinUI(Script):
    setup_for_ui_only = True

    def elem_id(self, item_id):
        kind = "img2img_" if self.is_img2img else "txt2img_"
        return f"{kind if self.show(True) == self.show(False) else ''}{item_id}"

    def show(self, is_img2img):
        return AlwaysVisible


current_basedir = paths.script_path


def basedir():
    """While a file of an extension is being run: that extension's folder; else the WebUI's."""
    return current_basedir


ScriptFile = namedtuple("ScriptFile", ["basedir", "filename", "path"])
ScriptClassData = namedtuple("ScriptClassData", ["script_class", "path", "basedir", "module"])

scripts_data = []
postprocessing_scripts_data = []


def list_scripts(scriptdirname, extension, *, include_extensions=True):
    """Files to run or to load, in an order that honours ``Requires``, ``Before`` and ``After``."""
    files = {}
    load_after = {}
    root = os.path.join(paths.script_path, scriptdirname)
    if os.path.isdir(root):
        for filename in sorted(os.listdir(root)):
            path = os.path.join(root, filename)
            if os.path.isfile(path) and os.path.splitext(filename)[1].lower() == extension:
                files[filename] = ScriptFile(paths.script_path, filename, path)
                load_after[filename] = []

    by_extension = {}
    befores = []
    for ext in extensions.active() if include_extensions else []:
        for file in ext.list_files(scriptdirname, extension):
            name = f"{'builtin/' if ext.is_builtin else ''}{ext.canonical_name}/{file.filename}"
            section = f"{scriptdirname}/{file.filename}"
            files[name] = file
            by_extension.setdefault(ext.canonical_name, []).append(name)
            load_after[name] = ext.metadata.get_script_requirements("After", section, scriptdirname)
            befores.append((name, ext.metadata.get_script_requirements("Before", section, scriptdirname)))
            for required in ext.metadata.get_script_requirements("Requires", section, scriptdirname):
                if required not in extensions.loaded_extensions:
                    errors.report(f'Script "{name}" requires "{required}" to be loaded, but it is not.')
    for name, others in befores:
        for other in others:
            for target in by_extension.get(other, [other]):
                load_after.get(target, []).append(name)
    expanded = {
        name: [x for other in after for x in by_extension.get(other, [other])]
        for name, after in load_after.items()
    }
    return [files[name] for name in util.topological_sort(expanded)]


def list_files_with_name(filename):
    folders = [paths.script_path, *(ext.path for ext in extensions.active())]
    found = [os.path.join(folder, filename) for folder in folders]
    return [path for path in found if os.path.isfile(path)]


def load_scripts():
    """Run every script file again. All callbacks are dropped first; imported packages stay."""
    global current_basedir, scripts_txt2img, scripts_img2img, scripts_postproc

    scripts_data.clear()
    postprocessing_scripts_data.clear()
    script_callbacks.clear_callbacks()
    scripts_list = list_scripts("scripts", ".py")
    scripts_list += list_scripts("modules/processing_scripts", ".py", include_extensions=False)

    syspath = sys.path
    for scriptfile in scripts_list:
        try:
            if scriptfile.basedir != paths.script_path:
                sys.path = [scriptfile.basedir, *sys.path]
            current_basedir = scriptfile.basedir
            module = script_loading.load_module(scriptfile.path)
            for value in module.__dict__.values():
                kept = scripts_data if inspect.isclass(value) and issubclass(value, Script) else None
                if inspect.isclass(value) and issubclass(value, scripts_postprocessing.ScriptPostprocessing):
                    kept = postprocessing_scripts_data
                if kept is not None:
                    kept.append(ScriptClassData(value, scriptfile.path, scriptfile.basedir, module))
        except Exception:
            errors.report(f"Error loading script: {scriptfile.filename}", exc_info=True)
        finally:
            sys.path = syspath
            current_basedir = paths.script_path
            timer.startup_timer.record(scriptfile.filename)

    scripts_txt2img = ScriptRunner()
    scripts_img2img = ScriptRunner()
    scripts_postproc = scripts_postprocessing.ScriptPostprocessingRunner()
    scripts_postproc.initialize_scripts(postprocessing_scripts_data)


def wrap_call(func, filename, funcname, *args, default=None, **kwargs):
    try:
        return func(*args, **kwargs)
    except Exception:
        errors.report(f"Error calling: {filename}/{funcname}", exc_info=True)
    return default


class ScriptRunner:
    def __init__(self):
        self.scripts, self.alwayson_scripts, self.selectable_scripts = [], [], []
        self.infotext_fields, self.paste_field_names = [], []
        self.titles, self.title_map = [], {}
        self.inputs = [None]  # the first is the choice of the selectable script
        self.callback_map = {}
        self.on_before_component_elem_id, self.on_after_component_elem_id = {}, {}

    def initialize_scripts(self, is_img2img):
        for known in (self.scripts, self.alwayson_scripts, self.selectable_scripts, self.callback_map):
            known.clear()
        for data in scripts_data:
            script = self._made(data)
            if script is None:
                continue
            script.is_img2img, script.is_txt2img = is_img2img, not is_img2img
            script.tabname = ("txt2img", "img2img")[is_img2img]
            script.filename = data.path
            shown = script.show(is_img2img)
            if not shown:
                continue
            script.alwayson = script.alwayson or shown == AlwaysVisible
            self.scripts.append(script)
            (self.alwayson_scripts if shown == AlwaysVisible else self.selectable_scripts).append(script)
        self.apply_on_before_component_callbacks()

    def _made(self, data):
        """A new script; None, reported, if it cannot be made."""
        try:
            return data.script_class()
        except Exception:
            errors.report(f"The script of {data.path} could not be made", exc_info=True)
            return None

    def apply_on_before_component_callbacks(self):
        for script in self.scripts:
            for wanted, known in (
                (script.on_before_component_elem_id, self.on_before_component_elem_id),
                (script.on_after_component_elem_id, self.on_after_component_elem_id),
            ):
                for elem_id, callback in wanted or []:
                    known.setdefault(elem_id, []).append((callback, script))
                (wanted or []).clear()

    def create_script_ui(self, script):
        """Its arguments are none until all of it could be built."""
        script.args_from = script.args_to = len(self.inputs)
        try:
            self.create_script_ui_inner(script)
        except Exception:
            errors.report(f"The page of the script {script.name} could not be built", exc_info=True)

    def create_script_ui_inner(self, script):
        file = script.filename
        script.controls = built = wrap_call(script.ui, file, "ui", script.is_img2img)
        if built is None:
            return
        script.name = wrap_call(script.title, file, "title", default=file).lower()
        script.api_info = self._described(script, built)
        for ours, its in (
            (self.infotext_fields, script.infotext_fields),
            (self.paste_field_names, script.paste_field_names),
            (self.inputs, built),
        ):
            ours.extend(its or ())
        script.args_to = script.args_from + len(built)

    def _described(self, script, controls):
        """What the API says of a script and of its arguments."""
        from modules.api import models

        arguments = []
        for control in controls:
            control.custom_script_source = os.path.basename(script.filename)
            known = {name: getattr(control, name, None) for name in ("value", "minimum", "maximum", "step")}
            choices = getattr(control, "choices", None)
            if choices is not None:
                known["choices"] = [c[0] if isinstance(c, tuple) else c for c in choices]
            given = {name: value for name, value in known.items() if value is not None}
            arguments.append(models.ScriptArg(label=control.label or "", **given))
        return models.ScriptInfo(
            name=script.name, is_img2img=script.is_img2img, is_alwayson=script.alwayson, args=arguments
        )

    def setup_ui_for_section(self, section, scriptlist=None):
        import gradio as gr

        chosen = self.alwayson_scripts if scriptlist is None else scriptlist
        for script in (s for s in chosen if s.section == section or not s.alwayson):
            if not script.create_group:
                self.create_script_ui(script)
                continue
            script.group = gr.Group(visible=script.alwayson)
            with script.group:
                self.create_script_ui(script)

    def prepare_ui(self):
        self.inputs = [None]

    def setup_ui(self):
        import gradio as gr

        titles = [wrap_call(s.title, s.filename, "title") or s.filename for s in self.scripts]
        self.title_map = {title.lower(): s for title, s in zip(titles, self.scripts, strict=True)}
        self.titles = [s.title() for s in self.selectable_scripts]

        self.setup_ui_for_section(None)
        dropdown = gr.Dropdown(
            label="Script", elem_id="script_list", choices=["None", *self.titles], value="None", type="index"
        )
        self.inputs[0] = dropdown
        self.setup_ui_for_section(None, self.selectable_scripts)

        def select_script(script_index):
            selected = self.selectable_scripts[script_index - 1] if script_index else None
            return [gr.update(visible=selected == s) for s in self.selectable_scripts]

        dropdown.change(
            fn=select_script, inputs=[dropdown], outputs=[s.group for s in self.selectable_scripts]
        )
        self.infotext_fields.append((dropdown, lambda x: gr.update(value=x.get("Script", "None"))))
        self.apply_on_before_component_callbacks()
        return self.inputs

    def run(self, p, *args):
        script_index = args[0]
        if script_index == 0 or script_index is None:
            return None
        script = self.selectable_scripts[script_index - 1]
        if script is None:
            return None
        processed = script.run(p, *args[script.args_from : script.args_to])
        shared.total_tqdm.clear()
        return processed

    def list_scripts_for_method(self, method_name):
        return (
            self.scripts if method_name in ("before_component", "after_component") else self.alwayson_scripts
        )

    def create_ordered_callbacks_list(self, method_name, *, enable_user_sort=True):
        category = f"script_{method_name}"
        callbacks = []
        for script in self.list_scripts_for_method(method_name):
            if getattr(script.__class__, method_name, None) == getattr(Script, method_name, None):
                continue
            script_callbacks.add_callback(
                callbacks, script, category=category, name=script.__class__.__name__, filename=script.filename
            )
        return script_callbacks.sort_callbacks(category, callbacks, enable_user_sort=enable_user_sort)

    def ordered_callbacks(self, method_name, *, enable_user_sort=True):
        count = len(self.list_scripts_for_method(method_name))
        category = f"script_{method_name}"
        known, callbacks = self.callback_map.get(category, (-1, None))
        if callbacks is None or known != count:
            callbacks = self.create_ordered_callbacks_list(method_name, enable_user_sort=enable_user_sort)
            self.callback_map[category] = count, callbacks
        return callbacks

    def ordered_scripts(self, method_name):
        return [x.callback for x in self.ordered_callbacks(method_name)]

    def _call(self, method, p, *before_args, **kwargs):
        for script in self.ordered_scripts(method):
            try:
                arguments = p.script_args[script.args_from : script.args_to]
                getattr(script, method)(p, *before_args, *arguments, **kwargs)
            except Exception:
                errors.report(f"Error running {method}: {script.filename}", exc_info=True)

    def before_process(self, p):
        self._call("before_process", p)

    def process(self, p):
        self._call("process", p)

    def process_before_every_sampling(self, p, **kwargs):
        self._call("process_before_every_sampling", p, **kwargs)

    def before_process_batch(self, p, **kwargs):
        self._call("before_process_batch", p, **kwargs)

    def after_extra_networks_activate(self, p, **kwargs):
        self._call("after_extra_networks_activate", p, **kwargs)

    def process_batch(self, p, **kwargs):
        self._call("process_batch", p, **kwargs)

    def postprocess(self, p, processed):
        self._call("postprocess", p, processed)

    def postprocess_batch(self, p, images, **kwargs):
        self._call("postprocess_batch", p, images=images, **kwargs)

    def postprocess_batch_list(self, p, pp, **kwargs):
        self._call("postprocess_batch_list", p, pp, **kwargs)

    def post_sample(self, p, ps):
        self._call("post_sample", p, ps)

    def on_mask_blend(self, p, mba):
        self._call("on_mask_blend", p, mba)

    def postprocess_image(self, p, pp):
        self._call("postprocess_image", p, pp)

    def postprocess_maskoverlay(self, p, ppmo):
        self._call("postprocess_maskoverlay", p, ppmo)

    def postprocess_image_after_composite(self, p, pp):
        self._call("postprocess_image_after_composite", p, pp)

    def before_hr(self, p):
        self._call("before_hr", p)

    def setup_scrips(self, p, *, is_ui=True):
        for script in self.ordered_scripts("setup"):
            if not is_ui and script.setup_for_ui_only:
                continue
            try:
                script.setup(p, *p.script_args[script.args_from : script.args_to])
            except Exception:
                errors.report(f"Error running setup: {script.filename}", exc_info=True)

    def _component(self, method, by_id, elem_id, component, kwargs):
        for callback, script in by_id.get(elem_id, []):
            try:
                callback(OnComponent(component=component))
            except Exception:
                errors.report(f"Error running on_{method}: {script.filename}", exc_info=True)
        for script in self.ordered_scripts(method):
            try:
                getattr(script, method)(component, **kwargs)
            except Exception:
                errors.report(f"Error running {method}: {script.filename}", exc_info=True)

    def before_component(self, component, **kwargs):
        elem_id = kwargs.get("elem_id")
        self._component("before_component", self.on_before_component_elem_id, elem_id, component, kwargs)

    def after_component(self, component, **kwargs):
        elem_id = component.elem_id
        self._component("after_component", self.on_after_component_elem_id, elem_id, component, kwargs)

    def script(self, title):
        return self.title_map.get(title.lower())


scripts_txt2img = None
scripts_img2img = None
scripts_postproc = None
scripts_current = None
reload_scripts = load_scripts
