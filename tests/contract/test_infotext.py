"""Our reader of infotext against the WebUI's own."""

from __future__ import annotations

from .conftest import Host


def test_it_is_read_as_the_webui_reads_it(host: Host) -> None:
    host.ask("infotext__is_the_webuis")


def test_its_settings_are_those_that_the_webui_would_take(host: Host) -> None:
    host.ask("infotext__settings_are_the_webuis")
