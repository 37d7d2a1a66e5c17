// Importing existing images: the entry below the list, and its dialog.

import { t } from "../core/sentences.mjs";
import { h, icon, text } from "../dom/elements.mjs";
import { ImportDialog } from "./import-dialog.mjs";
import { ImportTracker, progressWords } from "./import-tracker.mjs";

/** @typedef {{ frame: import("../frame/frame.mjs").Frame, state: import("../core/state.mjs").State, toasts: import("../dom/toasts.mjs").Toasts }} Wiring */

export class ImportEntry {
  #importing = new ImportTracker();
  #label = h("span", { class: "ij-grow" }, t("Import…"));
  /** @type {ImportDialog | undefined} */
  #open;

  /** @param {Wiring} wiring */
  constructor({ frame, state, toasts }) {
    const importing = this.#importing;
    const open = () => (this.#open = new ImportDialog(frame.root, { importing, open: (job) => void frame.open(job) }));
    frame.entries.append(h("button", { type: "button", class: "ij-entry", onclick: open }, icon("download"), this.#label));
    importing.addEventListener("change", () => {
      const { busy, now } = importing;
      text(this.#label, busy && now ? t("Importing: {progressWords}", { progressWords: progressWords(now) }) : t("Import…"));
    });
    importing.addEventListener("end", () => {
      void state.refresh();
      if (!this.#open?.dialog.open) toasts.show(importing.problem || (importing.now?.message ?? ""));
    });
    // an import may have been running before this page was opened
    const first = () => {
      if (!state.status) return;
      state.removeEventListener("status", first);
      void importing.look();
    };
    state.addEventListener("status", first);
  }
}
