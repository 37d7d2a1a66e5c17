"""Our reader of the X/Y/Z plot's notation against the WebUI's own. The stand-in has no such script: there
the table of tests/unit/plan is all there is to hold it against."""

from __future__ import annotations

import pytest

from .conftest import Host


def test_it_reads_what_the_webui_reads(host: Host, request: pytest.FixtureRequest) -> None:
    if "stand-in" in request.node.name:
        pytest.skip("needs --webui PATH")
    host.ask("notation__is_the_webuis")
