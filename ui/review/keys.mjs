// The keys of a review, as in Lightroom: the same in the grid, in the viewer and where images are compared.

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

/** What `?` shows: a heading, and the keys with what they do. @type {[string, [string[], string][]][]} */
export const KEYS = [
  [t("Judge"), [
    [["P"], "keep"], [["X"], "reject"], [["U"], "unflag"], [["1", "…", "5"], "rating"], [["0"], t("no rating")],
    [["Delete"], t("move to the trash")], [[t("Ctrl+Z"), "Backspace"], t("undo, step by step")],
    [[t("Ctrl+Shift+Z"), t("Ctrl+Y")], t("redo what was undone")],
  ]],
  [t("Look"), [
    [["Space", "Enter"], t("full size, and back")], [["Z"], "zoom"], [["C"], "compare"], [["←", "→", "↑", "↓"], t("go on; in a zoomed image, move it")], [["↑", "↓"], t("beside its source: the other results")],
    [["Home", "End"], t("first, last")], [["?"], t("these keys")],
  ]],
  [t("Select"), [
    [[t("Ctrl+A")], t("all that show")], [[t("Shift+click")], t("a range")], [[t("Ctrl+click")], t("one more, or one less")], [[t("Shift+arrows")], t("more at either end")],
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
