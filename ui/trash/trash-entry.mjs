// The trash: the entry below the list, and its page.

import { plural, thousands } from "../core/format.mjs";
import { t } from "../core/sentences.mjs";
import { attr, h, icon, text } from "../dom/elements.mjs";
import { Grid } from "../grid/grid.mjs";
import { selectedBar } from "../grid/selection-bar.mjs";
import { PlainViewer } from "../viewer/plain-viewer.mjs";
import { TrashPage } from "./trash-page.mjs";

/** @typedef {{ frame: import("../frame/frame.mjs").Frame, state: import("../core/state.mjs").State,
 *   toasts: import("../dom/toasts.mjs").Toasts, thumbSize: () => number }} Wiring */

export class TrashEntry {
  #page = h("section", { class: "ij-page ij-trash", "aria-label": t("Trash") });
  /** @type {TrashPage | undefined} created when first opened */
  #trash;

  /** @param {Wiring} wiring */
  constructor(wiring) {
    this.wiring = wiring;
    const { frame, state } = wiring;
    this.entry = entryButton(frame.entries, state, () => this.#open());
    frame.add(this.#page, () => this.#closed());
    state.addEventListener("status", () => {
      if (!this.#page.hidden) this.#trash?.follow(state.status?.store.trashed ?? 0);
    });
  }

  /** Shows an image in the trash, selected. @param {string} id */
  async show(id) {
    await this.#open();
    const { shelf, selection } = this.#trash ?? {};
    if (!shelf?.ids().includes(id)) return; // restored or permanently deleted meanwhile
    selection?.set([id]);
    if (shelf instanceof Grid) shelf.focusImage(id);
  }

  #open() {
    const { frame, state, toasts, thumbSize } = this.wiring;
    this.#trash ??= new TrashPage(this.#page, {
      toasts, back: () => frame.back(), changed: () => void state.refresh(),
      shelf: (scroller, selection) => {
        const viewer = new PlainViewer(frame.root, {
          images: () => this.#trash?.images ?? [], title: ({ job }) => this.#trash?.names.get(job) ?? "", closed: (id) => grid.focusImage(id),
        });
        const grid = new Grid(scroller, thumbSize(), selection, { view: ({ id }, zoomed) => viewer.open(id, zoomed), retry: () => {} });
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

/** "Trash 31" below the job list. @param {HTMLElement} parent @param {import("../core/state.mjs").State} state @param {() => void} open */
function entryButton(parent, state, open) {
  const label = h("span", { class: "ij-grow" }, t("Trash"));
  const count = h("span", { class: "ij-muted" });
  const entry = h("button", { type: "button", class: "ij-entry", "data-ij": "trash", onclick: open }, icon("trash"), label, count);
  parent.append(entry);
  state.addEventListener("status", () => {
    const trashed = state.status?.store.trashed ?? 0;
    text(count, trashed > 0 ? thousands(trashed) : "");
    attr(entry, "aria-label", trashed > 0 ? t("Trash, {images}", { images: plural(trashed, "image") }) : t("Trash, empty"));
  });
  return entry;
}
