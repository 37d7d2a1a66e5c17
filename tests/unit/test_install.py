"""Which of our packages install.py finds missing."""

from __future__ import annotations

from importlib import metadata

import pytest
from packaging.requirements import Requirement

import install


@pytest.mark.parametrize(
    ("installed", "met"),
    [
        ("0.31", True),
        ("0.31.0", True),
        ("0.31.0.post1", True),
        ("0.100", True),
        ("1.0rc1", True),
        ("0.31rc1", False),
        ("0.30.99", False),
        ("of our own", False),
        (None, False),
    ],
)
def test_a_version_is_compared_as_pip_does(
    installed: str | None, met: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    def version(name: str) -> str:
        if installed is None:
            raise metadata.PackageNotFoundError(name)
        return installed

    monkeypatch.setattr(metadata, "version", version)
    assert install.is_met(Requirement("dynamicprompts>=0.31")) is met


def test_nothing_is_missing_here() -> None:
    assert install.missing() == []
