"""The X/Y/Z plot's notation and infotexts are read as the WebUI reads them."""

from __future__ import annotations

import tempfile
from pathlib import Path

from ..inside import Inside


def notation__is_the_webuis(host: Inside) -> None:
    """Every text of the table, and thousands of others, through the WebUI's own script."""
    from ..xyz import compare

    compare()


def infotext__is_the_webuis(host: Inside) -> None:
    """Prompts with quotes, colons and line breaks, any script's fields, and the recorded images."""
    from ..infotexts import compare

    compare()


def infotext__settings_are_the_webuis(host: Inside) -> None:
    """Every setting that an infotext can tell of, by its label and of its type."""
    from ..infotexts import compare_settings

    compare_settings()


def infotext__of_old_versions_is_the_webuis(host: Inside) -> None:
    from ..infotexts import compare_old

    compare_old()


def infotext__words_are_no_settings(host: Inside) -> None:
    from ..infotexts import compare_words

    compare_words()


def infotext__is_found_in_files(host: Inside) -> None:
    from ..infotexts import compare_files

    with tempfile.TemporaryDirectory() as folder:
        compare_files(Path(folder))
