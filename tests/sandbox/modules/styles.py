"""Prompt styles: a CSV file with name, prompt and negative prompt."""

import csv
import os
from collections import namedtuple

PromptStyle = namedtuple("PromptStyle", ["name", "prompt", "negative_prompt", "path"])
PromptStyle.__new__.__defaults__ = (None,)


def merge_prompts(style_prompt, prompt):
    if "{prompt}" in style_prompt:
        return style_prompt.replace("{prompt}", prompt)
    return ", ".join(filter(None, (prompt.strip(), style_prompt.strip())))


def apply_styles_to_prompt(prompt, styles):
    for style in styles:
        prompt = merge_prompts(style, prompt)
    return prompt


class StyleDatabase:
    def __init__(self, paths):
        self.paths = [str(path) for path in paths]
        self.no_style = PromptStyle("None", "", "", None)
        self.styles = {}
        self.reload()

    def reload(self):
        self.styles.clear()
        for path in self.paths:
            if not os.path.isfile(path):
                continue
            with open(path, encoding="utf-8-sig", newline="") as file:
                for row in csv.DictReader(file):
                    name = row["name"]
                    self.styles[name] = PromptStyle(
                        name, row.get("prompt") or "", row.get("negative_prompt") or "", path
                    )

    def get_style_prompts(self, styles):
        return [self.styles.get(x, self.no_style).prompt for x in styles]

    def get_negative_style_prompts(self, styles):
        return [self.styles.get(x, self.no_style).negative_prompt for x in styles]

    def apply_styles_to_prompt(self, prompt, styles):
        return apply_styles_to_prompt(prompt, self.get_style_prompts(styles))

    def apply_negative_styles_to_prompt(self, prompt, styles):
        return apply_styles_to_prompt(prompt, self.get_negative_style_prompts(styles))
