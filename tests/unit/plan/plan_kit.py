"""A catalog of what was installed in the WebUI that ``tests/recorded`` was recorded from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from inu_jobs.fields.field_types import FIELDS
from inu_jobs.fields.table import SOME_HOSTS
from inu_jobs.ports import ScriptLabel

RECORDED = Path(__file__).resolve().parents[2] / "recorded"


def recorded(name: str) -> Any:
    return json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))


class RecordedCatalog:
    """``ports.Catalog`` from the WebUI's own answers."""

    def __init__(self) -> None:
        self._models = recorded("sd_models")
        self._samplers = recorded("samplers")
        self._schedulers = recorded("schedulers")
        self._script_info = recorded("script_info")

    def checkpoints(self) -> list[str]:
        return [model["title"] for model in self._models]

    def checkpoint_exists(self, name: str) -> bool:
        return any(name in (m["title"], m["model_name"], m["hash"], m["sha256"]) for m in self._models)

    def checkpoint_ids(self, name: str) -> frozenset[str]:
        for model in self._models:
            file = model["title"].partition(" [")[0]
            ids = {model["title"], model["model_name"], model["hash"], model["sha256"], file}
            if name in ids:
                return frozenset(ids)
        return frozenset()

    def infotext_settings(self) -> list[tuple[str, str, str]]:
        return []

    def checkpoint_family(self, name: str) -> str:
        return ""

    def payload_fields(self, is_img2img: bool) -> frozenset[str]:
        return frozenset(FIELDS["img2img" if is_img2img else "txt2img"]) - SOME_HOSTS

    def modules(self) -> list[str] | None:
        return None

    def vaes(self) -> list[str]:
        return [vae["model_name"] for vae in recorded("sd_vae")]

    def samplers(self) -> list[str]:
        return [sampler["name"] for sampler in self._samplers]

    def sampler_exists(self, name: str) -> bool:
        return any(name == sampler["name"] or name in sampler["aliases"] for sampler in self._samplers)

    def sampling(self, sampler: str, scheduler: str) -> tuple[str, str] | None:
        """As ``get_sampler_and_scheduler`` in modules/sd_samplers.py of WebUI 1.10.1."""
        known = {key: s["label"] for s in self._schedulers for key in (s["name"], s["label"])}
        for entry in self._samplers:
            if sampler == entry["name"] and (not scheduler or scheduler in known):
                label = known.get(scheduler, "Automatic")
                own = known.get(entry["options"].get("scheduler"), "Automatic")
                return sampler, "Automatic" if label == own else label
        return None

    def schedulers(self) -> list[str]:
        return [scheduler["label"] for scheduler in self._schedulers]

    def upscalers(self) -> list[str]:
        return [upscaler["name"] for upscaler in recorded("upscalers")]

    def latent_upscale_modes(self) -> list[str]:
        return [mode["name"] for mode in recorded("latent_modes")]

    def loras(self) -> list[str]:
        return [lora["name"] for lora in recorded("loras")]

    def lora_family(self, name: str) -> str:
        return "SD 1" if name in self.loras() else ""

    def infotext_scripts(self) -> list[ScriptLabel]:
        return []

    def size_step(self) -> int:
        return 8

    def lora_hashes(self) -> bool:
        return True

    def embeddings(self) -> list[str]:
        return []

    def styles(self) -> list[str]:
        return ["Night", "Film grain"]

    def style_prompt(self, name: str) -> str:
        return {"Film grain": "film grain, <lora:testlora:0.5>"}.get(name, "")

    def prompt_comments(self) -> bool:
        return True

    def comments_like_code(self) -> bool:
        return False

    def wildcards(self) -> list[str]:
        return []

    def wildcard_folders(self) -> list[Path]:
        return []

    def scripts(self, is_img2img: bool) -> list[str]:
        return list(self.script_arguments(is_img2img))

    def script_arguments(self, is_img2img: bool) -> dict[str, int]:
        return self._arguments(is_img2img, alwayson=False)

    def alwayson(self, is_img2img: bool) -> dict[str, int]:
        return self._arguments(is_img2img, alwayson=True)

    def controlnet_models(self) -> list[str] | None:
        return None

    def _arguments(self, is_img2img: bool, alwayson: bool) -> dict[str, int]:
        return {
            info["name"]: len(info["args"])
            for info in self._script_info
            if (info["is_img2img"], info["is_alwayson"]) == (is_img2img, alwayson)
        }
