// Run time and priority of a new job, in the foot of the composer and of "Make more".

import { t } from "../core/sentences.mjs";
import { h, put } from "../dom/elements.mjs";
import { NIGHT, PRIORITIES, priorityWords, WEEKEND, windowWords } from "./run-labels.mjs";
import { askWindows } from "./run-windows.mjs";

/** @typedef {import("../types").Window} Window */
/** @typedef {{ hold: boolean, windows: Window[], priority: number }} Draft */

const OTHER = "other";

export class StartOptions {
  /** run windows to choose from @type {[string, Window[]][]} */
  #known = [[t("Every night"), [NIGHT]], [t("Weekends"), [WEEKEND]]];

  /** @param {Draft} draft @param {() => void} changed */
  constructor(draft, changed) {
    this.draft = draft;
    this.changed = changed;
    this.when = h("select", { class: "ij-input ij-when", onchange: () => this.#chosen() });
    this.priority = h("select", { class: "ij-input ij-priority", onchange: () => {
      draft.priority = Number(this.priority.value);
      changed();
    } });
    if (draft.windows.length > 0) this.#add(t("As before: {windowWords}", { windowWords: windowWords(draft.windows) }), draft.windows);
    this.elements = [
      h("label", { class: "ij-line" }, h("span", { class: "ij-sr" }, t("Priority")), this.priority),
      h("label", { class: "ij-line" }, h("span", { class: "ij-sr" }, t("When")), this.when),
    ];
    this.show();
  }

  /** Shows the draft's current values. */
  show() {
    const { draft } = this;
    if (draft.windows.length > 0) this.#add(windowWords(draft.windows), draft.windows);
    put(
      this.when, h("option", { value: "now" }, t("Run now")), h("option", { value: "hold" }, t("Hold")),
      ...this.#known.map(([name], nth) => h("option", { value: nth }, name)), h("option", { value: OTHER }, t("Other times…")),
    );
    this.when.value = draft.hold ? "hold" : draft.windows.length > 0 ? String(this.#place(draft.windows)) : "now";
    const levels = [...new Set([...PRIORITIES, draft.priority])].sort((a, b) => b - a);
    put(this.priority, ...levels.map((level) => h("option", { value: level }, priorityWords(level))));
    this.priority.value = String(draft.priority);
  }

  #chosen() {
    const { draft, when } = this;
    const before = draft.windows;
    if (when.value === OTHER) {
      this.show(); // in case the dialog is cancelled
      askWindows(when.closest("dialog") ?? when, before.length > 0 ? before : [NIGHT], (windows) => this.#take(false, windows));
    } else this.#take(when.value === "hold", this.#known[Number(when.value)]?.[1] ?? []);
  }

  /** @param {boolean} hold @param {Window[]} windows */
  #take(hold, windows) {
    [this.draft.hold, this.draft.windows] = [hold, windows];
    this.show();
    this.changed();
  }

  /** @param {Window[]} windows */
  #place(windows) {
    return this.#known.findIndex(([, known]) => windowWords(known) === windowWords(windows));
  }

  /** @param {string} name @param {Window[]} windows */
  #add(name, windows) {
    if (this.#place(windows) < 0) this.#known.push([name.charAt(0).toUpperCase() + name.slice(1), windows]);
  }
}
