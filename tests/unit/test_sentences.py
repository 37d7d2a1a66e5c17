"""What is said to people, and that every template of it is found."""

from __future__ import annotations

import ast
import json
import re
import shutil
import string
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import msgspec
import pytest

from inu_jobs.errors import InvalidInput
from inu_jobs.model import Finding
from inu_jobs.sentences import UNSAID, Says, listed, say, say_count, says_of, together, verbatim, within
from tests.templates import PACKAGE, SCRIPTS, UI, all_templates, calls, in_script, name_of, texts_of

# ------------------------------------------------------------------- sentences


def test_a_sentence_is_its_english_and_carries_template_and_values() -> None:
    sentence = say("{count:,} of “{name}” take {size:.1f} GB.", count=1200, name="a.b", size=1.25)
    assert sentence == "1,200 of “a.b” take 1.2 GB."
    assert sentence.says == Says(
        "{count} of “{name}” take {size} GB.", {"count": 1200, "name": "a.b", "size": "1.2"}
    )


def test_a_sentence_within_another_is_said_as_one() -> None:
    outer = say("Not queued: {reason}.", reason=within(say("There is no LoRA “{name}”.", name="ink")))
    assert outer == "Not queued: there is no LoRA “ink”."
    assert outer.says.values == {"reason": Says("There is no LoRA “{name}”.", {"name": "ink"})}


@pytest.mark.parametrize(("n", "text"), [(1, "1 image"), (0, "0 images"), (12000, "12,000 images")])
def test_one_and_many(n: int, text: str) -> None:
    sentence = say_count(n, "{n:,} image", "{n:,} images")
    assert (sentence, sentence.says) == (text, Says("{n} images", {"n": n}))


def test_several_sentences_and_lists() -> None:
    assert together([UNSAID, say("One."), UNSAID, say("Two.")]) == "One. Two."
    assert not together([UNSAID])
    assert [listed(["a", "b"], 2), listed(["a", "b", "c"], 2)] == ["a, b", "a, b and 1 more"]
    assert (says_of("plain"), says_of(UNSAID)) == (None, None)
    assert verbatim("{x}").says == Says("{text}", {"text": "{x}"})


def test_a_finding_keeps_its_sentence_through_the_store() -> None:
    finding = Finding("error", "lora_unknown", say("There is no LoRA “{name}”.", name="ink"), name="ink")
    told = msgspec.json.decode(msgspec.json.encode(finding), type=Finding)
    assert told == finding and type(told.message) is str
    assert (told.sentence, told.sentence.says) == ("There is no LoRA “ink”.", finding.says)
    outer = say("In the style “{style}”: {finding}", style="wet", finding=told.sentence)
    assert outer.says.values["finding"] == finding.says


def test_an_error_has_its_sentence() -> None:
    error = InvalidInput(say("The axis {field} has no values.", field="seed"), "axes.0.values")
    assert str(error) == error.sentence == "The axis seed has no values."
    assert error.sentence.says.values == {"field": "seed"}


# ---------------------------------------------------------------- all templates

#: where a message stands among the arguments, by what is made with it. Errors: the first
MESSAGES = {"Finding": 2, "Notice": 2, "Hold": 1, "Failure": 1, "Failure.of": 1, "Problem": 0, "doing": 1}
MODULES = {path: ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}


@cache
def errors() -> set[str]:
    """The names of the family."""
    found = {"InuJobsError", "LeftAlone"}
    classes = [node for tree in MODULES.values() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    while (
        new := {one.name for one in classes if found & {getattr(base, "id", "") for base in one.bases}}
        - found
    ):
        found |= new
    return found


def built(tree: ast.AST) -> Iterator[int]:
    """Lines where a message is no sentence, but a text, or several put together."""
    made = dict.fromkeys(errors(), 0) | MESSAGES
    for function in [tree, *(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))]:
        texts = {
            target.id
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and is_text(node.value)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for call in calls(function):
            place = made.get(name_of(call))
            if place is not None and len(call.args) > place:
                message = call.args[place]
                if is_text(message) or (isinstance(message, ast.Name) and message.id in texts):
                    yield call.lineno


def is_text(node: ast.AST) -> bool:
    if isinstance(node, ast.IfExp):
        return is_text(node.body) or is_text(node.orelse)
    if isinstance(node, ast.BinOp):
        return is_text(node.left) or is_text(node.right)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_messages_are_sentences(path: Path) -> None:
    """The type checker holds it too, but for what it does not see."""
    assert sorted(set(built(MODULES[path]))) == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_templates_stand_where_they_are_used(path: Path) -> None:
    tree = MODULES[path]
    marked = any(name_of(call) == "template" for call in calls(tree))
    for call in calls(tree):
        name = name_of(call)
        # what a field says comes from the table, which is listed as a whole
        if path.name in ("sentences.py", "field.py") or name not in ("say", "say_count", "template"):
            continue
        texts = call.args[1:3] if name == "say_count" else call.args[:1]
        for text in texts:
            if not isinstance(text, ast.Constant):
                assert marked and name == "say", f"line {call.lineno}: write the template out"
                continue
            if name != "template":
                holes = {hole for _, hole, _, _ in string.Formatter().parse(str(text.value)) if hole}
                given = {str(keyword.arg) for keyword in call.keywords} | (
                    {"n"} if name == "say_count" else set()
                )
                assert holes <= given, f"line {call.lineno}: {holes - given}"


def test_all_templates_can_be_listed() -> None:
    found = {one.text: one for one in all_templates()}
    assert found["There is no VAE “{name}”"].place.startswith("inu_jobs/plan/preflight/installed.py")
    assert found["{n} tasks are the same as another, and will make the same image."].one.startswith("1 task")
    assert found["Upscale by"].place == "inu_jobs/fields, hr_scale" and found["{n} seeds"].one == "{n} seed"
    assert len(found) > 300


# ------------------------------------------------------------------ the web UI

#: words of a sentence, or a heading
_VISIBLE = re.compile(r"[A-Za-z…”]{2,}[,:.]? [A-Za-z“]{2,}|^[A-Z][a-z]{2,}")
#: what stands in front of a text that is none for people
_PROPERTIES = (
    "class type role id href sign kind for path field method style credentials cache mode value head name"
).replace(" ", "|")
_METHODS = (
    r"includes startsWith endsWith \w*[qQ]uery\w* closest matches \w*EventListener \w*Item \w*Attribute"
    r" toggle add remove split join replace\w* createElement\w*"
    r" getPropertyValue postMessage get has set delete raw"
).replace(" ", "|")
_CODE = re.compile(
    r"(?:[!=]== |\bcase |\bfrom |\bimport\(? ?|\bt\(|\bplural\((?:[^()]|\([^()]*\))*, "
    r"|\b(?:one|other): "
    r"|\"\":? ?|\bh\(|\bicon\(|\bletter\(|\bnew \w*Event\("
    rf"|\b(?:{_PROPERTIES}): |\.(?:{_METHODS})\((?:[^()]*, )?)$"
)
#: names that the browser, the WebUI and the infotext have
NAMES = {
    "Escape", "Enter", "Home", "End", "Delete", "Backspace", "Tab", "ArrowUp", "ArrowDown", "ArrowLeft",
    "ArrowRight", "PageUp", "PageDown", "Shift", "Control", "Space", "Content-Type", "AbortError", "ApiError",
    "Notification", "None", "Automatic", "ControlNet", "Off", "Latent",
}  # fmt: skip


def untold(path: Path) -> Iterator[str]:
    """Texts that look as if people read them, but go round ``t``."""
    for text, before, line, holes in texts_of(path):
        if not _VISIBLE.search(text) or text in NAMES or _CODE.search(before):
            continue
        if re.search(r"\bij-|^[.#@\[(]|^\w+/|[{};]$|=|--", text):
            continue
        if holes and not re.search(r"[A-Za-z]{3,} [A-Za-z]{2,}", text):
            continue
        yield f"{line}: {text}"


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.relative_to(UI).as_posix())
def test_what_the_page_says_goes_through_t(path: Path) -> None:
    assert list(untold(path)) == []


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.relative_to(UI).as_posix())
def test_templates_of_the_page_are_written_out(path: Path) -> None:
    for one in in_script(path):
        assert not re.search(r"\$\{|\{(?!\w+\})", one.text), one


def test_templates_of_the_page_can_be_listed() -> None:
    found = {one.text: one for path in SCRIPTS for one in in_script(path)}
    assert found["{n} images"].one == "{n} image" and "Queue as job" in found and len(found) > 600


ASK = """
const { inLanguage, plural, setLanguage, t } = await import(process.argv[1]);
const said = () => [plural(1, "image"), plural(12000, "image"), t("{n} of {name}", { n: 1200, name: "x" })];
const english = said();
setLanguage("de", {
  "{n} images": { one: "{n} Bild", other: "{n} Bilder" },
  "{absent}; did you mean “{near}”?": "{absent}. Meinten Sie „{near}“?",
  "There is no LoRA “{name}”": "Es gibt keine LoRA „{name}“",
});
const absent = { text: "There is no LoRA “{name}”", values: { name: "a" } };
const finding = {
  message: "...", says: { text: "{absent}; did you mean “{near}”?", values: { near: "b", absent } },
};
const answer = inLanguage({ findings: [finding], error: "x", error_says: null });
console.log(JSON.stringify([english, said(), answer]));
"""


def test_the_page_says_it_in_another_language() -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("needs node")
    command = [node, "--input-type=module", "--eval", ASK, (UI / "core" / "sentences.mjs").as_uri()]
    english, german, answer = json.loads(subprocess.check_output(command, text=True))
    assert english == ["1 image", "12,000 images", "1,200 of x"]
    assert german == ["1 Bild", "12.000 Bilder", "1.200 of x"]
    assert answer["findings"][0]["message"] == "Es gibt keine LoRA „a“. Meinten Sie „b“?"
    assert answer["error"] == "x"


def test_the_walk_would_notice(tmp_path: Path) -> None:
    tree = ast.parse('def f(name):\n    text = f"No {name}."\n    raise InvalidInput(text, "x")\n')
    assert set(built(tree)) == {3}
    script = tmp_path / "x.mjs"
    script.write_text(
        'h("b", null, "Not said at all");\nh("b", { class: "ij-x y" }, t("Said {n}", { n }));\n'
        '// "Not code"\nconst line = `it went ${a ? `well done` : /"/.exec(b)} this time`;\n',
        encoding="utf-8",
    )
    assert list(untold(script)) == ["1: Not said at all", "4: well done", "4: it went   this time"]
