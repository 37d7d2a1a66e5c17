// The trash: the way to it below the list, and its page.

import { attr, h } from "../dom.mjs";
import { Grid } from "../views/grid.mjs";
import { Look } from "../views/look.mjs";
import { selectedBar } from "../views/selected.mjs";
import { TrashPage, trashEntry } from "../views/trash.mjs";

/** @typedef {{ frame: import("./frame.mjs").Frame, state: import("../state.mjs").State,
 *   toasts: import("../parts.mjs").Toasts, thumbSize: () => number }} Wiring */

export class Bin {
  #page = h("section", { class: "ij-page ij-trash", "aria-label": "Trash" });
  /** @type {TrashPage | undefined} made when it is first opened */
  #trash;

  /** @param {Wiring} wiring */
  constructor(wiring) {
    this.wiring = wiring;
    const { frame, state } = wiring;
    this.entry = trashEntry(frame.entries, state, () => this.#open());
    frame.add(this.#page, () => this.#closed());
    state.addEventListener("status", () => {
      if (!this.#page.hidden) this.#trash?.follow(state.status?.store.trashed ?? 0);
    });
  }

  /** An image that lies there, selected. @param {string} id */
  async show(id) {
    await this.#open();
    const { shelf, selection } = this.#trash ?? {};
    if (!shelf?.ids().includes(id)) return; // restored or done away with meanwhile
    selection?.set([id]);
    if (shelf instanceof Grid) shelf.focusImage(id);
  }

  #open() {
    const { frame, state, toasts, thumbSize } = this.wiring;
    this.#trash ??= new TrashPage(this.#page, {
      toasts, back: () => frame.back(), changed: () => void state.refresh(),
      shelf: (scroller, selection) => {
        const look = new Look(frame.root, {
          images: () => this.#trash?.images ?? [], title: ({ job }) => this.#trash?.names.get(job) ?? "", closed: (id) => grid.focusImage(id),
        });
        const grid = new Grid(scroller, thumbSize(), selection, { view: ({ id }, zoomed) => look.open(id, zoomed), retry: () => {} });
        return grid;
      },
      bar: (parent, selection, acts) => selectedBar(parent, { selection, acts, shown: (on) => frame.raise(on) }),
    });
    attr(this.entry, "aria-current", "true");
    frame.turnTo(this.#page);
    return this.#trash.load();
  }

  #closed() {
    attr(this.entry, "aria-current", null);
    this.#trash?.close();
  }
}
