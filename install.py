"""The WebUI runs this at each start, with its own Python. Works offline if nothing is missing."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.version import InvalidVersion

HERE = Path(__file__).resolve().parent


def missing() -> list[str]:
    """The lines of requirements.txt that are not installed, or too old."""
    lines = (HERE / "requirements.txt").read_text(encoding="utf-8").split()
    return [line for line in lines if not is_met(Requirement(line))]


def is_met(wanted: Requirement) -> bool:
    try:
        return wanted.specifier.contains(metadata.version(wanted.name), prereleases=True)
    except (metadata.PackageNotFoundError, InvalidVersion):
        return False


def has_agent_scheduler() -> bool:
    """Its folder can have any name, next to ours or in the WebUI's own extensions folder."""
    folders = {HERE.parent}
    try:
        from modules.paths_internal import extensions_dir

        folders.add(Path(extensions_dir))
    except ImportError:
        pass
    return any(any(folder.glob("*/agent_scheduler/task_runner.py")) for folder in folders)


def main() -> None:
    absent = missing()
    if absent:
        import launch

        try:
            launch.run_pip("install " + " ".join(f'"{line}"' for line in absent), "requirements of Inu Jobs")
        except RuntimeError:
            print(
                f"Inu Jobs: could not install {', '.join(absent)}."
                " Connect to the internet and start again, or install them with pip."
            )
    if not has_agent_scheduler():
        print("Inu Jobs: the extension Agent Scheduler is not installed. The Jobs tab can install it.")


if __name__ == "__main__":
    main()
