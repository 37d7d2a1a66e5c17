// Finding images of all jobs: the way to it below the list, and its page, reviewed as a job is.

import { attr, h, icon } from "../dom.mjs";
import { FindPage } from "../views/find.mjs";

/** @typedef {{ frame: import("./frame.mjs").Frame, state: import("../state.mjs").State, reviewing: import("./reviewing.mjs").Reviewing }} Wiring */

const HERE = "find";

export class Finding {
  #page = h("section", { class: "ij-page", "aria-label": "Find images", "data-ij": "find", hidden: true });
  #names = new Map();
  /** @type {FindPage} */
  #view;
  /** @type {import("./desk.mjs").Desk | undefined} made when it is first opened */
  #desk;

  /** @param {Wiring} wiring */
  constructor(wiring) {
    this.wiring = wiring;
    const { frame, state, reviewing } = wiring;
    this.entry = h("button", { type: "button", class: "ij-entry", onclick: () => this.#open() }, icon("search"), h("span", { class: "ij-grow" }, "Find images"));
    frame.entries.append(this.entry);
    frame.add(this.#page, () => this.#closed());
    this.#view = new FindPage(this.#page, {
      back: () => frame.back(), found: (found) => this.#found(found),
      all: () => this.#desk?.selection.set(this.#desk.shown.ids()), undo: reviewing.undoButton(),
    });
    reviewing.checking.addEventListener("checked", () => this.#page.hidden || this.#view.look());
    state.addEventListener("guests", (event) => {
      this.#desk?.grid.update(/** @type {CustomEvent<Set<string>>} */ (event).detail);
      this.#desk?.viewer.update();
    });
  }

  #open() {
    const { frame, reviewing, state } = this.wiring;
    this.#desk ??= reviewing.add({
      page: this.#page, scroller: this.#view.scroller, title: ({ job }) => this.#names.get(job) ?? "", retry: () => {},
      acts: [{ name: "job", sign: "send", label: "Open job", kind: "ij-wide", run: ([id]) => {
        const image = state.find(id ?? "");
        if (image) void reviewing.show(image);
      } }],
    });
    attr(this.entry, "aria-current", "true");
    frame.turnTo(this.#page);
    this.#view.open();
  }

  #closed() {
    attr(this.entry, "aria-current", null);
    this.#view.close();
    this.#desk?.selection.clear();
    this.wiring.state.dismiss(HERE);
  }

  /** @param {import("../find.mjs").Findings | null} found */
  #found(found) {
    if (found) this.#names = found.names;
    this.#desk?.grid.show(found && this.wiring.state.invite(HERE, found.images, found.names));
  }
}
