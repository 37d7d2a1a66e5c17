"""Files of extensions run as modules of no package: they are not in ``sys.modules``."""

import importlib.util
import os

from modules import errors

loaded_scripts = {}


def load_module(path):
    spec = importlib.util.spec_from_file_location(os.path.basename(path), path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    loaded_scripts[path] = module
    return module


def preload_extensions(extensions_dir, parser, extension_list=None):
    if not os.path.isdir(extensions_dir):
        return
    for dirname in sorted(extension_list if extension_list is not None else os.listdir(extensions_dir)):
        preload = os.path.join(extensions_dir, dirname, "preload.py")
        if not os.path.isfile(preload):
            continue
        try:
            module = load_module(preload)
            if hasattr(module, "preload"):
                module.preload(parser)
        except Exception:
            errors.report(f"Error running preload() for {preload}", exc_info=True)
