// The review keys, as in Lightroom: the same in the grid, the viewer and the comparison.

import { t } from "../core/sentences.mjs";
import { letter } from "../dom/keyboard.mjs";

/** @typedef {import("../types").Verdict} Verdict */
/** @typedef {{ verdict: Verdict } | { rating: number } | { act: "trash" | "again" | "undo" | "redo" | "compare" | "help" }} Verb */

/** @type {Record<string, Verb>} */
const VERBS = {
  p: { verdict: "kept" },
  x: { verdict: "rejected" },
  u: { verdict: "unreviewed" },
  c: { act: "compare" },
  "?": { act: "help" },
  Delete: { act: "trash" },
  Backspace: { act: "undo" },
};

/** The contents of `?`: headings, and keys with their meaning. @type {[string, [string[], string][]][]} */
export const KEYS = [
  [t("Review"), [
    [["P"], "keep"], [["X"], "reject"], [["U"], "unflag"], [["1", "…", "5"], "rating"], [["0"], t("no rating")],
    [["Delete"], t("move to the trash")], [[t("Ctrl+Z"), "Backspace"], t("undo, step by step")],
    [[t("Ctrl+Shift+Z"), t("Ctrl+Y")], t("redo")],
  ]],
  [t("View"), [
    [["Space", "Enter"], t("full size, and back")], [["Z"], "zoom"], [["C"], "compare"], [["←", "→", "↑", "↓"], t("go to another image; pan a zoomed one")], [["↑", "↓"], t("when compared with its source: previous/next result")],
    [["Home", "End"], t("first, last")], [["?"], t("this list")],
  ]],
  [t("Select"), [
    [[t("Ctrl+A")], t("all shown")], [[t("Shift+click")], t("a range")], [[t("Ctrl+click")], t("add or remove one")], [[t("Shift+arrows")], t("extend selection")],
    [[t("Esc")], "nothing"],
  ]],
];

/** @param {KeyboardEvent} event @returns {Verb | null} */
export function verbOf(event) {
  if (event.altKey) return null;
  const key = letter(event);
  if (event.ctrlKey || event.metaKey) {
    if (key === "z") return { act: event.shiftKey ? "redo" : "undo" };
    return key === "y" && !event.shiftKey ? { act: "redo" } : null;
  }
  const digit = /^(?:Digit|Numpad)([0-5])$/.exec(event.code)?.[1];
  if (/^[0-5]$/.test(key) || (digit && !event.shiftKey)) return { rating: Number(/^[0-5]$/.test(key) ? key : digit) };
  return VERBS[key] ?? null;
}
