"""What themes set gradio's variables to, as far as our style sheet reads them or once did.

The values are those of the WebUI 1.10.1 with gradio's default theme (which the sandbox has anyway), of
sd-webui-lobe-theme 3.5 (src/styles/tokens.ts with its own "kitchen" colours, and with the black and white
that it has where no colour is chosen) and of catppuccin/stable-diffusion-webui (flavors/*.css). Lobe's greys
are partly transparent, and its "neutral" runs from text to background in both modes; Catppuccin leaves the
greys and the primary colour to gradio, and takes no notice of whether the page is in its dark mode."""

from __future__ import annotations

from typing import NamedTuple

from playwright.sync_api import Page


class Theme(NamedTuple):
    """``dark``: the page's body has that class. ``values``: of variables, without their two dashes."""

    dark: bool
    values: dict[str, str]


def _lobe(dark: bool, primary: str) -> Theme:
    ink = "255 255 255" if dark else "0 0 0"

    def veil(percent: int) -> str:
        return f"rgb({ink} / {percent}%)"

    text, layout, container = (veil(85), "#181818", "#1f1f1f") if dark else (veil(88), "#f7f7f7", "#ffffff")
    border, line = ("#444", "#333") if dark else ("#ddd", "#eee")
    fill, second, third, fourth = (
        (veil(18), veil(12), veil(8), veil(4)) if dark else (veil(15), veil(6), veil(4), veil(2))
    )
    info = "#1668dc" if dark else "#1677ff"
    neutral = {
        50: text, 100: text, 200: veil(65), 300: veil(45), 400: veil(25), 500: fill, 600: second, 700: third,
        800: fourth, 900: "#222222" if dark else "#ffffff", 950: container,
    }  # fmt: skip
    return Theme(
        dark,
        {
            **{f"neutral-{step}": value for step, value in neutral.items()},
            **{f"primary-{step}": "#597ef7" for step in (50, 100, 300, 500, 600, 700, 800, 900)},
            **{f"secondary-{step}": "#597ef7" for step in (400, 500, 600)},
            "body-background-fill": layout, "body-text-color": text, "body-text-color-subdued": veil(45),
            "background-fill-primary": layout, "background-fill-secondary": container,
            "border-color-primary": line, "border-color-accent": border,
            "color-accent": primary, "color-accent-soft": primary, "link-text-color": info,
            "input-background-fill": third, "input-border-color": line,
            "button-secondary-background-fill": second, "button-secondary-background-fill-hover": fill,
            "button-secondary-border-color": line, "button-secondary-text-color": veil(65),
            "button-primary-background-fill": primary, "button-primary-border-color": primary,
            "button-cancel-background-fill": "#ff4d4f", "button-cancel-border-color": "#ffa39e",
            "checkbox-background-color-selected": primary,
            "shadow-drop": "0 6px 16px 0 rgb(0 0 0 / 8%)",
            "shadow-inset": "0 6px 16px 0 rgb(0 0 0 / 8%) inset",
        },
    )  # fmt: skip


def _catppuccin(dark: bool, flavor: str) -> Theme:
    text, subtext, base, mantle, low, high, red, maroon = {
        "latte": ("#4c4f69", "#6c6f85", "#eff1f5", "#e6e9ef", "#ccd0da", "#bcc0cc", "#d20f39", "#e64553"),
        "mocha": ("#cdd6f4", "#a6adc8", "#1e1e2e", "#181825", "#313244", "#45475a", "#f38ba8", "#eba0ac"),
    }[flavor]
    return Theme(
        dark,
        {
            "color-scheme": "light" if flavor == "latte" else "dark",
            "body-background-fill": mantle, "body-text-color": subtext, "body-text-color-subdued": subtext,
            "background-fill-primary": mantle, "background-fill-secondary": base,
            "border-color-primary": high, "border-color-accent": low, "color-accent-soft": low,
            "link-text-color": subtext, "input-background-fill": base, "input-border-color": high,
            "button-secondary-background-fill": low, "button-secondary-background-fill-hover": low,
            "button-secondary-border-color": low, "button-secondary-text-color": text,
            "button-primary-background-fill": maroon, "button-primary-border-color": maroon,
            "button-cancel-background-fill": red, "button-cancel-border-color": red,
            "checkbox-background-color-selected": maroon,
        },
    )  # fmt: skip


THEMES = {
    "A1111, light": Theme(False, {}),
    "A1111, dark": Theme(True, {}),
    "Lobe, light": _lobe(False, "#007aff"),
    "Lobe, dark": _lobe(True, "#007aff"),
    "Lobe, light, no colour": _lobe(False, "#222222"),
    "Lobe, dark, no colour": _lobe(True, "#eeeeee"),
    "Catppuccin Latte": _catppuccin(False, "latte"),
    "Catppuccin Mocha": _catppuccin(True, "mocha"),
    # the browser prefers the other mode than the flavour that was chosen
    "Catppuccin Latte on a dark page": _catppuccin(True, "latte"),
    "Catppuccin Mocha on a light page": _catppuccin(False, "mocha"),
}


def wear(page: Page, theme: Theme) -> None:
    """Give ``page`` that theme, in place of any other, as an extension does."""
    rules = "".join(
        f"{name if name == 'color-scheme' else f'--{name}'}: {value};" for name, value in theme.values.items()
    )
    page.evaluate(
        """([dark, css]) => {
            document.body.classList.toggle("dark", dark);
            const sheet = new CSSStyleSheet(); // our own page takes no style that stands in it
            sheet.replaceSync(css);
            document.adoptedStyleSheets = [sheet];
        }""",
        [theme.dark, f":root, .dark {{ {rules} }} body {{ background: var(--body-background-fill); }}"],
    )
