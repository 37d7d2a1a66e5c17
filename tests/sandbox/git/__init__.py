"""GitPython, for as much as the Extensions tab calls: runs the git command."""

import os
import subprocess
import time

from git import exc

__version__ = "3.1.32"


class Remote:
    def __init__(self, repo, name="origin"):
        self.repo = repo
        self.name = name

    @property
    def urls(self):
        yield self.repo._run("config", "--get", f"remote.{self.name}.url").strip()

    def fetch(self):
        self.repo._run("fetch", self.name)
        return []


class Commit:
    def __init__(self, repo):
        self.hexsha, date = repo._run("log", "-1", "--format=%H %ct").split()
        self.committed_date = int(date)


class Head:
    def __init__(self, repo):
        self.commit = Commit(repo)
        self.name = repo._run("rev-parse", "--abbrev-ref", "HEAD").strip()


class Repo:
    bare = False
    submodules = ()

    def __init__(self, path):
        self.working_dir = str(path)
        if not os.path.exists(os.path.join(path, ".git")):
            raise exc.InvalidGitRepositoryError(path)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    @property
    def head(self):
        return Head(self)

    @property
    def active_branch(self):
        return self.head

    def remote(self, name="origin"):
        return Remote(self, name)

    def _run(self, *arguments):
        return run("-C", self.working_dir, *arguments)

    @classmethod
    def clone_from(cls, url, to_path, progress=None, env=None, multi_options=None, **kwargs):
        options = [f"--filter={text}" for text in kwargs.pop("filter", ())]
        options += [f"--{name}={value}" for name, value in kwargs.items()]
        from tests.sandbox import faults

        time.sleep(faults.current.clone_seconds)
        run("clone", "-v", *options, "--", url, str(to_path))
        return cls(to_path)


def run(*arguments):
    command = ["git", *arguments]
    try:
        ended = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise exc.GitCommandNotFound(command, error) from error
    if ended.returncode:
        raise exc.GitCommandError(command, ended.returncode, ended.stderr, ended.stdout)
    return ended.stdout
