"""What is installed in the host, and which of it a job may use."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple, Protocol

from ..sentences import Sentence


class Permits(Protocol):
    """What a payload may ask of the WebUI, whoever wrote it. Each method returns the reason why not, or
    ``UNSAID``."""

    def refused_setting(self, name: str) -> Sentence:
        """A setting may only be overridden if it affects the image: never where and how files are saved, and
        nothing that concerns the system."""

    def refused_script(self, title: str) -> Sentence:
        """A script may run, unless it runs code from its arguments, or does what the payload itself may
        not."""


class ScriptLabel(NamedTuple):
    """The infotext label of an argument of one of the WebUI's own always-on scripts. ``defaults``: of all its
    arguments."""

    label: str
    title: str
    place: int
    defaults: list[Any]


class Catalog(Permits, Protocol):
    """What is installed. Names as the WebUI shows and accepts them."""

    def checkpoints(self) -> list[str]: ...
    def checkpoint_exists(self, name: str) -> bool:
        """Whether the WebUI would find a checkpoint by ``name`` (title, name, hash, alias)."""

    def checkpoint_ids(self, name: str) -> frozenset[str]:
        """Every title, name and hash of the checkpoint that the WebUI finds by ``name``; empty if none."""

    def checkpoint_family(self, name: str) -> str:
        """The family of the checkpoint that the WebUI finds by ``name`` (see model_families), '' if
        unknown."""

    def payload_fields(self, is_img2img: bool) -> frozenset[str]:
        """The names of all fields that the WebUI's own API knows."""

    def vaes(self) -> list[str]: ...
    def modules(self) -> list[str] | None:
        """Files of VAEs and text encoders; None if the WebUI does not load them as such (and has
        ``vaes``)."""

    def samplers(self) -> list[str]: ...
    def sampler_exists(self, name: str) -> bool: ...
    def sampling(self, sampler: str, scheduler: str) -> tuple[str, str] | None:
        """The sampler and the schedule type that the WebUI uses for these names ('' = Automatic), each by its
        own name; a schedule type that is the sampler's default is "Automatic". None if the WebUI does not
        know one of them."""

    def schedulers(self) -> list[str]: ...
    def upscalers(self) -> list[str]: ...
    def latent_upscale_modes(self) -> list[str]: ...
    def loras(self) -> list[str]: ...
    def lora_family(self, name: str) -> str:
        """The family of the LoRA that prompts call ``name`` (see model_families), '' if unknown."""

    def infotext_settings(self) -> list[tuple[str, str, str]]:
        """(label in an infotext, name of the setting, its type: bool, int, float or str)."""

    def infotext_scripts(self) -> list[ScriptLabel]:
        """Of scripts whose arguments are no fields of a payload."""

    def size_step(self) -> int:
        """The WebUI may round sides to a multiple of it, in pixels; 8 if it only cuts off."""

    def lora_hashes(self) -> bool:
        """Whether the WebUI writes the hashes of applied LoRAs into each image."""

    def embeddings(self) -> list[str]: ...
    def styles(self) -> list[str]: ...
    def style_prompt(self, name: str) -> str:
        """What a style adds to the prompt; '' if there is no such style."""

    def prompt_comments(self) -> bool:
        """Whether the WebUI removes what follows a # in a prompt (``without_comments``)."""

    def comments_like_code(self) -> bool:
        """Whether it knows // and /* */, too."""

    def wildcards(self) -> list[str]: ...
    def wildcard_folders(self) -> list[Path]:
        """Where their files are; of two files with the same name, the one in the later folder counts."""

    def scripts(self, is_img2img: bool) -> list[str]:
        """Titles of the selectable scripts, lower case."""

    def script_arguments(self, is_img2img: bool) -> dict[str, int]:
        """The same titles, with the number of their arguments."""

    def alwayson(self, is_img2img: bool) -> dict[str, int]:
        """Always-on scripts by lower-case title, with the number of their arguments."""

    def controlnet_models(self) -> list[str] | None:
        """With their hashes, as on its page; None without ControlNet, or if unknown."""


class Checkpoints(Protocol):
    """Which checkpoint is which, and which is loaded; each is identified by its file."""

    def checkpoint(self, name: str) -> str:
        """For a task that asks for ``name`` (title, name, hash, alias). If a task asks for none ('') or for
        one that the WebUI does not know, the WebUI uses the one from its settings; '' if it has none at
        all."""

    def loaded_checkpoint(self) -> str:
        """The one in memory when the next task begins, '' if unknown. Loads nothing."""
