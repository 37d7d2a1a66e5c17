"""Emphasis in prompts, for as far as the infotext parser asks."""

import re

_weighted = re.compile(r"(?<!\\)[(\[]")


def parse_prompt_attention(text):
    """[[text, weight]]; here only told apart: plain text, and text with emphasis somewhere."""
    return [[text, 1.1]] if _weighted.search(text) else [[text, 1.0]]
