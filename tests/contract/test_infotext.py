"""Our reader of infotext against the WebUI's own."""

from __future__ import annotations

from .conftest import Host


def test_it_is_read_as_the_webui_reads_it(host: Host) -> None:
    host.ask("infotext__is_the_webuis")


def test_its_settings_are_those_that_the_webui_would_take(host: Host) -> None:
    host.ask("infotext__settings_are_the_webuis")


def test_what_old_versions_wrote_is_read_as_the_webui_reads_it(host: Host) -> None:
    host.ask("infotext__of_old_versions_is_the_webuis")


def test_words_are_no_settings(host: Host) -> None:
    host.ask("infotext__words_are_no_settings")


def test_it_is_found_in_files_as_the_webui_finds_it(host: Host) -> None:
    host.ask("infotext__is_found_in_files")
