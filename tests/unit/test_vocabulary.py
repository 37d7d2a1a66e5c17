"""What a field of a payload is called is said in one place, ``inu_jobs/fields``."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from inu_jobs.fields.table import PROMPTS, TABLE, field_of, infotext_label, label_of, unit_of

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "inu_jobs" / "fields"
MODULES = sorted(path for path in (ROOT / "inu_jobs").rglob("*.py") if HOME not in path.parents)
PAGES = sorted((ROOT / "ui").rglob("*.mjs"))
LABELS = {label for field in TABLE.values() for label in (field.label, field.infotext) if label}
_WORDS = {label: re.compile(rf"\b{re.escape(label)}\b", re.IGNORECASE) for label in LABELS}
_JS = re.compile(r'/\*.*?\*/|//[^\n]*|"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`', re.DOTALL)


def python_texts(source: str) -> Iterator[str]:
    """Texts, also the parts of those that are filled in; without docstrings."""
    tree = ast.parse(source)
    docs = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)
    }  # a text that stands alone
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docs:
            yield node.value


def page_texts(source: str) -> Iterator[str]:
    for match in _JS.finditer(source):
        yield match[1] or match[2] or ""


def labels_in(texts: Iterator[str]) -> set[str]:
    """A label of one word may be part of a sentence; those of several words may not."""
    found = set()
    for text in texts:
        found |= {label for label in LABELS if text == label or (" " in label and _WORDS[label].search(text))}
    return found


#: what one looks for is no field of a payload; an image's own file no axis of files; and Extras' infotext has
#: labels of its own
OTHER_THINGS = {
    "ui/find/find-page.mjs": {"Model", "Seed"},
    "ui/viewer/viewer.mjs": {"File"},
    "inu_jobs/webui/generation/upscale.py": {"Upscale by"},
}


@pytest.mark.parametrize("path", [*MODULES, *PAGES], ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_label_of_a_field_is_said_elsewhere(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    texts = python_texts(source) if path.suffix == ".py" else page_texts(source)
    assert labels_in(texts) == OTHER_THINGS.get(path.relative_to(ROOT).as_posix(), set())


def test_the_search_would_notice() -> None:
    assert labels_in(python_texts('"""Steps"""\nx = f"{y}" + "Steps"')) == {"Steps"}
    assert labels_in(python_texts('x = f"The denoising strength is {y}."')) == {"Denoising strength"}
    assert labels_in(page_texts('f("Steps"); // "Seed"\ng(`Upscale by ${x}`);')) == {"Steps", "Upscale by"}


def test_in_a_payload_no_two_fields_have_one_label() -> None:
    fields = [field for field in TABLE.values() if field.label]
    for kinds in (("", "txt2img"), ("", "img2img"), ("upscale",)):
        labels = Counter(field.label for field in fields if field.only in kinds)
        assert [label for label, count in labels.items() if count > 1] == []


def test_what_is_offered_can_be_counted_and_tried() -> None:
    for field in TABLE.values():
        assert not field.group or (field.label and field.unit and field.example)
        assert field.bounds is None or field.label
        assert field.short.count("{}") <= 1 and bool(field.short) == ("{}" in field.short)


def test_a_field_without_a_label_is_called_by_its_path() -> None:
    assert label_of("override_settings.some_option") == "Some option"
    assert unit_of("s_noise") == infotext_label("s_noise") == "s_noise"
    assert field_of("lora:ink") is TABLE["lora:"] and field_of("script_args.0") is None
    assert all(path in TABLE for path in PROMPTS)
