"""What is installed in the host, and what of it a job may use."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from ..sentences import Sentence


class Permits(Protocol):
    """What a payload may ask of the WebUI, whoever wrote it. Each gives the reason why not,
    or ``UNSAID``."""

    def refused_setting(self, name: str) -> Sentence:
        """A setting may be overridden only if it shapes an image: never where and how files are saved, and
        nothing of the system's."""

    def refused_script(self, title: str) -> Sentence:
        """A script may run, unless it runs what it is given, or does what the payload itself may not."""


class Catalog(Permits, Protocol):
    """What is installed. Names as the WebUI shows and accepts them."""

    def checkpoints(self) -> list[str]: ...
    def checkpoint_exists(self, name: str) -> bool:
        """True if the WebUI would find a checkpoint by ``name`` (title, name, hash, alias)."""

    def checkpoint_ids(self, name: str) -> frozenset[str]:
        """Every title, name and hash of the checkpoint that the WebUI finds by ``name``; empty if none."""

    def checkpoint_family(self, name: str) -> str:
        """Of the checkpoint that the WebUI finds by ``name`` (see model_families), '' if not known."""

    def vaes(self) -> list[str]: ...
    def samplers(self) -> list[str]: ...
    def sampler_exists(self, name: str) -> bool: ...
    def sampling(self, sampler: str, scheduler: str) -> tuple[str, str] | None:
        """The sampler and the schedule type that the WebUI takes for these names ('' = Automatic), each by
        its own name; a schedule type that is the sampler's own anyway is "Automatic". None if the WebUI
        does not know one of them."""

    def schedulers(self) -> list[str]: ...
    def upscalers(self) -> list[str]: ...
    def latent_upscale_modes(self) -> list[str]: ...
    def loras(self) -> list[str]: ...
    def lora_family(self, name: str) -> str:
        """Of the LoRA that a prompt calls ``name`` (see model_families), '' if not known."""

    def infotext_settings(self) -> list[tuple[str, str, str]]:
        """(label in an infotext, name of the setting, its type: bool, int, float or str)."""

    def lora_hashes(self) -> bool:
        """The WebUI writes into each image the hashes of the LoRAs that it applied."""

    def embeddings(self) -> list[str]: ...
    def styles(self) -> list[str]: ...
    def style_prompt(self, name: str) -> str:
        """What a style puts into the prompt; '' for one that there is not."""

    def prompt_comments(self) -> bool:
        """The WebUI drops what stands behind a # in a prompt (``without_comments``)."""

    def wildcards(self) -> list[str]: ...
    def wildcard_folders(self) -> list[Path]:
        """Where their files are; of two files of one name, the one in the later folder counts."""

    def scripts(self, is_img2img: bool) -> list[str]:
        """Titles of the selectable scripts, lower case."""

    def script_arguments(self, is_img2img: bool) -> dict[str, int]:
        """The same titles, with the number of arguments each takes."""

    def alwayson(self, is_img2img: bool) -> dict[str, int]:
        """Always-on scripts by lower-case title, with the number of arguments each takes."""

    def controlnet_models(self) -> list[str] | None:
        """With their hashes, as its page shows them; None without ControlNet, or if it does not say."""


class Checkpoints(Protocol):
    """Which checkpoint is which, and which is loaded; each is named by its file."""

    def checkpoint(self, name: str) -> str:
        """Of a task that asks for ``name`` (title, name, hash, alias). The WebUI takes that of its settings
        where a task asks for none ('') or one that it does not know; '' if it has none at all."""

    def loaded_checkpoint(self) -> str:
        """The one in memory when the next task begins, '' if that is not known. Asking loads nothing."""
