"""The stand-ins have the signatures of the ports, so that a changed port is noticed here."""

from __future__ import annotations

import inspect

import pytest

from inu_jobs import ports
from tests.unit.service.service_kit import FolderHost, ListCatalog, MemoryScheduler


@pytest.mark.parametrize(
    ("port", "stand_in"),
    [(ports.Scheduler, MemoryScheduler), (ports.Catalog, ListCatalog), (ports.Host, FolderHost)],
)
def test_same_methods_same_arguments(port: type, stand_in: type) -> None:
    methods = {
        name: value for name, value in vars(port).items() if name[0] != "_" and inspect.isfunction(value)
    }
    assert methods
    for name, method in methods.items():
        assert list(inspect.signature(method).parameters) == list(
            inspect.signature(getattr(stand_in, name)).parameters
        ), name
