"""The command line flags, for as far as extensions look at them."""

import argparse

import host_traits
from modules.paths_internal import data_path

parser = argparse.ArgumentParser()

for _flag in (
    "--api",
    "--api-log",
    "--api-server-stop",
    "--autolaunch",
    "--disable-all-extensions",
    "--disable-extra-extensions",
    "--enable-insecure-extension-access",
    "--freeze-settings",
    "--gradio-debug",
    "--hide-ui-dir-config",
    "--listen",
    "--no-gradio-queue",
    "--no-prompt-history",
    "--nowebui",
    "--share",
    "--ui-debug-mode",
    "--unix-filenames-sanitization",
    "--use-textbox-seed",
):
    parser.add_argument(_flag, action="store_true")

parser.add_argument("--data-dir", type=str, default=data_path)
parser.add_argument("--port", type=int, default=None)
parser.add_argument("--server-name", type=str, default=None)
parser.add_argument("--subpath", type=str, default=None)
parser.add_argument("--theme", type=str, default=None)
parser.add_argument("--ngrok", type=str, default=None)
parser.add_argument("--api-auth", type=str, default=None)
parser.add_argument("--gradio-auth", type=str, default=None)
parser.add_argument("--gradio-auth-path", type=str, default=None)
parser.add_argument("--gradio-allowed-path", action="append", default=[data_path])
parser.add_argument("--cors-allow-origins", type=str, default=None)
parser.add_argument("--cors-allow-origins-regex", type=str, default=None)
parser.add_argument("--tls-keyfile", type=str, default=None)
parser.add_argument("--tls-certfile", type=str, default=None)
parser.add_argument("--freeze-settings-in-sections", type=str, default=None)
parser.add_argument("--freeze-specific-settings", type=str, default=None)
parser.add_argument("--filenames-max-length", type=int, default=128)
parser.add_argument("--styles-file", action="append", default=[])
parser.add_argument("--embeddings-dir", type=str, default=f"{data_path}/{host_traits.EMBEDDINGS_FOLDER}")
parser.add_argument("--ui-settings-file", type=str, default=f"{data_path}/config.json")
parser.add_argument("--ui-config-file", type=str, default=f"{data_path}/ui-config.json")
for _flag, _kind in host_traits.FLAGS.items():
    parser.add_argument(_flag, **_kind)
