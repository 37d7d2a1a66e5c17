"""Infotext: the text under an image, read back into fields and settings."""

import base64
import io
import json
import os
import re
import sys

import host_traits
from modules import errors, images, prompt_parser, script_callbacks, shared, ui_tempdir
from modules.paths import data_path

if host_traits.OLD_INFOTEXT_NAME:
    sys.modules["modules.generation_parameters_copypaste"] = sys.modules[__name__]

re_param = re.compile(r'\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')
re_imagesize = re.compile(r"^(\d+)x(\d+)$")


class ParamBinding:
    def __init__(
        self,
        paste_button,
        tabname,
        source_text_component=None,
        source_image_component=None,
        source_tabname=None,
        override_settings_component=None,
        paste_field_names=None,
    ):
        self.paste_button, self.tabname, self.source_tabname = paste_button, tabname, source_tabname
        self.source_text_component, self.source_image_component = (
            source_text_component,
            source_image_component,
        )
        self.override_settings_component = override_settings_component
        self.paste_field_names = list(paste_field_names or ())


class PasteField(tuple):
    def __new__(cls, component, target, *, api=None):
        """Also a pair, as it was before it had an API name."""
        self = tuple.__new__(cls, (component, target))
        self.component, self.api = component, api
        self.label, self.function = (None, target) if callable(target) else (target, None)
        return self


paste_fields = {}
registered_param_bindings = []
# under this host's own name
globals().update(host_traits.INFOTEXT_LABELS)


def reset():
    paste_fields.clear()
    registered_param_bindings.clear()


def quote(text):
    if not any(x in str(text) for x in ",\n:"):
        return text
    return json.dumps(text, ensure_ascii=False)


def unquote(text):
    if len(text) == 0 or text[0] != '"' or text[-1] != '"':
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def image_from_url_text(filedata):
    if filedata is None:
        return None
    if isinstance(filedata, list):
        if not filedata:
            return None
        filedata = filedata[0]
    if isinstance(filedata, tuple):  # gradio 4: of a gallery, with its caption
        return filedata[0]
    if isinstance(filedata, dict) and filedata.get("is_file", False):
        filename = filedata["name"]
        inside = ui_tempdir.check_tmp_file(shared.demo, filename)
        assert inside, "trying to open image file outside of allowed directories"
        return images.read(filename.rsplit("?", 1)[0])
    text = filedata.removeprefix("data:image/png;base64,")
    return images.read(io.BytesIO(base64.decodebytes(text.encode("utf-8"))))


def add_paste_fields(tabname, init_img, fields, override_settings_component=None):
    fields = [f if isinstance(f, PasteField) else PasteField(*f) for f in fields or []]
    paste_fields[tabname] = {
        "init_img": init_img,
        "fields": fields,
        "override_settings_component": override_settings_component,
    }


def create_buttons(tabs_list):
    import gradio as gr

    return {tab: gr.Button(f"Send to {tab}", elem_id=f"{tab}_tab") for tab in tabs_list}


def register_paste_params_button(binding):
    registered_param_bindings.append(binding)


def restore_old_hires_fix_params(res):
    """Of hires fix before 1.0: "Size" was the large size, "First pass size" the small one."""
    if shared.opts.use_old_hires_fix_width_height:
        large = int(res.get("Hires resize-1", 0)), int(res.get("Hires resize-2", 0))
        if all(large):
            res["Size-1"], res["Size-2"] = large
            return
    if "First pass size-1" not in res or "First pass size-2" not in res:
        return
    from modules import processing

    small = int(res["First pass size-1"]), int(res["First pass size-2"])
    large = int(res.get("Size-1", 512)), int(res.get("Size-2", 512))
    if not all(small):
        small = processing.old_hires_fix_first_pass_dimensions(*large)
    res["Size-1"], res["Size-2"] = small
    res["Hires resize-1"], res["Hires resize-2"] = large


def parse_generation_parameters(x, skip_fields=None):
    """Infotext to a dict: "Prompt", "Negative prompt" and the fields by their names in the text."""
    if skip_fields is None:
        skip_fields = shared.opts.infotext_skip_pasting
    *lines, last = x.strip().split("\n")
    if len(re_param.findall(last)) < 3:
        lines.append(last)
        last = ""

    texts = {"Prompt": [], "Negative prompt": []}
    target = "Prompt"
    for line in map(str.strip, lines):
        if line.startswith("Negative prompt:"):
            target = "Negative prompt"
        texts[target].append(line.removeprefix("Negative prompt:").strip())

    res = {}
    for k, quoted in re_param.findall(last):
        v = unquote(quoted)
        size = re_imagesize.match(v) if isinstance(v, str) else None
        if size is not None:
            res[f"{k}-1"], res[f"{k}-2"] = size.groups()
        else:
            res[k] = v
    for k, found in texts.items():
        res[k] = "\n".join(found).lstrip("\n")
    if "Hypernet" in res:
        res["Prompt"] += f"<hypernet:{res['Hypernet']}:{res.get('Hypernet strength', '1.0')}>"
    for k, v in host_traits.ABSENT.items():
        res.setdefault(k, v)
    restore_old_hires_fix_params(res)
    weights = [*prompt_parser.parse_prompt_attention(res["Prompt"])]
    weights += prompt_parser.parse_prompt_attention(res["Negative prompt"])
    if "Emphasis" not in res and any(weight != 1.0 for _, weight in weights):
        res["Emphasis"] = "Original"
    for key in skip_fields:
        res.pop(key, None)
    host_traits.infotext_parsed(res)
    return res


def setting_names():
    own = [(info.infotext, k) for k, info in shared.opts.data_labels.items() if info.infotext]
    return [*own, *(pair for labels in host_traits.INFOTEXT_LABELS.values() for pair in labels)]


def create_override_settings_dict(text_pairs):
    """["Clip skip: 2", "Model hash: e6e99610c4"] to {setting name: value of its type}"""
    params = {}
    for pair in text_pairs:
        k, v = pair.split(":", maxsplit=1)
        params[k] = v.strip()
    return {
        setting: host_traits.cast_setting(setting, params[label])
        for label, setting in setting_names()
        if params.get(label) is not None
    }


def get_override_settings(params, *, skip_fields=None):
    res = []
    for label, setting in setting_names():
        value = params.get(label)
        if label in (skip_fields or {}) or value is None:
            continue
        if setting == "sd_model_checkpoint" and shared.opts.disable_weights_auto_swap:
            continue
        value = shared.opts.cast_value(setting, value)
        if value != getattr(shared.opts, setting, None):
            res.append((label, setting, value))
    return res


def connect_paste_params_buttons():
    for binding in registered_param_bindings:
        connect_binding(binding)


def connect_binding(binding):
    import gradio as gr

    target = paste_fields.get(binding.tabname)
    if target is None:  # the sandbox has no Extras tab
        return
    fields = target["fields"]
    destination = target["init_img"]
    by_label = {name: field for field, name in fields if isinstance(name, str)}
    if binding.source_image_component and destination:
        sizes = [by_label["Size-1"], by_label["Size-2"]] if binding.tabname != "inpaint" else []
        gallery = isinstance(binding.source_image_component, gr.Gallery)
        binding.paste_button.click(
            fn=send_image_and_dimensions if sizes else (image_from_url_text if gallery else lambda x: x),
            _js="extract_image_from_gallery" if gallery else None,
            inputs=[binding.source_image_component],
            outputs=[destination, *sizes],
            show_progress=False,
        )
    if binding.source_text_component is not None:
        override = binding.override_settings_component or target["override_settings_component"]
        connect_paste(binding.paste_button, fields, binding.source_text_component, override, binding.tabname)
    if binding.source_tabname is not None:
        wanted = ["Prompt", "Negative prompt", "Steps", "Face restoration", *binding.paste_field_names]
        wanted += ["Seed"] if shared.opts.send_seed else []
        binding.paste_button.click(
            fn=lambda *x: x,
            inputs=[f for f, name in paste_fields[binding.source_tabname]["fields"] if name in wanted],
            outputs=[f for f, name in fields if name in wanted],
            show_progress=False,
        )
    binding.paste_button.click(
        fn=None, _js=f"switch_to_{binding.tabname}", inputs=None, outputs=None, show_progress=False
    )


def send_image_and_dimensions(x):
    import gradio as gr
    from PIL import Image

    img = x if isinstance(x, Image.Image) else image_from_url_text(x)
    if shared.opts.send_size and isinstance(img, Image.Image):
        return img, img.width, img.height
    return img, gr.update(), gr.update()


def connect_paste(button, fields, input_comp, override_settings_component, tabname):
    import gradio as gr

    def field_update(component, key, params):
        value = key(params) if callable(key) else params.get(key)
        if value is None:
            return gr.update()
        if isinstance(value, dict) and "__type__" in value:
            return value
        kind = type(component.value)
        if kind is bool and value == "False":
            return gr.update(value=False)
        try:
            return gr.update(value=float(value) if kind is int else kind(value))
        except (TypeError, ValueError):
            return gr.update()

    def paste(prompt):
        if not prompt:
            filename = os.path.join(data_path, "params.txt")
            if os.path.exists(filename):
                with open(filename, encoding="utf8") as file:
                    prompt = file.read()
        params = parse_generation_parameters(prompt)
        script_callbacks.infotext_pasted_callback(prompt, params)
        res = []
        for component, key in fields:
            try:
                res.append(field_update(component, key, params))
            except Exception:
                errors.report(f"Error executing {key}", exc_info=True)
                res.append(gr.update())
        if override_settings_component is not None:
            handled = {key for _, key in fields if isinstance(key, str)}
            found = get_override_settings(params, skip_fields=handled)
            chips = [f"{label}: {value}" for label, _, value in found]
            res.append(gr.update(value=chips, choices=chips, visible=bool(chips)))
        return res

    outputs = [f[0] for f in fields]
    if override_settings_component is not None:
        outputs.append(override_settings_component)
    button.click(fn=paste, inputs=[input_comp], outputs=outputs, show_progress=False)
