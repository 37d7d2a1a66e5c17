"""The file with the machines and their passwords, and the addresses that people type."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inu_jobs.errors import InvalidInput, StoreError
from inu_jobs.machines import MachineShelf, Peer, clean_address
from inu_jobs.model import Machine
from tests.unit.service.service_kit import House

ATTIC = Machine("m-1", "Attic", "http://10.0.0.7:7860", "ada", "secret")


@pytest.mark.skipif(os.name == "nt", reason="Windows has other rights")
def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    MachineShelf(tmp_path / "machines.json").put((ATTIC,))
    assert stat.S_IMODE((tmp_path / "machines.json").stat().st_mode) == 0o600
    assert MachineShelf(tmp_path / "machines.json").all() == (ATTIC,)
    assert "secret" not in repr(ATTIC)


def test_a_damaged_file_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "machines.json"
    path.write_bytes(b'[{"id": "m-1", ')
    shelf = MachineShelf(path)
    assert shelf.all() == ()
    shelf.put((ATTIC,))
    assert path.with_name("machines.json.damaged").read_bytes() == b'[{"id": "m-1", '


def test_ids_that_are_no_names_of_folders(tmp_path: Path) -> None:
    path = tmp_path / "machines.json"
    MachineShelf(path).put(tuple(Machine(id, "x", "http://a", "", "") for id in ("..", "", "a/b", "m-1")))
    assert [machine.id for machine in MachineShelf(path).all()] == ["m-1"]


def test_what_cannot_be_read_is_not_written_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "machines.json"
    MachineShelf(path).put((ATTIC,))
    shelf = MachineShelf(path)

    def fail(path: Path) -> bytes:
        raise OSError(24, "Too many open files")

    with monkeypatch.context() as broken:
        broken.setattr("inu_jobs.machines.shelf.read", fail)
        assert shelf.all() == ()
        with pytest.raises(StoreError, match="Too many open files"):
            shelf.put(())
    assert shelf.all() == (ATTIC,)


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("192.168.1.20:7860", "http://192.168.1.20:7860"),
        (" https://x.example.org/?__theme=dark ", "https://x.example.org"),
        ("http://pc.local:7860/webui/", "http://pc.local:7860/webui"),
        ("[fe80::1]:7860", "http://[fe80::1]:7860"),
    ],
)
def test_addresses(typed: str, address: str) -> None:
    assert clean_address(typed) == address


@pytest.mark.parametrize(
    "typed",
    [
        "", "file:///etc/passwd", "http://", "http://a b", "http://a:99999", "http://a:0", "http://ada:x@a",
        "x" * 600, "1.2.3.999",
    ],
)  # fmt: skip
def test_no_addresses(typed: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        clean_address(typed)
    assert refused.value.field == "address"


@given(st.text(max_size=60))
def test_any_text_is_an_address_that_can_be_connected_to_or_is_refused(typed: str) -> None:
    try:
        address = clean_address(typed)
    except InvalidInput:
        return
    Peer(Machine("m-1", "", address, "", "")).close()
    assert clean_address(address) == address


def test_one_that_cannot_be_used_stops_no_other(house: House) -> None:
    house.pool._shelf.put((Machine("m-0", "x", "http://1.2.3.999", "", ""), ATTIC))
    connect = house.pool.connect

    def picky(machine: Machine) -> object:
        if machine.id == "m-0":
            raise ValueError(machine.address)
        return connect(machine)

    house.pool.connect = picky  # type: ignore[assignment]
    house.pool.start()
    assert [seen.state for _, seen, _ in house.pool.machines()] == ["off", "starting"]
    house.service.machines.remove("m-0")
    assert [view.id for view in house.service.machines.all().machines] == ["m-1"]
