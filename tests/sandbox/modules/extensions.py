"""Installed extensions: folders with ``scripts/``, ``javascript/``, ``style.css``, ``metadata.ini``."""

import configparser
import os
import re
import threading

from tests.sandbox import extensions as sandbox_extensions
from tests.sandbox import hidden as sandbox_hidden

from modules import errors, scripts, shared
from modules.paths_internal import extensions_dir

extensions = []
extension_paths = {}
loaded_extensions = {}


class CallbackOrderInfo:
    def __init__(self, name, before, after):
        self.name = name
        self.before = before
        self.after = after


class ExtensionMetadata:
    filename = "metadata.ini"

    def __init__(self, path, canonical_name):
        self.config = configparser.ConfigParser()
        try:
            self.config.read(os.path.join(path, self.filename))
        except configparser.Error:
            errors.report(f"Error reading {self.filename} for extension {canonical_name}.", exc_info=True)
        name = self.config.get("Extension", "Name", fallback=canonical_name)
        self.canonical_name = name.lower().strip()
        self.requires = None

    def get_script_requirements(self, field, section, extra_section=None):
        text = self.config.get(section, field, fallback="")
        if extra_section:
            text += ", " + self.config.get(extra_section, field, fallback="")
        alternatives = [names.split("|") for names in self.parse_list(text.lower())]
        return [next((n for n in names if n in loaded_extensions), "|".join(names)) for names in alternatives]

    def parse_list(self, text):
        return [x for x in re.split(r"[,\s]+", text.strip()) if x]

    def list_callback_order_instructions(self):
        for section in self.config.sections():
            if not section.startswith("callbacks/"):
                continue
            name = section[len("callbacks/") :]
            if not name.startswith(self.canonical_name):
                errors.report(f"Callback order of {self.canonical_name} names another extension: {section}")
                continue
            before = self.parse_list(self.config.get(section, "Before", fallback=""))
            after = self.parse_list(self.config.get(section, "After", fallback=""))
            yield CallbackOrderInfo(name, before, after)


class Extension:
    lock = threading.Lock()

    def __init__(self, name, path, enabled=True, is_builtin=False, metadata=None):
        self.name = name
        self.path = path
        self.enabled = enabled
        self.status = ""
        self.is_builtin = is_builtin
        self.can_update = False
        self.commit_hash = ""
        self.commit_date = None
        self.version = ""
        self.branch = None
        self.remote = None
        self.have_info_from_repo = False
        self.metadata = metadata or ExtensionMetadata(path, name.lower())
        self.canonical_name = self.metadata.canonical_name

    def read_info_from_repo(self):
        if self.is_builtin or self.have_info_from_repo:
            return
        with self.lock:
            if not self.have_info_from_repo:
                self.do_read_info_from_repo()
        self.status = self.status or "unknown"

    def do_read_info_from_repo(self):
        if os.path.exists(os.path.join(self.path, ".git")):
            from modules.gitpython_hack import Repo

            try:
                repo = Repo(self.path)
                self.remote = next(repo.remote().urls, None)
                commit = repo.head.commit
                self.commit_date = commit.committed_date
                if repo.active_branch:
                    self.branch = repo.active_branch.name
                self.commit_hash = commit.hexsha
                self.version = self.commit_hash[:8]
            except Exception:
                errors.report(f"Failed reading extension data from Git repository ({self.name})")
                self.remote = None
        self.have_info_from_repo = True

    def list_files(self, subdir, extension):
        folder = os.path.join(self.path, subdir)
        if not os.path.isdir(folder):
            return []
        files = [
            scripts.ScriptFile(self.path, filename, os.path.join(folder, filename))
            for filename in sorted(os.listdir(folder))
        ]
        return [
            f for f in files if os.path.splitext(f.path)[1].lower() == extension and os.path.isfile(f.path)
        ]


def active():
    if shared.cmd_opts.disable_all_extensions or shared.opts.disable_all_extensions == "all":
        return []
    if shared.cmd_opts.disable_extra_extensions or shared.opts.disable_all_extensions == "extra":
        return [x for x in extensions if x.enabled and x.is_builtin]
    return [x for x in extensions if x.enabled]


def list_extensions():
    for known in (extensions, extension_paths, loaded_extensions):
        known.clear()
    os.makedirs(extensions_dir, exist_ok=True)
    folders = [os.path.join(extensions_dir, name) for name in sorted(os.listdir(extensions_dir))]
    for path in [*folders, *map(str, sandbox_extensions)]:
        if not os.path.isdir(path):
            continue
        name = os.path.basename(path)
        if name in sandbox_hidden:
            continue
        enabled = name not in shared.opts.disabled_extensions
        extension = Extension(name, path, enabled)
        extensions.append(extension)
        extension_paths[path] = extension
        loaded_extensions[extension.canonical_name] = extension


def find_extension(filename):
    folder = os.path.dirname(os.path.realpath(filename))
    while True:
        extension = extension_paths.get(folder)
        parent = os.path.dirname(folder)
        if extension is not None or parent == folder:
            return extension
        folder = parent
