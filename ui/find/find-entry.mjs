// Finding images in all jobs: the entry below the list, and the page, which is reviewed like a job.

import { t } from "../core/sentences.mjs";
import { attr, h, icon } from "../dom/elements.mjs";
import { FindPage } from "./find-page.mjs";

/** @typedef {{ frame: import("../frame/frame.mjs").Frame, state: import("../core/state.mjs").State, jobReview: import("../workspace/job-review.mjs").JobReview }} Wiring */

const HERE = "find";

export class FindEntry {
  #page = h("section", { class: "ij-page", "aria-label": t("Find images"), "data-ij": "find", hidden: true });
  #names = new Map();
  /** @type {FindPage} */
  #view;
  /** @type {import("../workspace/workspace.mjs").Workspace | undefined} created when first opened */
  #workspace;

  /** @param {Wiring} wiring */
  constructor(wiring) {
    this.wiring = wiring;
    const { frame, state, jobReview } = wiring;
    this.entry = h("button", { type: "button", class: "ij-entry", onclick: () => this.#open() }, icon("search"), h("span", { class: "ij-grow" }, t("Find images")));
    frame.entries.append(this.entry);
    frame.add(this.#page, () => this.#closed());
    this.#view = new FindPage(this.#page, {
      back: () => frame.back(), found: (found) => this.#found(found),
      all: () => this.#workspace?.selection.set(this.#workspace.shown.ids()), undo: jobReview.undoButton(),
    });
    jobReview.defectCheck.addEventListener("checked", () => this.#page.hidden || this.#view.look());
    // images deleted before the last answer, or before one to come, are missing from it: search again once they are
    // restored
    jobReview.marks.addEventListener("undone", (event) => {
      const ids = /** @type {CustomEvent<string[]>} */ (event).detail;
      if (this.#page.hidden) return;
      const shown = new Set(this.#workspace?.shown.ids());
      if (this.#view.searching || !ids.every((id) => shown.has(id))) this.#view.look();
    });
    state.addEventListener("guests", (event) => {
      this.#workspace?.grid.update(/** @type {CustomEvent<Set<string>>} */ (event).detail);
      this.#workspace?.viewer.update();
    });
  }

  #open() {
    const { frame, jobReview, state } = this.wiring;
    this.#workspace ??= jobReview.add({
      page: this.#page, scroller: this.#view.scroller, title: ({ job }) => this.#names.get(job) ?? "", retry: () => {},
      acts: [{ name: "job", sign: "send", label: t("Open job"), kind: "ij-wide", run: ([id]) => {
        const image = state.find(id ?? "");
        if (image) void jobReview.show(image);
      } }],
    });
    attr(this.entry, "aria-current", "true");
    frame.turnTo(this.#page);
    this.#view.open();
  }

  #closed() {
    attr(this.entry, "aria-current", null);
    this.#view.close();
    this.#workspace?.selection.clear();
    this.wiring.state.dismiss(HERE);
  }

  /** @param {import("./search.mjs").Findings | null} found */
  #found(found) {
    const { state } = this.wiring;
    if (found) this.#names = found.names;
    else state.dismiss(HERE);
    this.#workspace?.grid.show(found && state.invite(HERE, found.images, found.names));
  }
}
