"""What the Extensions tab calls; there is no such tab here."""

import errno
import html
import os
import shutil

import git
from modules import extensions, paths, shared


def check_access():
    assert not shared.cmd_opts.disable_extension_access, (
        "extension access disabled because of command line flags"
    )


def extension_table():
    for ext in extensions.extensions:
        ext.read_info_from_repo()
    rows = [f"<tr><td>{html.escape(ext.name)}</td></tr>" for ext in extensions.extensions]
    return f'<table id="extensions">{"".join(rows)}</table>'


def normalize_git_url(url):
    return "" if url is None else url.replace(".git", "")


def get_extension_dirname_from_url(url):
    *_, last_part = url.split("/")
    return normalize_git_url(last_part)


def install_extension_from_url(dirname, url, branch_name=None):
    check_access()
    dirname = dirname.strip() if isinstance(dirname, str) else dirname
    url = url.strip() if isinstance(url, str) else url
    assert url, "No URL specified"
    if dirname is None or dirname == "":
        dirname = get_extension_dirname_from_url(url)
    target_dir = os.path.join(extensions.extensions_dir, dirname)
    assert not os.path.exists(target_dir), f"Extension directory already exists: {target_dir}"
    normalized_url = normalize_git_url(url)
    if any(x for x in extensions.extensions if normalize_git_url(x.remote) == normalized_url):
        raise Exception(f"Extension with this URL is already installed: {url}")
    tmpdir = os.path.join(paths.data_path, "tmp", dirname)
    options = {"branch": branch_name} if branch_name else {}
    try:
        shutil.rmtree(tmpdir, True)
        with git.Repo.clone_from(url, tmpdir, filter=["blob:none"], **options) as repo:
            repo.remote().fetch()
            for submodule in repo.submodules:
                submodule.update()
        try:
            os.rename(tmpdir, target_dir)
        except OSError as err:
            if err.errno != errno.EXDEV:
                raise
            shutil.move(tmpdir, target_dir)
        import launch

        launch.run_extension_installer(target_dir)
        extensions.list_extensions()
        return [extension_table(), html.escape(f"Installed into {target_dir}. Use Installed tab to restart.")]
    finally:
        shutil.rmtree(tmpdir, True)
