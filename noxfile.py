"""Everything a developer runs. Each session makes its own environment; the first run takes minutes.

nox -s sandbox   the extension in a stand-in WebUI: no GPU, no models
nox              lint, types, web UI types and all tests
nox -s bench     the speed goals, as ratios
nox -s webui -- PATH   contract and browser tests on a real WebUI with Agent Scheduler
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import nox

nox.options.sessions = ["lint", "types", "ui", "tests"]
nox.options.reuse_existing_virtualenvs = True

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


def host_python() -> str:
    """The WebUI's pinned packages have wheels for Python 3.10 to 3.12."""
    if (3, 10) <= sys.version_info[:2] <= (3, 12):
        return f"{sys.version_info[0]}.{sys.version_info[1]}"
    for version in ("3.11", "3.10", "3.12"):
        if shutil.which(f"python{version}"):
            return version
    raise SystemExit("Install Python 3.10, 3.11 or 3.12: the WebUI's own packages need one of them.")


PYTHON = host_python()


def ensure_browser(session: nox.Session) -> str:
    """Path of a Chromium, installed if this may be done; else says what to install."""
    named = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if named:
        return named
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        session.run("apt-get", "update", "-q", external=True)
        session.run("apt-get", "install", "-y", "-q", "chromium", "fonts-dejavu-core", external=True)
        return str(shutil.which("chromium"))
    return session.error(
        "The browser tests need Chromium. Install it (Debian: sudo apt-get install chromium)"
        " or set CHROMIUM to the path of a Chrome or Chromium."
    )


def install_host(session: nox.Session) -> None:
    session.install("-r", "tests/requirements.txt")


@nox.session(python=PYTHON)
def sandbox(session: nox.Session) -> None:
    """Start the extension in a stand-in WebUI and print its address."""
    install_host(session)
    session.run("python", "-m", "tests.sandbox", *session.posargs)


@nox.session(python=PYTHON)
def tests(session: nox.Session) -> None:
    """Unit, property, contract, crash and browser tests on the stand-in."""
    install_host(session)
    browser = ensure_browser(session)
    env = {"CHROMIUM": browser, "INU_JOBS_FUZZ": "10000"}
    session.run("pytest", *(session.posargs or ["tests"]), env=env)


@nox.session(python=PYTHON)
def webui(session: nox.Session) -> None:
    """The tests that can run on a real WebUI: give its folder after ``--``."""
    if not session.posargs:
        session.error("Give the WebUI's folder: nox -s webui -- PATH")
    install_host(session)
    browser = ensure_browser(session)
    path, *rest = session.posargs
    for folder in ("tests/contract", "tests/webui", "tests/browser"):
        # one at a time: each has WebUIs of its own, and a machine has room for so many
        session.run("pytest", f"--webui={path}", folder, *rest, env={"CHROMIUM": browser})


@nox.session(python=PYTHON)
def lint(session: nox.Session) -> None:
    session.install("ruff==0.17.6")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")


@nox.session(python=PYTHON)
def types(session: nox.Session) -> None:
    session.install("mypy==2.4.1", "-r", "requirements.txt", "Pillow", "types-requests")
    session.run("mypy")


@nox.session(python=PYTHON)
def ui(session: nox.Session) -> None:
    """Check the JSDoc types of the web UI."""
    if not shutil.which("npm"):
        session.error(
            "Checking the web UI's types needs Node.js with npm (Debian: sudo apt-get install npm)."
        )
    if not Path("node_modules/typescript").is_dir():
        session.run("npm", "ci", "--no-audit", "--no-fund", external=True)
    session.run("npx", "tsc", "--project", ".", external=True)


@nox.session(python=PYTHON)
def bench(session: nox.Session) -> None:
    """Print the speed table: each row a ratio against a baseline measured in the same run."""
    install_host(session)
    browser = ensure_browser(session)
    session.run("python", "-m", "bench", *session.posargs, env={"CHROMIUM": browser})
