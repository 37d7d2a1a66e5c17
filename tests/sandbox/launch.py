"""What install scripts and the WebUI ask the launcher."""

import argparse
import importlib.util
import os
import subprocess
import sys

import host_traits

args = argparse.Namespace(skip_install=False)


def git_tag():
    return host_traits.VERSION


def commit_hash():
    return "82a973c04367123ae98bd9abdf80d9eda9b910e2"


def is_installed(package):
    try:
        return importlib.util.find_spec(package) is not None
    except ModuleNotFoundError:
        return False


def run_pip(command, desc=None, live=False):
    if args.skip_install:
        return None
    return subprocess.run(
        [sys.executable, "-m", "pip", *command.split()], check=True, capture_output=not live, text=True
    ).stdout


def run_extension_installer(extension_dir):
    """(The real one does not raise either.)"""
    path_installer = os.path.join(extension_dir, "install.py")
    if not os.path.isfile(path_installer):
        return
    here = os.path.dirname(os.path.abspath(__file__))
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([here, os.environ.get("PYTHONPATH", "")])}
    ended = subprocess.run([sys.executable, path_installer], env=env, check=False)
    if ended.returncode:
        print(f"*** Error running install.py for extension {extension_dir}.")
