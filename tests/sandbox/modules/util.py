import os
import re


def natural_sort_key(s):
    return [int(text) if text.isdigit() else text.lower() for text in re.split("([0-9]+)", s)]


def walk_files(path, allowed_extensions=None):
    """All files in a folder and those in it, in the natural order of both."""
    for root, _, files in sorted(os.walk(path, followlinks=True), key=lambda item: natural_sort_key(item[0])):
        for name in sorted(files, key=natural_sort_key):
            if allowed_extensions is None or os.path.splitext(name)[1].lower() in allowed_extensions:
                yield os.path.join(root, name)


def listfiles(dirname):
    names = sorted(os.listdir(dirname), key=natural_sort_key)
    paths = [os.path.join(dirname, name) for name in names if not name.startswith(".")]
    return [path for path in paths if os.path.isfile(path)]


def truncate_path(target_path, base_path=None):
    base = os.path.abspath(base_path or os.getcwd())
    absolute = os.path.abspath(target_path)
    try:
        if os.path.commonpath([absolute, base]) == base:
            return os.path.relpath(absolute, base)
    except ValueError:  # another drive on Windows
        pass
    return absolute


def topological_sort(dependencies):
    """Names so that each comes after those it depends on; a cycle is cut, not an error."""
    done = {}
    result = []

    def visit(name):
        if name in done:
            return
        done[name] = True
        for other in dependencies.get(name, ()):
            if other in dependencies:
                visit(other)
        result.append(name)

    for name in dependencies:
        visit(name)
    return result
