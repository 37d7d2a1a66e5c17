"""Everything a developer runs. Each session makes its own environment; the first run takes minutes.

nox -s sandbox   the extension in a stand-in WebUI: no GPU, no models (-- --host neo: in that of Forge Neo)
nox              lint, types, web UI types, all tests, and on Forge Neo's packages those where hosts differ
nox -s soak      what depends on chance, many more times: requests, kills, examples
nox -s bench     the speed goals, as ratios (-- --webui PATH: on a real WebUI too)
nox -s webui -- PATH   contract and browser tests on a real WebUI with Agent Scheduler
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nox

nox.options.sessions = ["lint", "types", "ui", "tests", "tests_neo"]
nox.options.reuse_existing_virtualenvs = True

#: Debian's Chromium without windows first: it takes a third less of the processor
HEADLESS = "chromium-headless-shell"
BROWSERS = (HEADLESS, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")


#: a file at a time on each core: its tests share a sandbox
SIDE_BY_SIDE = ("-n", "auto", "--dist", "loadfile")


def host_python() -> str:
    """The WebUI's pinned packages have wheels for Python 3.10 to 3.12."""
    if (3, 10) <= sys.version_info[:2] <= (3, 12):
        return f"{sys.version_info[0]}.{sys.version_info[1]}"
    for version in ("3.11", "3.10", "3.12"):
        if shutil.which(f"python{version}"):
            return version
    raise SystemExit("Install Python 3.10, 3.11 or 3.12: the WebUI's own packages need one of them.")


def runs(python: str, version: str) -> bool:
    """Whether it is a Python of that version; a name on the path may lead nowhere, as pyenv's do."""
    try:
        asked = [python, "-c", "import sys, venv; print('%d.%d' % sys.version_info[:2])"]
        told = subprocess.run(asked, capture_output=True, text=True, timeout=30, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return False
    return told.strip() == version


def candidates(version: str) -> Iterator[str]:
    if sys.version_info[:2] == tuple(map(int, version.split("."))):
        yield sys.executable
    yield from filter(None, [shutil.which(f"python{version}")])
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    yield from map(str, sorted(pyenv.glob(f"{version}.*/bin/python"), reverse=True))


def neo_python() -> str:
    """Forge Neo's own 3.13 if it is there, else what its packages have wheels for."""
    found = (path for v in ("3.13", "3.12", "3.11") for path in candidates(v) if runs(path, v))
    # nox says what is missing when the session is run, and only then
    return next(found, "3.13")


PYTHON = host_python()
NEO_PYTHON = neo_python()


def run_tests(session: nox.Session, *arguments: str) -> None:
    """Compiled files are kept, whatever the shell says: else each of a hundred sandboxes compiles gradio
    again, for uv leaves that to who runs it."""
    env = {"CHROMIUM": ensure_browser(session), "PYTHONDONTWRITEBYTECODE": ""}
    session.run("pytest", *arguments, env=env)


def ensure_browser(session: nox.Session) -> str:
    """Path of a Chromium, installed if this may be done; else says what to install."""
    named = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if named:
        return named
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        session.run("apt-get", "update", "-q", external=True)
        install = ("apt-get", "install", "-y", "-q", "fonts-dejavu-core")
        # other distributions have no package of the headless one: apt-get ends with 100
        session.run(*install, HEADLESS, external=True, success_codes=[0, 100])
        if not shutil.which(HEADLESS):
            session.run(*install, "chromium", external=True)
        return str(shutil.which(HEADLESS) or shutil.which("chromium"))
    return session.error(
        "The browser tests need Chromium. Install it (Debian: sudo apt-get install chromium)"
        " or set CHROMIUM to the path of a Chrome or Chromium."
    )


def install(session: nox.Session, *arguments: str) -> None:
    """With uv, which takes seconds where pip takes half a minute, and which can be told that a version holds
    whatever others ask for."""
    session.install("uv")
    session.run("uv", "pip", "install", "-q", *arguments)


def install_host(session: nox.Session) -> None:
    install(session, "-r", "tests/requirements.txt")


def install_neo(session: nox.Session) -> None:
    neo = "tests/requirements-neo.txt"
    install(session, "-r", "requirements.txt", "-r", neo, "--override", neo)


def without_host(arguments: list[str]) -> tuple[str, list[str]]:
    """The value of ``--host``, and the other arguments."""
    if "--host" not in arguments:
        return "a1111", arguments
    at = arguments.index("--host")
    return "".join(arguments[at + 1 : at + 2]), [*arguments[:at], *arguments[at + 2 :]]


@nox.session(python=PYTHON)
def sandbox(session: nox.Session) -> None:
    """Start the extension in a stand-in WebUI and print its address; -- --host neo for Forge Neo's."""
    host, arguments = without_host(session.posargs)
    if host == "neo":  # which has an environment, and a Python, of its own
        session.notify("sandbox_neo", arguments)
        return
    if host != "a1111":
        session.error(f"There is no sandbox of “{host}”: a1111 and neo are there.")
    install_host(session)
    session.run("python", "-m", "tests.sandbox", *arguments)


@nox.session(python=NEO_PYTHON)
def sandbox_neo(session: nox.Session) -> None:
    """The sandbox of Forge Neo: ``nox -s sandbox -- --host neo``."""
    install_neo(session)
    session.run("python", "-m", "tests.sandbox", *session.posargs)


@nox.session(python=NEO_PYTHON)
def tests_neo(session: nox.Session) -> None:
    """On Forge Neo's packages and its stand-in: the tests in which hosts differ (marked ``hosts``)."""
    install_neo(session)
    run_tests(session, *(session.posargs or ["tests", "-m", "hosts", *SIDE_BY_SIDE]))


@nox.session(python=PYTHON)
def tests(session: nox.Session) -> None:
    """Unit, property, contract, crash and browser tests on the stand-in."""
    install_host(session)
    run_tests(session, *(session.posargs or ["tests", *SIDE_BY_SIDE]))


@nox.session(python=PYTHON)
def soak(session: nox.Session) -> None:
    """What depends on chance, many more times than ``tests``: random requests, kills, examples."""
    install_host(session)
    env = {
        "INU_JOBS_FUZZ": "10000",
        "INU_JOBS_FUZZ_WHOLE": "10000",
        "INU_CRASH_ROUNDS": "200",
        "INU_CRASH_TRASH_ROUNDS": "40",
        "INU_JOBS_LARGE": "1",
    }
    chosen = ["tests/unit", "tests/crash", "tests/contract/test_random_requests.py"]
    arguments = ["--hypothesis-profile=soak", "--timeout=7200", *SIDE_BY_SIDE]
    session.run("pytest", *arguments, *(session.posargs or chosen), env=env)


@nox.session(python=PYTHON)
def webui(session: nox.Session) -> None:
    """The tests that can run on a real WebUI: give its folder after ``--``."""
    if not session.posargs:
        session.error("Give the WebUI's folder: nox -s webui -- PATH")
    install_host(session)
    path, *rest = session.posargs
    for folder in ("tests/contract", "tests/webui", "tests/browser"):
        # one at a time: each has WebUIs of its own, and a machine has room for so many
        run_tests(session, f"--webui={path}", folder, *rest)


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
    """Check the web UI: its JSDoc types, what is unused or too long, and the tests that need no browser."""
    if not shutil.which("npm"):
        session.error("Checking the web UI needs Node.js 20 with npm (Debian: sudo apt-get install npm).")
    if not all(Path("node_modules", name).is_dir() for name in ("typescript", "eslint")):
        session.run("npm", "ci", "--no-audit", "--no-fund", external=True)
    session.run("npm", "run", "--silent", "check", external=True)
    session.run("npm", "run", "--silent", "lint", external=True)
    session.run("node", "--test", *map(str, sorted(Path("tests/ui").glob("*.test.mjs"))), external=True)


@nox.session(python=PYTHON)
def bench(session: nox.Session) -> None:
    """Print the speed table: each row a ratio against a baseline measured in the same run."""
    install_host(session)
    browser = ensure_browser(session)
    session.run("python", "-m", "bench", *session.posargs, env={"CHROMIUM": browser})
