"""Scripts and styles of the WebUI and its extensions, put into gradio's page."""

import os

import gradio as gr

from modules import scripts, shared, util
from modules.paths import script_path


def webpath(fn):
    return f"file={util.truncate_path(fn)}?{os.path.getmtime(fn)}"


def javascript_html():
    files = [os.path.join(script_path, "script.js")]
    files += [file.path for file in scripts.list_scripts("javascript", ".js")]
    head = "".join(f'<script type="text/javascript" src="{webpath(x)}"></script>\n' for x in files)
    for file in scripts.list_scripts("javascript", ".mjs"):
        head += f'<script type="module" src="{webpath(file.path)}"></script>\n'
    if shared.cmd_opts.theme:
        head += f'<script type="text/javascript">set_theme("{shared.cmd_opts.theme}");</script>\n'
    return head


def css_html():
    sheets = scripts.list_files_with_name("style.css")
    return "".join(f'<link rel="stylesheet" property="stylesheet" href="{webpath(x)}">' for x in sheets)


def reload_javascript():
    js = javascript_html()
    css = css_html()

    def template_response(*args, **kwargs):
        response = _original_template_response(*args, **kwargs)
        head = f'{js}<meta name="referrer" content="no-referrer"/></head>'
        response.body = response.body.replace(b"</head>", head.encode("utf8"))
        response.body = response.body.replace(b"</body>", f"{css}</body>".encode())
        response.init_headers()
        return response

    gr.routes.templates.TemplateResponse = template_response


_original_template_response = gr.routes.templates.TemplateResponse
