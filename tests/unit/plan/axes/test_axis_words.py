"""Axes and their values as headings say them."""

from __future__ import annotations

from typing import Any

import pytest

from inu_jobs.model import Axis
from inu_jobs.plan import axis_title, value_titles


@pytest.mark.parametrize(
    ("field", "values", "title", "words"),
    [
        ("cfg_scale", [7.0, 7.5], "CFG scale", ["7", "7.5"]),
        ("steps", [20, 30], "Steps", ["20", "30"]),
        ("denoising_strength", [0.3], "Denoising strength", ["0.3"]),
        ("lora:inkwash", [None, 0.4], "LoRA inkwash", ["without", "0.4"]),
        ("lora:*", [1.0], "LoRA strength", ["1"]),
        ("swap:inkwash", ["oil", None], "Instead of LoRA inkwash", ["oil", "without"]),
        ("replace:red", ["blue", ""], "Instead of red", ["blue", "without"]),
        ("override_settings.sd_model_checkpoint", ["a.ckpt"], "Checkpoint", ["a.ckpt"]),
        ("override_settings.CLIP_stop_at_last_layers", [2], "Clip skip", ["2"]),
        ("override_settings.some_option", [True], "Some option", ["true"]),
        ("size", ["512x768"], "Size", ["512x768"]),
    ],
)
def test_headings(field: str, values: list[Any], title: str, words: list[str]) -> None:
    axis = Axis(field, values)
    assert axis_title(axis) == title
    assert value_titles(axis) == words


def test_a_long_prompt_is_cut() -> None:
    (words,) = value_titles(Axis("prompt", ["a house by the lake " * 20]))
    assert len(words) <= 48 and words.endswith("…")
