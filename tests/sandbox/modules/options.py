"""Settings: what they are (``OptionInfo``) and their values (``Options``)."""

import json
import sys
from pathlib import Path

from modules import errors
from modules.shared_cmd_options import cmd_opts


class OptionInfo:
    def __init__(
        self,
        default=None,
        label="",
        component=None,
        component_args=None,
        onchange=None,
        section=None,
        refresh=None,
        comment_before="",
        comment_after="",
        infotext=None,
        restrict_api=False,
        category_id=None,
    ):
        self.default, self.label, self.infotext = default, label, infotext
        self.component, self.component_args = component, component_args
        self.onchange, self.refresh = onchange, refresh
        self.section, self.category_id = section, category_id
        self.comment_before, self.comment_after = comment_before, comment_after
        self.restrict_api, self.do_not_save = restrict_api, False

    def info(self, info):
        return self.html(f"<span class='info'>({info})</span>")

    def html(self, html):
        self.comment_after += html
        return self

    def needs_restart(self):
        return self.html(" <span class='info'>(requires restart)</span>")

    def needs_reload_ui(self):
        return self.html(" <span class='info'>(requires Reload UI)</span>")


class OptionHTML(OptionInfo):
    def __init__(self, text):
        def component(**kwargs):
            import gradio as gr

            return gr.HTML(elem_classes="settings-info", **kwargs)

        super().__init__(str(text).strip(), label="", component=component)
        self.do_not_save = True


def options_section(section_identifier, options_dict):
    for info in options_dict.values():
        info.section = tuple(section_identifier[0:2])
        if len(section_identifier) == 3:
            info.category_id = section_identifier[2]
    return options_dict


BUILTIN_FIELDS = {"data_labels", "data", "restricted_opts", "typemap"}


class Options:
    """Attributes are settings. Assigning to one that is not a setting makes a plain attribute."""

    typemap = {int: float}

    def __init__(self, data_labels, restricted_opts):
        self.data_labels = data_labels
        self.data = {k: v.default for k, v in data_labels.items() if not v.do_not_save}
        self.restricted_opts = restricted_opts

    def __setattr__(self, key, value):
        if key in BUILTIN_FIELDS or self.data is None or not (key in self.data or key in self.data_labels):
            super().__setattr__(key, value)
            return
        assert not cmd_opts.freeze_settings, "changing settings is disabled"
        info = self.data_labels.get(key, None)
        if info.do_not_save:
            return
        arguments = info.component_args
        if isinstance(arguments, dict) and arguments.get("visible", True) is False:
            raise RuntimeError(f"not possible to set '{key}' because it is restricted")
        self._check_frozen(key, info)
        self.data[key] = value

    def _check_frozen(self, key, info):
        def listed(text):
            return [x.strip() for x in text.split(",")]

        sections = cmd_opts.freeze_settings_in_sections
        if sections is not None and info.section[0] in listed(sections):
            raise AssertionError(f"not possible to set '{key}' because its section is frozen")
        settings = cmd_opts.freeze_specific_settings
        if settings is not None and key in listed(settings):
            raise AssertionError(f"not possible to set '{key}' because it is frozen")
        if cmd_opts.hide_ui_dir_config and key in self.restricted_opts:
            raise RuntimeError(f"not possible to set '{key}' because it is restricted")

    def __getattr__(self, item):
        # Only called for what is no real attribute.
        if item in BUILTIN_FIELDS or not (item in self.data or item in self.data_labels):
            raise AttributeError(f"there is no setting {item!r}")
        return self.data[item] if item in self.data else self.data_labels[item].default

    def set(self, key, value, is_api=False, run_callbacks=True):
        before = self.data.get(key)
        if value == before:
            return False
        info = self.data_labels[key]
        if info.do_not_save or (is_api and info.restrict_api):
            return False
        try:
            setattr(self, key, value)
        except RuntimeError:
            return False
        return not run_callbacks or self._announced(key, info.onchange, before)

    def _announced(self, key, listener, before):
        """False, with the value of before back in place, if the setting's listener refuses the new one."""
        try:
            if listener is not None:
                listener()
        except Exception as refusal:
            errors.display(refusal, f"setting {key}")
            self.data[key] = before
            return False
        return True

    def get_default(self, key):
        info = self.data_labels.get(key)
        return None if info is None else info.default

    def save(self, filename):
        if cmd_opts.freeze_settings:
            raise AssertionError("saving settings is disabled")
        text = json.dumps(self.data, ensure_ascii=False, indent=4)
        Path(filename).write_text(text, encoding="utf-8")

    def same_type(self, x, y):
        kinds = {self.typemap.get(type(value), type(value)) for value in (x, y) if value is not None}
        # None fits everything
        return len(kinds) < 2 or None in (x, y)

    def load(self, filename):
        """What is not in the file is not in ``data`` afterwards: reads fall back on the defaults."""
        try:
            with open(filename, encoding="utf8") as file:
                self.data = json.load(file)
        except FileNotFoundError:
            self.data = {}
        for k, v in self.data.items():
            info = self.data_labels.get(k)
            if info is not None and not self.same_type(info.default, v):
                print(f"Warning: bad setting value: {k}: {v}", file=sys.stderr)

    def onchange(self, key, func, call=True):
        self.data_labels.get(key).onchange = func
        if call:
            func()

    def dumpjson(self):
        return json.dumps({k: self.data.get(k, v.default) for k, v in self.data_labels.items()})

    def add_option(self, key, info):
        self.data_labels[key] = info
        if key not in self.data and not info.do_not_save:
            self.data[key] = info.default

    def reorder(self):
        category_of = {}
        for item in self.data_labels.values():
            category_of.setdefault(item.section, item.category_id)
        order = {}
        for item in self.data_labels.values():
            item.category_id = category_of[item.section]
            order.setdefault(item.category_id, len(order))
        self.data_labels = dict(
            sorted(
                self.data_labels.items(),
                key=lambda pair: (order[pair[1].category_id], pair[1].section[1] or ""),
            )
        )

    def cast_value(self, key, value):
        """``value`` (text from an infotext) as the setting's own type; None stays None."""
        if value is None:
            return None
        default = self.data_labels[key].default
        if default is None:
            default = getattr(self, key, None)
        if default is None:
            return None
        if isinstance(default, bool) and value == "False":
            return False
        return type(default)(value)
