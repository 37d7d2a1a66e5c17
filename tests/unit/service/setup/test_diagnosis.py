"""Which of all that can be wrong it is, and which click helps."""

from __future__ import annotations

import pytest

from inu_jobs.ports import SchedulerFolder as Folder
from inu_jobs.sentences import say
from inu_jobs.service.setup.diagnosis import diagnose

RIGHT = Folder("right", suits=True)
WRONG = Folder("wrong", suits=False)
OTHER = Folder("other", suits=None)
TORSO = Folder("torso", suits=None, whole=False)


def off(folder: Folder, loaded: bool = False) -> Folder:
    return Folder(folder.name, False, loaded, folder.suits, folder.whole)


def new(folder: Folder) -> Folder:
    return Folder(folder.name, True, False, folder.suits, folder.whole)


@pytest.mark.parametrize(
    ("folders", "state", "offer", "folder"),
    [
        ([], "missing", "install", ""),
        ([off(WRONG)], "missing", "install", ""),
        ([off(TORSO)], "missing", "install", ""),
        ([off(RIGHT)], "disabled", "enable", "right"),
        ([off(OTHER)], "disabled", "enable", "other"),
        ([off(OTHER), off(RIGHT), off(WRONG)], "disabled", "enable", "right"),
        ([off(RIGHT, loaded=True)], "disabled", "enable", "right"),
        ([WRONG], "wrong", "install", "wrong"),
        ([WRONG, off(TORSO)], "wrong", "install", "wrong"),
        ([WRONG, off(RIGHT)], "clash", "enable", "right"),
        ([WRONG, RIGHT], "clash", "enable", "right"),
        ([OTHER, RIGHT], "clash", "enable", "right"),
        ([TORSO], "incomplete", "install", "torso"),
        ([RIGHT], "broken", "restart", "right"),
        ([OTHER], "broken", "install", "other"),
        ([new(RIGHT)], "restart", "restart", "right"),
        ([off(WRONG, loaded=True), new(RIGHT)], "restart", "restart", "right"),
        ([off(WRONG, loaded=True), RIGHT], "restart", "restart", "right"),
    ],
)
def test_one_click_helps(folders: list[Folder], state: str, offer: str, folder: str) -> None:
    found = diagnose(folders, running=False)
    assert (found.state, found.offer, found.folder) == (state, offer, folder)
    assert str(found.message).endswith((".", ")"))
    if state in ("wrong", "incomplete", "broken", "disabled", "clash"):
        assert folder in found.message


def test_why_it_did_not_load_is_said() -> None:
    found = diagnose([RIGHT], running=False, reason="No module named 'sqlalchemy'")
    assert found.message.endswith("did not load: No module named 'sqlalchemy'")


def test_one_that_was_loaded_may_take_its_time() -> None:
    assert diagnose([RIGHT], running=True).state == "starting"
    unused = say("It has no {name}.", name="TaskRunner.paused")
    found = diagnose([RIGHT], running=True, problem=unused)
    assert (found.state, found.message, found.offer) == ("broken", unused, "restart")


def test_the_one_for_another_webui_may_load_and_not_start() -> None:
    """Forge Neo's on reForge."""
    unused = say("It has no {name}.", name="TaskRunner.paused")
    found = diagnose([WRONG], running=True, problem=unused)
    assert (found.state, found.offer, found.folder) == ("wrong", "install", "wrong")
    assert "(wrong) is not the one for this WebUI" in str(found.message)
    found = diagnose([OTHER], running=True, problem=unused)
    assert (found.state, found.offer, found.message) == ("broken", "install", unused)
    assert diagnose([RIGHT, WRONG], running=True, problem=unused).offer == "restart"
