// Edits run windows: times and days.

import { sentence } from "../core/api.mjs";
import { t } from "../core/sentences.mjs";
import { openDialog } from "../dom/dialog.mjs";
import { button, h } from "../dom/elements.mjs";
import { DAYS, NIGHT, WEEKEND } from "./run-labels.mjs";

/** @typedef {import("../types").Window} Window */

/** The end of a day; a time input shows 00:00. */
const DAY_END = "24:00";

/**
 * @param {HTMLElement} place @param {Window[]} windows the current ones
 * @param {(windows: Window[]) => void | Promise<unknown>} take gets the new ones; errors are shown, and the dialog stays
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
    "dialog", { class: "ij-dialog ij-dialog-small", "aria-label": t("When to run"), "data-ij": "windows" },
    h(
      "div", { class: "ij-dialog-main" }, h("h2", null, t("When to run")),
      h("p", { class: "ij-muted" }, t("Tasks start only in these windows (server time); a running task is finished. Without a window they run at any time.")),
      h(
        "div", { class: "ij-line ij-wrap" },
        button("clock", t("Any time"), () => set([])), button(null, t("Every night"), () => set([NIGHT])), button(null, t("Weekends"), () => set([WEEKEND])),
        button("plus", t("Add a window"), () => add(NIGHT), { kind: "ij-btn-quiet" }),
      ),
      rows, wrong,
    ),
    h("div", { class: "ij-dialog-foot" }, h("span", { class: "ij-grow" }), button(null, t("Cancel"), () => dialog.close()), button("check", t("Save"), () => void save(), { kind: "ij-btn-primary" })),
  );
  // It may be inside a dialog with its own keys.
  dialog.addEventListener("keydown", (event) => event.stopPropagation());
  set(windows);
  openDialog(place, dialog);
}

/** @param {Window} window */
function windowRow({ start, end, days = [] }) {
  const row = h(
    "fieldset", { class: "ij-window" }, h("legend", { class: "ij-sr" }, t("Run window")),
    h("label", null, t("from "), h("input", { class: "ij-input", type: "time", name: "start", value: start, required: true })),
    h("label", null, t("to "), h("input", { class: "ij-input", type: "time", name: "end", value: end === DAY_END ? "00:00" : end, required: true })),
    button("cross", t("Remove this window"), () => row.remove(), { kind: "ij-btn-quiet", iconOnly: true }),
    h(
      "span", { class: "ij-line ij-wrap ij-window-days" },
      ...DAYS.map((name, day) => h("label", null, h("input", { type: "checkbox", value: String(day), checked: days.length === 0 || days.includes(day) }), ` ${name}`)),
    ),
  );
  return row;
}

/** @param {Element} row @returns {Window} @throws {Error} with one sentence, if the request could not express it (there, no days means every day) */
function read(row) {
  const value = (/** @type {string} */ name) => /** @type {HTMLInputElement} */ (row.querySelector(`[name=${name}]`)).value;
  const days = [...row.querySelectorAll("input:checked")].map((box) => Number(/** @type {HTMLInputElement} */ (box).value));
  const [start, end] = [value("start"), value("end") === "00:00" ? DAY_END : value("end")];
  if (!start || !end) throw new Error(t("A window has no time yet: enter its start and end, or remove it."));
  if (days.length === 0) throw new Error(t("The window from {start} to {end} has no days: tick one, or remove the window.", { start, end }));
  if (start === end) throw new Error(t("The window from {start} to {end} is empty: for the whole day, use 00:00 to 00:00.", { start, end }));
  return { start, end, days: days.length === 7 ? [] : days };
}
