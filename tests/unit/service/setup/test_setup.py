"""The clicks that get Agent Scheduler to run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from inu_jobs import api
from inu_jobs.errors import Refused
from inu_jobs.sentences import say
from inu_jobs.service.setup import setup as clicks
from tests.unit.service.service_kit import House


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    monkeypatch.setattr(clicks, "_ANSWER", 0)
    house = House(tmp_path)
    house.scheduler.away = True
    yield house
    house.installer.go.set()
    house.close()


def view(house: House) -> api.Setup:
    found = house.service.overview.status().scheduler.setup
    assert found is not None
    return found


def until(house: House, met: Callable[[api.Setup], bool]) -> api.Setup:
    end = time.monotonic() + 20
    while not met(found := view(house)):
        assert time.monotonic() < end, found
        time.sleep(0.01)
    return found


def test_two_clicks(house: House) -> None:
    job = house.add(tasks=3)
    found = view(house)
    assert (found.state, found.offer, found.source) == ("missing", "install", house.installer.source)
    house.installer.go.clear()
    assert house.service.setup.install().state == "installing"
    assert view(house).message == "Installing Agent Scheduler…"
    house.installer.go.set()
    found = until(house, lambda found: found.state == "restart")
    assert (found.offer, found.report, found.source) == ("restart", "", "")
    found = house.service.setup.restart()
    assert (found.state, found.back_in) == ("restarting", 23.0)
    until(house, lambda found: "restart" in house.installer.calls)
    assert view(house).state == "restarting"  # until the process ends
    house.service.setup.begin()
    house.scheduler.away = False
    assert house.service.overview.status().scheduler.setup is None
    for _ in range(3):  # what waited runs
        house.run_one()
    assert len(house.store.images_of(job)) == 3


def test_a_second_click_changes_nothing(house: House) -> None:
    house.installer.go.clear()
    for _ in range(5):
        assert house.service.setup.install().state == "installing"
    assert house.service.setup.restart().state == "installing"
    house.installer.go.set()
    until(house, lambda found: found.state == "restart")
    assert house.installer.calls == ["install", "choose new"]
    with pytest.raises(Refused, match="has yet to load it"):
        house.service.setup.install()


def test_the_wrong_one_is_disabled(house: House) -> None:
    house.installer.put("wrong", suits=False)
    assert (view(house).state, view(house).offer) == ("wrong", "install")
    house.service.setup.install()
    until(house, lambda found: found.state == "restart")
    assert {folder.name: folder.enabled for folder in house.installer.folders()} == {
        "wrong": False, "new": True,
    }  # fmt: skip


def test_a_disabled_one_is_enabled(house: House) -> None:
    house.installer.put("mine", enabled=False, loaded=False)
    house.service.setup.enable()
    until(house, lambda found: found.state == "restart")
    assert house.installer.calls == ["choose mine"]


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Refused(say("git was not found.")), "git was not found."),
        (ValueError("first\nsecond"), "It failed: first"),
        (KeyError(), "It failed: KeyError"),
    ],
)
def test_a_failure_is_said_and_can_be_tried_again(house: House, error: Exception, said: str) -> None:
    house.installer.failure = error
    house.service.setup.install()
    found = until(house, lambda found: found.state != "installing")
    assert (found.state, found.offer, found.failure) == ("missing", "install", said)
    assert found.report.splitlines() == [
        f"Agent Scheduler is not installed. {said}", "WebUI v1.10.1", "Agent Scheduler of ", "Inu Jobs 1.2.3",
    ]  # fmt: skip
    house.installer.failure = None
    assert house.service.setup.install().failure == ""
    until(house, lambda found: found.state == "restart")


def test_a_restart_that_fails_can_be_tried_again(house: House) -> None:
    house.installer.put("new", loaded=False, suits=True)
    house.installer.failure = OSError("read-only")
    house.service.setup.restart()
    found = until(house, lambda found: found.state != "restarting")
    assert (found.state, found.offer, found.failure) == ("restart", "restart", "It failed: read-only")


def test_who_may_not_install_is_told_why(house: House) -> None:
    house.installer.refused = say("Not on this page.")
    for name in ("", "off"):
        if name:
            house.installer.put(name, enabled=False, loaded=False)
        found = view(house)
        assert (found.offer, found.hint) == ("", "Not on this page.")
        with pytest.raises(Refused, match="Not on this page"):
            house.service.setup.enable() if name else house.service.setup.install()
    assert house.installer.calls == []


def test_where_it_cannot_restart_it_says_so(house: House) -> None:
    house.installer.put("new", loaded=False, suits=True)
    house.installer.busy = True
    assert (view(house).offer, view(house).hint) == ("restart", "Restarting stops what is generating now.")
    house.installer.way = "hand"
    found = view(house)
    assert (found.state, found.offer) == ("restart", "")
    assert found.hint == "This WebUI cannot restart itself: close it and start it again."
    with pytest.raises(Refused, match="cannot restart itself"):
        house.service.setup.restart()


def test_nothing_is_restarted_that_works(house: House) -> None:
    house.scheduler.away = False
    for click in (house.service.setup.install, house.service.setup.enable, house.service.setup.restart):
        with pytest.raises(Refused, match="nothing to set up"):
            click()
    house.scheduler.away = True
    with pytest.raises(Refused, match="not installed"):
        house.service.setup.restart()
    assert house.installer.calls == []


def test_each_start_is_another(house: House) -> None:
    first = view(house).start
    assert first == view(house).start
    house.service.setup.begin()
    assert first != view(house).start


def test_one_that_never_starts_is_broken(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    from inu_jobs.ports import SchedulerStatus

    status = SchedulerStatus(attached=False, problem=say("Not yet."), starting=True)
    monkeypatch.setattr(house.scheduler, "status", lambda: status)
    house.installer.put("right", suits=True)
    house.installer.loaded = True
    assert (view(house).state, view(house).offer) == ("starting", "")
    house.clock.now += 61
    found = view(house)
    assert (found.state, found.offer) == ("broken", "restart")
    assert "did not start" in found.message and "did not start" in found.report
    assert found.hint == "At a restart, the WebUI tries again to install what it needs."


def test_the_status_is_told_whatever_the_host_is_like(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def folders() -> list[object]:
        raise AttributeError("extensions")

    monkeypatch.setattr(house.installer, "folders", folders)
    assert (view(house).state, view(house).offer) == ("broken", "")
    assert view(house).message == "Agent Scheduler is missing."
