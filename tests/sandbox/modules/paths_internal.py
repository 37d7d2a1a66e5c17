"""Where the WebUI's files are. ``script_path`` is the program, ``data_path`` the user's folder."""

import argparse
import os
from pathlib import Path

import host_traits

script_path = str(Path(__file__).resolve().parents[1])

_parser = argparse.ArgumentParser(add_help=False)
_parser.add_argument("--data-dir", type=str, default=script_path)
cmd_opts_pre, _ = _parser.parse_known_args()

data_path = os.path.abspath(cmd_opts_pre.data_dir)
models_path = os.path.join(data_path, "models")
extensions_dir = os.path.join(data_path, "extensions")
extensions_builtin_dir = os.path.join(script_path, "extensions-builtin")
config_states_dir = os.path.join(script_path, "config_states")
default_output_dir = os.path.join(data_path, host_traits.OUTPUT_FOLDER)
