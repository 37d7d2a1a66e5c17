"""Components of the page that gradio does not have."""

from functools import wraps

import gradio as gr

import host_page

host_page.extend_gradio()


class FormComponent:
    webui_do_not_create_gradio_pyi_thank_you = True

    def get_expected_parent(self):
        return gr.components.Form


gr.Dropdown.get_expected_parent = FormComponent.get_expected_parent


class ToolButton(FormComponent, gr.Button):
    @wraps(gr.Button.__init__)
    def __init__(self, value="", *args, elem_classes=None, **kwargs):
        super().__init__(*args, elem_classes=["tool", *(elem_classes or [])], value=value, **kwargs)

    def get_block_name(self):
        return "button"


class ResizeHandleRow(gr.Row):
    webui_do_not_create_gradio_pyi_thank_you = True

    @wraps(gr.Row.__init__)
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.elem_classes.append("resize-handle-row")

    def get_block_name(self):
        return "row"


class FormRow(FormComponent, gr.Row):
    def get_block_name(self):
        return "row"


class FormColumn(FormComponent, gr.Column):
    def get_block_name(self):
        return "column"


class FormGroup(FormComponent, gr.Group):
    def get_block_name(self):
        return "group"


class FormHTML(FormComponent, gr.HTML):
    def get_block_name(self):
        return "html"


class FormColorPicker(FormComponent, gr.ColorPicker):
    def get_block_name(self):
        return "colorpicker"


class DropdownMulti(FormComponent, gr.Dropdown):
    @wraps(gr.Dropdown.__init__)
    def __init__(self, **kwargs):
        super().__init__(**{**kwargs, "multiselect": True})

    def get_block_name(self):
        return "dropdown"


class DropdownEditable(FormComponent, gr.Dropdown):
    @wraps(gr.Dropdown.__init__)
    def __init__(self, **kwargs):
        super().__init__(**{**kwargs, "allow_custom_value": True})

    def get_block_name(self):
        return "dropdown"


class InputAccordionImpl(gr.Checkbox):
    """An accordion whose being open is a value: a hidden checkbox that script.js keeps in step."""

    webui_do_not_create_gradio_pyi_thank_you = True
    global_index = 0

    @wraps(gr.Checkbox.__init__)
    def __init__(self, value=None, setup=False, **kwargs):
        if not setup:  # gradio 4 makes the checkbox again when an event changes it
            super().__init__(value=value, **kwargs)
            return
        own_id = kwargs.get("elem_id")
        if own_id is None:
            own_id = f"input-accordion-{InputAccordionImpl.global_index}"
            InputAccordionImpl.global_index += 1
        self.accordion_id = own_id
        super().__init__(value=value, **{**kwargs, "elem_id": f"{own_id}-checkbox", "visible": False})
        js = f"checked => inputAccordionChecked('{own_id}', checked)"
        self.change(fn=None, _js=js, inputs=[self])
        self.accordion = gr.Accordion(
            **{
                **kwargs,
                "elem_id": own_id,
                "label": kwargs.get("label", "Accordion"),
                "elem_classes": ["input-accordion"],
                "open": value,
            }
        )

    def extra(self):
        return gr.Column(
            elem_id=f"{self.accordion_id}-extra", elem_classes="input-accordion-extra", min_width=0
        )

    def __enter__(self):
        self.accordion.__enter__()
        return self

    def __exit__(self, *exc):
        self.accordion.__exit__(*exc)

    def get_block_name(self):
        return "checkbox"


def InputAccordion(value=None, **kwargs):
    return InputAccordionImpl(value=value, setup=True, **kwargs)
