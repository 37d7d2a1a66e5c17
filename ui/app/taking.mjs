// Taking in images that were there before: the way to it below the list, and its dialog.

import { h, icon, text } from "../dom.mjs";
import { Importing, progressWords } from "../importing.mjs";
import { ImportDialog } from "../views/import.mjs";

/** @typedef {{ frame: import("./frame.mjs").Frame, state: import("../state.mjs").State, toasts: import("../parts.mjs").Toasts }} Wiring */

export class Taking {
  #importing = new Importing();
  #label = h("span", { class: "ij-grow" }, "Import…");
  /** @type {ImportDialog | undefined} */
  #open;

  /** @param {Wiring} wiring */
  constructor({ frame, state, toasts }) {
    const importing = this.#importing;
    const open = () => (this.#open = new ImportDialog(frame.root, { importing, open: (job) => void frame.open(job) }));
    frame.entries.append(h("button", { type: "button", class: "ij-entry", onclick: open }, icon("download"), this.#label));
    importing.addEventListener("change", () => {
      const { busy, now } = importing;
      text(this.#label, busy && now ? `Importing: ${progressWords(now)}` : "Import…");
    });
    importing.addEventListener("end", () => {
      void state.refresh();
      if (!this.#open?.dialog.open) toasts.show(importing.problem || (importing.now?.message ?? ""));
    });
    // one may be at work since before this page was opened
    const first = () => {
      if (!state.status) return;
      state.removeEventListener("status", first);
      void importing.look();
    };
    state.addEventListener("status", first);
  }
}
