// The keys of a review, as in Lightroom: the same in the grid, in the viewer and where images are compared.

/** @typedef {import("./types").Verdict} Verdict */
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
  ["Judge", [
    [["P"], "keep"], [["X"], "reject"], [["U"], "unflag"], [["1", "…", "5"], "rating"], [["0"], "no rating"],
    [["Delete"], "move to the trash"], [["Ctrl+Z", "Backspace"], "undo, step by step"],
    [["Ctrl+Shift+Z", "Ctrl+Y"], "redo what was undone"],
  ]],
  ["Look", [
    [["Space", "Enter"], "full size, and back"], [["Z"], "zoom"], [["C"], "compare"], [["←", "→", "↑", "↓"], "go on; in a zoomed image, move it"], [["↑", "↓"], "beside its source: the other results"],
    [["Home", "End"], "first, last"], [["?"], "these keys"],
  ]],
  ["Select", [
    [["Ctrl+A"], "all that show"], [["Shift+click"], "a range"], [["Ctrl+click"], "one more, or one less"], [["Shift+arrows"], "more at either end"],
    [["Esc"], "nothing"],
  ]],
];

/** The letter on the key, on keyboards of other alphabets too. @param {KeyboardEvent} event */
export function letter({ key, code }) {
  if (/^[\x20-\x7e]$/.test(key)) return key.toLowerCase();
  return key.length === 1 && code.startsWith("Key") ? code.slice(3).toLowerCase() : key;
}

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

/** Whether keys belong to what has the focus: a text that is written, a choice, a dialog. @param {EventTarget | null} target */
export function writing(target) {
  return target instanceof Element && target.closest("textarea, select, dialog, [role=menu], input:not([type=range], [type=checkbox])") !== null;
}
