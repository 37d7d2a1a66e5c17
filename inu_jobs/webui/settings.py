"""Settings > Inu Jobs."""

from __future__ import annotations

import re
from typing import Any

import gradio as gr
from modules import shared

from ..model import Hospitality

LOOK_AHEAD = "inu_jobs_look_ahead"
HOLD_AFTER = "inu_jobs_hold_after_failures"
ALLOWED_HOSTS = "inu_jobs_allowed_hosts"
ADOPT = "inu_jobs_adopt"
DISK_LIMIT = "inu_jobs_disk_limit"
SAME_MODEL_RUN = "inu_jobs_same_model_run"
GUARD_SCHEDULER = "inu_jobs_guard_agent_scheduler"
GUESTS = "inu_jobs_guests"
MACHINE_PATIENCE = "inu_jobs_machine_patience"
#: in the settings' words
HOSPITALITY: dict[str, Hospitality] = {
    "off": "off", "after my own jobs": "last", "in turn with my own jobs": "turn",
    "before my own jobs": "first",
}  # fmt: skip
DEFAULTS: dict[str, Any] = {
    LOOK_AHEAD: 8, HOLD_AFTER: 3, DISK_LIMIT: 5, SAME_MODEL_RUN: 50, ALLOWED_HOSTS: "", ADOPT: True,
    GUARD_SCHEDULER: True, GUESTS: "off", MACHINE_PATIENCE: 60,
}  # fmt: skip


def add_settings() -> None:
    """For ``on_ui_settings``."""
    section = ("inu_jobs", "Inu Jobs")
    for name, info in {
        LOOK_AHEAD: shared.OptionInfo(
            DEFAULTS[LOOK_AHEAD],
            "Tasks handed to Agent Scheduler ahead of time",
            gr.Slider,
            {"minimum": 2, "maximum": 64, "step": 1},
            section=section,
        ).info("the rest of a job stays in Inu Jobs, where it can be paused and reordered"),
        HOLD_AFTER: shared.OptionInfo(
            DEFAULTS[HOLD_AFTER],
            "Put a job on hold after this many tasks in a row fail for the same reason",
            gr.Slider,
            {"minimum": 1, "maximum": 50, "step": 1},
            section=section,
        ),
        DISK_LIMIT: shared.OptionInfo(
            DEFAULTS[DISK_LIMIT],
            "GB to keep free on each disk that images or Inu Jobs' own data are saved to",
            gr.Slider,
            {"minimum": 0, "maximum": 100, "step": 1},
            section=section,
        ).info("below this, no task starts until there is more space"),
        SAME_MODEL_RUN: shared.OptionInfo(
            DEFAULTS[SAME_MODEL_RUN],
            "Tasks for the loaded checkpoint that may run before older tasks for another",
            gr.Slider,
            {"minimum": 0, "maximum": 1000, "step": 10},
            section=section,
        ).info("among jobs of equal priority; saves checkpoint loads"),
        ADOPT: shared.OptionInfo(
            DEFAULTS[ADOPT],
            "Turn tasks queued with Agent Scheduler's own Enqueue into jobs",
            gr.Checkbox,
            section=section,
        ),
        ALLOWED_HOSTS: shared.OptionInfo(
            DEFAULTS[ALLOWED_HOSTS],
            "Allowed hosts: other host names that this WebUI can be reached under",
            gr.Textbox,
            {"placeholder": "webui.example.org, other.example.org:8443"},
            section=section,
            # whoever can use the API must not be able to extend access
            restrict_api=True,
        ).info("separated by commas; IP addresses, localhost and this machine's name always work"),
        GUARD_SCHEDULER: shared.OptionInfo(
            DEFAULTS[GUARD_SCHEDULER],
            (
                "Agent Scheduler's web API requires the WebUI's password, too, and refuses requests from"
                " other websites"
            ),
            gr.Checkbox,
            section=section,
            restrict_api=True,
        ).info(
            "otherwise anyone who can reach the WebUI's port can run code through its /import, even"
            " with --api-auth"
        ),
        GUESTS: shared.OptionInfo(
            DEFAULTS[GUESTS],
            "Tasks of other WebUIs with Inu Jobs, which know this one's password, run here",
            gr.Radio,
            {"choices": list(HOSPITALITY)},
            section=section,
            restrict_api=True,
        ).info("only if this WebUI has a password (--api-auth or --gradio-auth); they are in the run plan"),
        MACHINE_PATIENCE: shared.OptionInfo(
            DEFAULTS[MACHINE_PATIENCE],
            "Seconds after which the tasks of a machine that does not answer are made elsewhere",
            gr.Slider,
            {"minimum": 5, "maximum": 600, "step": 5},
            section=section,
        ).info("of those in the Jobs tab under “Machines”; a task may be made twice, its image is kept once"),
    }.items():
        shared.opts.add_option(name, info)


class WebuiSettings:
    """``ports.Settings``, read each time: the user may change them while jobs run."""

    @property
    def look_ahead(self) -> int:
        return self._whole(LOOK_AHEAD, at_least=2)

    @property
    def hold_after_failures(self) -> int:
        return self._whole(HOLD_AFTER, at_least=1)

    @property
    def disk_limit(self) -> float:
        return self._whole(DISK_LIMIT, at_least=0)

    @property
    def same_model_run(self) -> int:
        return self._whole(SAME_MODEL_RUN, at_least=0)

    @property
    def adopt(self) -> bool:
        return bool(self._value(ADOPT))

    @property
    def guard_scheduler(self) -> bool:
        return bool(self._value(GUARD_SCHEDULER))

    @property
    def machine_patience(self) -> float:
        return self._whole(MACHINE_PATIENCE, at_least=1)

    @property
    def guests(self) -> Hospitality:
        return HOSPITALITY.get(str(self._value(GUESTS)), "off")

    @property
    def allowed_hosts(self) -> list[str]:
        return [host for host in re.split(r"[,\s]+", str(self._value(ALLOWED_HOSTS)).lower()) if host]

    def _value(self, name: str) -> Any:
        value = getattr(shared.opts, name, None)
        return DEFAULTS[name] if value is None else value

    def _whole(self, name: str, at_least: int) -> int:
        # config.json is also edited by hand
        try:
            return max(at_least, int(self._value(name)))
        except (TypeError, ValueError):
            return int(DEFAULTS[name])
