// Finding images of all jobs: the way to it below the list, and its page, reviewed as a job is.

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
  /** @type {import("../workspace/workspace.mjs").Workspace | undefined} made when it is first opened */
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
    // what was thrown away before the last answer came is not in that: it is looked up again when it is back
    jobReview.marks.addEventListener("undone", (event) => {
      const ids = /** @type {CustomEvent<string[]>} */ (event).detail;
      if (!this.#page.hidden && !ids.every((id) => state.find(id))) this.#view.look();
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
    if (found) this.#names = found.names;
    this.#workspace?.grid.show(found && this.wiring.state.invite(HERE, found.images, found.names));
  }
}
