"""The Settings tab: every option with a component, and "Reload UI"."""

import gradio as gr

import host_page
from modules import script_callbacks, shared
from modules.call_queue import wrap_gradio_call_no_job
from modules.ui_common import create_refresh_button

#: sections of the real Settings that the sandbox shows; those of extensions are always there
SHOWN = {
    "saving-images",
    "saving-to-dirs",
    "sd",
    "vae",
    "img2img",
    "optimizations",
    "extra_networks",
    "ui",
    "ui_prompt_editing",
    "infotext",
    "sampler-params",
    "ui_alternatives",
    "settings_in_ui",
}


def create_setting_component(key, is_quicksettings=False):
    opts = shared.opts
    info = opts.data_labels[key]
    args = info.component_args() if callable(info.component_args) else info.component_args or {}
    by_type = {str: gr.Textbox, int: gr.Number, float: gr.Number, bool: gr.Checkbox}
    make = info.component or by_type.get(type(info.default))
    if make is None:
        raise ValueError(f"bad options item type: {type(info.default)} for key {key}")
    component = make(
        label=info.label,
        value=opts.data.get(key, info.default),
        elem_id=f"setting_{key}",
        **args,
    )
    if info.refresh is not None:
        create_refresh_button(component, info.refresh, info.component_args, f"refresh_{key}")
    return component


def get_value_for_setting(key):
    info = shared.opts.data_labels[key]
    args = info.component_args() if callable(info.component_args) else info.component_args or {}
    return gr.update(value=getattr(shared.opts, key), **{k: v for k, v in args.items() if k != "precision"})


class UiSettings:
    def register_settings(self):
        script_callbacks.ui_settings_callback()

    def shown(self, key, info):
        section = info.section[0] if info.section else None
        built_in = key in shared.options_templates and key in TEMPLATE_KEYS
        return section is not None and (not built_in or section in SHOWN)

    def create_ui(self, dummy_component):
        opts = shared.opts
        opts.reorder()
        quick = opts.quicksettings_list
        self.component_dict = shared.settings_components = {}
        sections = {}
        for key, info in opts.data_labels.items():
            if self.shown(key, info) and key not in quick and not info.do_not_save:
                sections.setdefault(info.section, []).append(key)

        with gr.Blocks(analytics_enabled=False) as self.interface:
            with gr.Row():
                submit = gr.Button("Apply settings", variant="primary", elem_id="settings_submit", scale=6)
                restart = gr.Button("Reload UI", variant="primary", elem_id="settings_restart_gradio")
            self.result = gr.HTML(elem_id="settings_result")
            with gr.Tabs(elem_id="settings"):
                for (section_id, text), keys in sections.items():
                    with (
                        gr.TabItem(elem_id=f"settings_{section_id}", label=text),
                        gr.Column(elem_id=f"column_settings_{section_id}", variant="compact"),
                    ):
                        for key in keys:
                            self.component_dict[key] = create_setting_component(key)
            self.text_settings = gr.Textbox(elem_id="settings_json", value=opts.dumpjson, visible=False)
            restart.click(fn=shared.state.request_restart, _js="restart_reload", inputs=[], outputs=[])
        self.submit = submit

    def add_quicksettings(self):
        with gr.Row(elem_id="quicksettings", variant="compact"):
            host_page.quicksettings()
            for key in shared.opts.quicksettings_list:
                self.component_dict[key] = create_setting_component(key, is_quicksettings=True)

    def add_functionality(self, demo):
        keys = [k for k in self.component_dict if k not in shared.opts.quicksettings_list]

        def apply(*values):
            changed = [k for k, v in zip(keys, values, strict=True) if shared.opts.set(k, v)]
            shared.opts.save(shared.config_filename)
            listed = f"{len(changed)} settings changed{': ' if changed else ''}{', '.join(changed)}."
            return shared.opts.dumpjson(), listed

        self.submit.click(
            fn=wrap_gradio_call_no_job(apply, extra_outputs=[gr.update()]),
            inputs=[self.component_dict[k] for k in keys],
            outputs=[self.text_settings, self.result],
        )
        for key in shared.opts.quicksettings_list:
            component = self.component_dict[key]

            def apply_one(value, key=key):
                if shared.opts.set(key, value):
                    shared.opts.save(shared.config_filename)
                return get_value_for_setting(key), shared.opts.dumpjson()

            component.change(fn=apply_one, inputs=[component], outputs=[component, self.text_settings])
        every = list(self.component_dict)
        demo.load(
            fn=lambda: [get_value_for_setting(key) for key in every],
            inputs=[],
            outputs=[self.component_dict[key] for key in every],
            queue=False,
        )


TEMPLATE_KEYS = frozenset(shared.options_templates)
