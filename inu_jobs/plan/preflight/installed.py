"""All names in a payload that must exist in this WebUI."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import PureWindowsPath
from typing import Any

from ...budgets import PROMPT, PROPOSALS, WORDS
from ...fields.table import MODULES, unit_of
from ...fields.upscale import upscalers
from ...model import Finding, Payload
from ...ports import Catalog
from ...sentences import say, template
from ...spelling import nearest, with_suggestion
from ..prompts.syntax import is_template, loras
from ..text_budget import OfLists
from ..upscalers import HIRES, RESIZING, Upscalers
from .names_in_text import Embeddings, wildcards

#: always-on scripts that let a LoRA's strength change from step to step, by part of their title:
#: sd-webui-loractl and its forks
_CURVES = ("dynamic lora weights", "loractl")
#: values that mean "nothing" or "unchanged" in fields that name something
SAME = frozenset(
    {"", "None", "Use same checkpoint", "Use same sampler", "Use same scheduler", "Use same choices"}
)
#: title of an always-on script whose arguments are units, dicts in its API's format
CONTROLNET = "controlnet"


class InstalledNames:
    """Asks the catalog about each name only once."""

    def __init__(self, catalog: Catalog, is_img2img: bool) -> None:
        self._catalog = catalog
        self._is_img2img = is_img2img
        self._lists: dict[str, list[str]] = {}
        self._checked: dict[tuple[str, str, str], tuple[Finding, ...]] = {}
        self._scripts: dict[str, int] | None = None
        self._alwayson: dict[str, int] | None = None
        self._controlnets: tuple[list[str] | None] | None = None  # None: not asked yet; else the answer
        self._embeddings: Embeddings | None = None
        self._families: dict[str, str] = {}
        self._lora_families: dict[str, str] = {}
        self._styles: dict[str, str] = {}
        self._unknown = 0
        self._comments: bool | None = None
        self._like_code: bool | None = None
        self._step: int | None = None
        self._fields: frozenset[str] | None = None

    def fields(self) -> frozenset[str]:
        """That a payload may have here."""
        if self._fields is None:
            self._fields = self._catalog.payload_fields(self._is_img2img)
        return self._fields

    def check(self, now: Payload) -> list[Finding]:
        """``now``: a task's whole payload."""
        settings = now.get("override_settings") or {}
        prefix = "override_settings."
        found = [*self._checkpoint(settings.get("sd_model_checkpoint"), f"{prefix}sd_model_checkpoint")]
        found += self._vae(settings.get("sd_vae"), f"{prefix}sd_vae")
        found += self._modules(settings.get(MODULES.removeprefix(prefix)), MODULES)
        found += self._upscaler(settings.get("upscaler_for_img2img"), RESIZING)
        sampler = "sampler_name" if now.get("sampler_name") else "sampler_index"
        found += self._sampler(now.get(sampler), sampler)
        found += self._scheduler(now.get("scheduler"), "scheduler")
        found += self._checkpoint(now.get("refiner_checkpoint"), "refiner_checkpoint")
        if now.get("enable_hr"):
            found += self._checkpoint(now.get("hr_checkpoint_name"), "hr_checkpoint_name")
            found += self._sampler(now.get("hr_sampler_name"), "hr_sampler_name")
            found += self._scheduler(now.get("hr_scheduler"), "hr_scheduler")
            found += self._upscaler(now.get(HIRES), HIRES)
            found += self._modules(now.get("hr_additional_modules"), "hr_additional_modules")
        for style in now.get("styles") or ():
            found += self._style(style)
        return [*found, *self._script(now), *self._always_on(now)]

    def upscale(self, now: Payload) -> list[Finding]:
        """``now``: the payload of an upscale without diffusion."""
        found = list(self._script(now))
        for field, name in upscalers(now):
            found += self._upscaler(name, field)
        return found

    def style_loras(self, now: Payload) -> list[tuple[str, str]]:
        """(style, LoRA) for each LoRA that the chosen styles add to the prompt."""
        found = []
        for style in now.get("styles") or ():
            if style not in self._styles:
                self._styles[style] = self._catalog.style_prompt(style)
            found += [(style, lora.name) for lora in loras(self._styles[style]) if not is_template(lora.name)]
        return found

    def lora(self, name: str, field: str) -> Sequence[Finding]:
        return self._named("lora", name, field, self._list("loras", self._catalog.loras))

    def lora_family(self, name: str, family: str, field: str) -> Sequence[Finding]:
        """``family``: the checkpoint's, which is known."""
        if name not in self._lora_families:
            self._lora_families[name] = self._catalog.lora_family(name)
        made_for = self._lora_families[name]
        if not made_for or made_for == family:
            return ()
        message = say(
            "The LoRA “{name}” was made for {made_for}; the checkpoint is {family}.",
            name=name,
            made_for=made_for,
            family=family,
        )
        return (Finding("warning", "lora_family", message, field, name=name),)

    def family(self, now: Payload) -> str:
        """The family of the task's checkpoint, '' if unknown."""
        name = (now.get("override_settings") or {}).get("sd_model_checkpoint")
        if not isinstance(name, str) or name in SAME:
            return ""
        if name not in self._families:
            self._families[name] = self._catalog.checkpoint_family(name)
        return self._families[name]

    def size_step(self) -> int:
        """To which the WebUI may round sides."""
        if self._step is None:
            self._step = self._catalog.size_step()
        return self._step

    def prompt_comments(self) -> bool:
        """Whether the WebUI removes comments from a prompt if the payload does not say."""
        if self._comments is None:
            self._comments = self._catalog.prompt_comments()
        return self._comments

    def comments_like_code(self) -> bool:
        """Whether // and /* */ are comments, too."""
        if self._like_code is None:
            self._like_code = self._catalog.comments_like_code()
        return self._like_code

    def takes_curves(self) -> bool:
        """Whether an extension here supports LoRA strengths that change from step to step."""
        return any(curve in title for title in self._always_on_scripts() for curve in _CURVES)

    def words(self, field: str, text: str) -> list[Finding]:
        """Embeddings and wildcards in a prompt."""
        if self._embeddings is None:
            self._embeddings = Embeddings(self._catalog.embeddings())
        found = list(self._embeddings.check(text, field))
        if "__" in text:
            known = self._list("wildcards", self._catalog.wildcards)
            found += wildcards(text, field, known, self._always_on_scripts())
        return found

    # ------------------------------------------------------------------ one kind each

    def _checkpoint(self, name: Any, field: str) -> Sequence[Finding]:
        return self._named(
            "checkpoint", name, field,
            self._list("checkpoints", self._catalog.checkpoints), self._catalog.checkpoint_exists,
        )  # fmt: skip

    def _vae(self, name: Any, field: str) -> Sequence[Finding]:
        known = ["Automatic", "None", *self._list("vaes", self._catalog.vaes)]
        return self._named("vae", name, field, known)

    def _modules(self, names: Any, field: str) -> list[Finding]:
        """VAE and text encoders, by name or path, which may be one of Windows."""
        known = self._list("modules", lambda: self._catalog.modules() or [])
        return [
            finding
            for name in (names if isinstance(names, list) else ())
            for finding in self._named("module", PureWindowsPath(str(name)).name, field, known)
        ]

    def _sampler(self, name: Any, field: str) -> Sequence[Finding]:
        return self._named(
            "sampler", name, field,
            self._list("samplers", self._catalog.samplers), self._catalog.sampler_exists,
        )  # fmt: skip

    def _scheduler(self, name: Any, field: str) -> Sequence[Finding]:
        """The WebUI accepts a schedule type by its label ("SGM Uniform") or its name ("sgm_uniform"); its
        lists only show the label."""
        known = self._list("schedulers", self._catalog.schedulers)

        def exists(value: str) -> bool:
            as_label = value.replace("_", " ").casefold()
            return value in known or (
                value[0].islower() and as_label in (label.casefold() for label in known)
            )

        return self._named("scheduler", name, field, known, exists)

    def _upscaler(self, name: Any, field: str) -> Sequence[Finding]:
        here = Upscalers(
            self._list("latent", self._catalog.latent_upscale_modes),
            self._list("upscalers", self._catalog.upscalers),
        )
        return self._named(
            "upscaler", name, field, here.known(field), near=lambda name: here.closest(name, field)
        )

    def _style(self, name: Any) -> Sequence[Finding]:
        return self._named("style", name, "styles", self._list("styles", self._catalog.styles))

    # ------------------------------------------------------------------------ scripts

    def _script(self, now: Payload) -> Sequence[Finding]:
        name = now.get("script_name") or ""
        if not name:
            return []
        if self._scripts is None:
            self._scripts = self._catalog.script_arguments(self._is_img2img)
        wanted = self._scripts.get(name.lower())
        if wanted is None:
            return self._named("script", name.lower(), "script_name", list(self._scripts))
        given = len(now.get("script_args") or ())
        if given == wanted:
            return []
        # its arguments share one list with those of all other scripts
        message = say(
            (
                "The script “{name}” takes {wanted} arguments, not {given}: other scripts' arguments would"
                " shift."
            ),
            name=name,
            wanted=wanted,
            given=given,
        )
        return [Finding("error", "script_args", message, "script_args")]

    def _always_on_scripts(self) -> dict[str, int]:
        if self._alwayson is None:
            self._alwayson = self._catalog.alwayson(self._is_img2img)
        return self._alwayson

    def _always_on(self, now: Payload) -> list[Finding]:
        given = now.get("alwayson_scripts") or {}
        found: list[Finding] = []
        for title, entry in given.items():
            known = self._always_on_scripts()
            field = f"alwayson_scripts.{title}"
            wanted = known.get(title.lower())
            if wanted is None:
                found += self._named("alwayson", title.lower(), field, list(known))
                continue
            args = entry.get("args") or [] if isinstance(entry, dict) else entry
            if not isinstance(args, list):  # an axis may put anything there
                message = say("The script “{title}” needs a list of arguments.", title=title)
                found.append(Finding("error", "alwayson_args", message, field))
                continue
            if title.lower() == CONTROLNET:
                found += self._controlnet(title, args)
            count = len(args)
            if count > wanted:
                message = say(
                    "The script “{title}” takes {wanted} arguments, not {count}.",
                    title=title,
                    wanted=wanted,
                    count=count,
                )
                found.append(Finding("error", "alwayson_args", message, field))
            elif 0 < count < wanted:
                message = say(
                    "The script “{title}” takes {wanted} arguments; the last {left} are ignored.",
                    title=title,
                    wanted=wanted,
                    left=wanted - count,
                )
                found.append(Finding("warning", "alwayson_args", message, field))
        return found

    def _controlnet(self, title: str, args: Sequence[Any]) -> list[Finding]:
        """The models of units that are on. ControlNet also accepts part of a name, but not a different hash;
        if it finds no model, it only says so in the console and makes the image without it."""
        if self._controlnets is None:
            self._controlnets = (self._catalog.controlnet_models(),)
        (known,) = self._controlnets
        if known is None:
            return []
        plain = [name.partition(" [")[0].lower() for name in known]

        def exists(name: str) -> bool:
            return any(name.lower() in other for other in plain)

        found: list[Finding] = []
        for place, unit in enumerate(args):
            if isinstance(unit, dict) and unit.get("enabled"):
                field = f"alwayson_scripts.{title}.args.{place}.model"
                model = unit.get("model")
                found += self._named("controlnet_model", model, field, known, exists)
        return found

    # ------------------------------------------------------------------------- common

    def _list(self, name: str, read: Callable[[], Iterable[str]]) -> list[str]:
        if name not in self._lists:
            self._lists[name] = list(read())
        return self._lists[name]

    def _named(
        self, code: str, name: Any, field: str, known: list[str],
        exists: Callable[[str], bool] | None = None, near: Callable[[str], str] | None = None,
    ) -> Sequence[Finding]:  # fmt: skip
        if not isinstance(name, str) or name in SAME:
            return ()
        key = (code, name, field)
        if key not in self._checked:
            if len(self._checked) >= WORDS or len(name) > PROMPT:
                return ()  # nobody reads so many findings
            there = name in _SETS.of(known) or (exists is not None and exists(name))
            self._unknown += not there
            if there:
                self._checked[key] = ()
                return ()
            propose = near or (lambda name: nearest(name, known))
            proposal = propose(name) if self._unknown <= PROPOSALS else ""
            self._checked[key] = (_unknown(code, name, field, proposal),)
        return self._checked[key]


_SETS: OfLists[frozenset[str]] = OfLists(frozenset, kept=32)


#: the sentence for a name that does not exist, by kind
_ABSENT = {
    "lora": template("There is no LoRA “{name}”"),
    "checkpoint": template("There is no checkpoint “{name}”"),
    "vae": template("There is no VAE “{name}”"),
    "module": template("There is no VAE or text encoder “{name}”"),
    "sampler": template("There is no sampler “{name}”"),
    "upscaler": template("There is no upscaler “{name}”"),
    "style": template("There is no style “{name}”"),
    "script": template("There is no script “{name}”"),
    "alwayson": template("There is no always-on script “{name}”"),
    "controlnet_model": template("There is no ControlNet model “{name}”"),
}


def _unknown(code: str, name: str, field: str, near: str) -> Finding:
    if code == "scheduler":
        absent = say("There is no {unit} “{name}”", unit=unit_of("scheduler"), name=name)
    else:
        absent = say(_ABSENT[code], name=name)
    message = with_suggestion(absent, name, near)
    if code == "upscaler" and near and not nearest(name, [near]):
        message = say(
            "There is no upscaler “{name}” in this WebUI; the closest is “{near}”.", name=name, near=near
        )
    return Finding("error", f"{code}_unknown", message, field, near, name)
