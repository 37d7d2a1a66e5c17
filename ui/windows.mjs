// Asks for run windows: from when to when, on which days.

import { sentence } from "./api.mjs";
import { button, h } from "./dom.mjs";
import { openDialog } from "./parts.mjs";
import { DAYS, NIGHT, WEEKEND } from "./runs.mjs";

/** @typedef {import("./types").Window} Window */

/**
 * @param {HTMLElement} place @param {Window[]} windows those that there are
 * @param {(windows: Window[]) => void | Promise<unknown>} take those that are wanted; what it throws is shown, and asked again
 */
export function askWindows(place, windows, take) {
  const rows = h("div", { class: "ij-windows" });
  const wrong = h("p", { class: "ij-bad", role: "alert" });
  const add = (/** @type {Window} */ window) => rows.append(windowRow(window));
  const set = (/** @type {Window[]} */ chosen) => {
    rows.replaceChildren();
    chosen.forEach(add);
  };
  const save = async () => {
    try {
      await take([...rows.children].map(read));
      dialog.close();
    } catch (error) {
      wrong.textContent = sentence(error);
    }
  };
  const dialog = h(
    "dialog", { class: "ij-dialog ij-dialog-small", "aria-label": "When to run", "data-ij": "windows" },
    h(
      "div", { class: "ij-dialog-main" }, h("h2", null, "When to run"),
      h("p", { class: "ij-muted" }, "Tasks start only in these windows, by the machine's own clock; the task in hand is finished. Without one they run at any time."),
      h(
        "div", { class: "ij-line ij-wrap" },
        button("clock", "Any time", () => set([])), button(null, "Every night", () => set([NIGHT])), button(null, "Weekends", () => set([WEEKEND])),
        button("plus", "Add a window", () => add(NIGHT), { kind: "ij-btn-quiet" }),
      ),
      rows, wrong,
    ),
    h("div", { class: "ij-dialog-foot" }, h("span", { class: "ij-grow" }), button(null, "Cancel", () => dialog.close()), button("check", "Save", () => void save(), { kind: "ij-btn-primary" })),
  );
  // It may lie in a dialog that has keys of its own.
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
  set(windows);
  openDialog(place, dialog);
}

/** @param {Window} window */
function windowRow({ start, end, days = [] }) {
  const row = h(
    "fieldset", { class: "ij-window" }, h("legend", { class: "ij-sr" }, "A run window"),
    h("label", null, "from ", h("input", { class: "ij-input", name: "start", value: start, size: 5, maxLength: 5, inputMode: "numeric" })),
    h("label", null, "to ", h("input", { class: "ij-input", name: "end", value: end, size: 5, maxLength: 5, inputMode: "numeric" })),
    button("cross", "Remove this window", () => row.remove(), { kind: "ij-btn-quiet", iconOnly: true }),
    h(
      "span", { class: "ij-line ij-wrap ij-window-days" },
      ...DAYS.map((name, day) => h("label", null, h("input", { type: "checkbox", value: String(day), checked: days.length === 0 || days.includes(day) }), ` ${name}`)),
    ),
  );
  return row;
}

/** @param {Element} row @returns {Window} @throws {Error} with one sentence: what the request could not say (no day is every day there) */
function read(row) {
  const value = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (row.querySelector(`[name=${name}]`)).value.trim();
  const days = [...row.querySelectorAll("input:checked")].map((box) => Number(/** @type {HTMLInputElement} */ (box).value));
  const [start, end] = [value("start"), value("end")];
  const bad = [start, end].find((time) => !/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/.test(time));
  if (bad !== undefined) throw new Error(`“${bad}” is no time of day: write it as 23:00.`);
  if (days.length === 0) throw new Error(`The window from ${start} to ${end} opens on no day: tick one, or remove the window.`);
  if (start === end) throw new Error(`The window from ${start} to ${end} has no length: for the whole day write 00:00 to 24:00.`);
  return { start, end, days: days.length === 7 ? [] : days };
}
