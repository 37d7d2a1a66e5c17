// A job's images as a table: two of its axes as rows and columns, the others as tabs. Selection and keys work as in the
// grid. Only places near the view have cells.

import { t } from "../core/sentences.mjs";
import { attr, h, put } from "../dom/elements.mjs";
import { ask, cellKey, drop, fillCell, keep, keyOf, makeCell, showLive } from "./cell.mjs";
import { bySource } from "./filters.mjs";
import { matrixBar } from "./matrix-bar.mjs";
import { firstView, headings, placeOf, varying } from "./matrix-layout.mjs";
import { Picking } from "./picking.mjs";
import { Slots } from "./slots.mjs";

/** @typedef {import("./slots.mjs").Slot} Slot */
/** @typedef {import("../page").Image} Image */
/** @typedef {{ element: HTMLElement, row: number, column: number, slots: Slot[], cells: HTMLElement[], near: boolean, emptied: boolean }} Place
 *  `emptied`: it had images, which were deleted */

const FOOT = 28; // pixels below a picture, as in the grid
const GAP = 8;

export class Matrix {
  #slots = new Slots();
  /** @type {import("../types").AxisWords[]} */
  #axes = [];
  #view = firstView([]);
  /** @type {Place[]} row by row */
  #places = [];
  /** @type {WeakMap<Element, Place>} */
  #of = new WeakMap();
  #outside = 0;
  #size;
  #current = 0;
  /** @type {import("../core/job-images.mjs").JobImages | null} */
  #detail = null;
  #live = /** @type {import("../types").Live | null} */ (null);
  /** Exports what is shown. @type {(job: string, view: import("./matrix-layout.mjs").View) => void} */
  onExport = () => {};

  /** @param {HTMLElement} parent @param {number} size width of a cell @param {import("../core/selection.mjs").Selection} selection
   * @param {import("./picking.mjs").Wiring} wiring */
  constructor(parent, size, selection, wiring) {
    this.#size = size;
    this.#slots.order(bySource); // so that the same position in two cells has the same source
    this.selection = selection;
    this.bar = h("div", { class: "ij-toolbar ij-matrix-bar" });
    this.element = h("div", { class: "ij-matrix", role: "listbox", "aria-label": t("Table of images") });
    this.scroller = h("div", { class: "ij-matrix-box", "data-ij": "matrix" }, this.element);
    this.box = h("div", { class: "ij-matrix-page", hidden: true }, this.bar, this.scroller);
    parent.append(this.box);
    this.picking = new Picking(this, selection, wiring);
    selection.addEventListener("change", () => this.#chosen());
    this.watcher = new IntersectionObserver((entries) => entries.forEach((entry) => {
      const place = this.#of.get(entry.target);
      if (place) this.#fill(place, entry.isIntersecting);
    }), { root: this.scroller, rootMargin: "300px" });
  }

  get open() {
    return !this.box.hidden;
  }

  /** Whether any axis varies. */
  get possible() {
    return varying(this.#axes).length > 0;
  }

  /** @param {boolean} on */
  toggle(on) {
    this.box.hidden = !on;
    if (on) this.#build();
  }

  /** @param {import("../core/job-images.mjs").JobImages | null} detail @param {import("./filters.mjs").Filter | null} [filter] null: show all */
  show(detail, filter = null) {
    const same = this.#slots.show(detail, filter);
    this.#detail = detail;
    this.#axes = detail?.axesWords ?? [];
    if (!same || this.#view.at.length !== this.#axes.length) this.#view = firstView(this.#axes);
    if (!this.possible) this.box.hidden = true;
    this.#build();
  }

  /** @param {import("./filters.mjs").Filter | null} filter */
  filter(filter) {
    this.#slots.filter(filter);
    this.#build();
  }

  /** @param {boolean} held */
  hold(held) {
    if (this.#slots.hold(held)) this.#renew();
  }

  /** @param {Set<string>} touched tasks */
  update(touched) {
    this.#slots.update(touched);
    this.#renew();
  }

  /** @param {import("../types").Live} live */
  live(live) {
    this.#live = live;
    for (const place of this.#places) place.slots.forEach((slot, nth) => this.#showLive(slot, place.cells[nth]));
  }

  /** @param {number} pixels */
  resize(pixels) {
    this.#size = pixels;
    this.#measure();
  }

  /** In reading order. @param {Set<string>} [also] included whatever the filter says @returns {Image[]} */
  images(also) {
    const rank = (/** @type {Image} */ image) => {
      const place = this.#placeOf(this.#detail?.tasks.get(image.task));
      return place ? place.row * this.#columns + place.column : -1;
    };
    return this.#slots.images(also).map((image) => ({ image, at: rank(image) })).filter(({ at }) => at >= 0)
      .sort((a, b) => a.at - b.at).map(({ image }) => image);
  }

  ids() {
    return this.images().map(({ id }) => id);
  }

  /** The images in the rectangle between two images. @param {string | null} from @param {string} to */
  span(from, to) {
    const [a, b] = [this.#holding(from ?? to) ?? this.#holding(to), this.#holding(to)];
    if (!a || !b) return this.ids();
    const [top, bottom] = [Math.min(a.row, b.row), Math.max(a.row, b.row)];
    const [left, right] = [Math.min(a.column, b.column), Math.max(a.column, b.column)];
    const ids = this.#places.filter(({ row, column }) => row >= top && row <= bottom && column >= left && column <= right)
      .flatMap(({ slots }) => slots.flatMap(({ image }) => image?.id ?? []));
    const first = from !== null && ids.includes(from) ? from : to;
    const rest = ids.filter((id) => id !== first && id !== to);
    return first === to ? [...rest, to] : [first, ...rest, to];
  }

  /** @param {EventTarget | null} target @returns {Slot | undefined} */
  slotOf(target) {
    const cell = target instanceof Element ? target.closest(".ij-cell") : null;
    const place = cell?.parentElement ? this.#of.get(cell.parentElement) : undefined;
    return place?.slots[place.cells.findIndex((other) => other === cell)];
  }

  /** @param {number} place @returns {Image | undefined} */
  imageAt(place) {
    return this.#flat()[place]?.slot.image ?? undefined;
  }

  /** @param {import("./layout.mjs").Area} area @returns {Image[]} */
  inside({ left, top, right, bottom }) {
    return this.#places.filter(({ element: { offsetLeft: x, offsetTop: y, offsetWidth: w, offsetHeight: high } }) =>
      x < right && x + w > left && y < bottom && y + high > top).flatMap(({ slots }) => slots.flatMap(({ image }) => image ?? []));
  }

  /** @param {string} key @returns {number | null} a place */
  walk(key) {
    const all = this.#flat();
    const from = all[this.#current];
    const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
    if (step !== undefined) return Math.min(all.length - 1, Math.max(0, this.#current + step));
    if (key === "Home") return 0;
    if (key === "End") return all.length - 1;
    const down = { ArrowUp: -1, ArrowDown: 1, PageUp: -3, PageDown: 3 }[key];
    if (down === undefined || !from) return null;
    const column = all.flatMap(({ place }, at) => (place.column === from.place.column ? [{ at, row: place.row }] : []));
    const rows = [...new Set(column.map(({ row }) => row))];
    const row = rows[Math.min(rows.length - 1, Math.max(0, rows.indexOf(from.place.row) + down))];
    return column.find((one) => one.row === row)?.at ?? null;
  }

  /** @param {number} at */
  goTo(at) {
    const found = this.#flat()[at];
    if (!found) return;
    this.#mark(this.#current, "-1");
    this.#current = at;
    found.place.element.scrollIntoView({ block: "nearest", inline: "nearest" });
    this.#fill(found.place, true);
    this.#mark(at, "0");
    found.place.cells[found.nth]?.focus({ preventScroll: true });
  }

  /** @param {string} id */
  focusImage(id) {
    const at = this.#flat().findIndex(({ slot }) => slot.image?.id === id);
    if (at >= 0) this.goTo(at);
  }

  // ------------------------------------------------------------------ building

  get #columns() {
    return headings(this.#axes, this.#view.columns).length;
  }

  /** @param {import("../page").Task | undefined} task */
  #placeOf(task) {
    return placeOf(task?.coords, this.#axes, this.#view);
  }

  /** Everything focusable, in order. */
  #flat() {
    return this.#places.flatMap((place) => place.slots.map((slot, nth) => ({ place, slot, nth })));
  }

  /** @param {string} id */
  #holding(id) {
    return this.#places.find(({ slots }) => slots.some(({ image }) => image?.id === id));
  }

  /** Rebuilds the table: other axes, another tab, another job. */
  #build() {
    for (const place of this.#places) this.#empty(place);
    this.watcher.disconnect();
    this.#places = [];
    if (!this.open || !this.possible) return;
    const [rows, columns] = [headings(this.#axes, this.#view.rows), headings(this.#axes, this.#view.columns)];
    const corner = h("div", { class: "ij-matrix-corner" }, [this.#axes[this.#view.rows]?.title, this.#axes[this.#view.columns]?.title].filter(Boolean).join(" ↓  → "));
    const heads = columns.map((words) => h("div", { class: "ij-matrix-column", title: words }, words));
    const body = rows.flatMap((words, row) => [
      h("div", { class: "ij-matrix-row", title: words }, words),
      ...columns.map((_, column) => {
        const element = h("div", { class: "ij-place" });
        const place = { element, row, column, slots: [], cells: [], near: false, emptied: false };
        this.#places.push(place);
        this.#of.set(element, place);
        return element;
      }),
    ]);
    put(this.element, corner, ...heads, ...body);
    this.#current = 0;
    this.#deal();
    this.#measure();
    for (const { element } of this.#places) this.watcher.observe(element);
    this.#controls();
    this.selection.retain(() => this.ids());
  }

  /** Updates the images in the same table. */
  #renew() {
    if (!this.open) return;
    const before = this.#outside;
    this.#deal();
    for (const place of this.#places) if (place.near) this.#fill(place, true);
    this.#current = Math.min(this.#current, Math.max(0, this.#flat().length - 1));
    if (before !== this.#outside) this.#controls();
    this.selection.retain(() => this.ids());
  }

  #deal() {
    const at = (/** @type {{ row: number, column: number }} */ { row, column }) => this.#places[row * this.#columns + column];
    for (const place of this.#places) Object.assign(place, { slots: [], emptied: false });
    this.#outside = 0;
    for (const task of this.#slots.emptied()) {
      const found = this.#placeOf(task);
      const place = found && at(found);
      if (place) place.emptied = true;
    }
    for (let nth = 0; nth < this.#slots.length; nth += 1) {
      const slot = this.#slots.at(nth);
      const found = slot && this.#placeOf(slot.task);
      if (slot && found) at(found)?.slots.push(slot);
      else if (slot?.image && found === undefined) this.#outside += 1;
    }
  }

  #measure() {
    const high = Math.round(this.#size / this.#slots.proportions());
    const most = Math.max(1, ...this.#places.map(({ slots }) => slots.length));
    const across = Math.ceil(Math.sqrt(most));
    const { style } = this.element;
    style.setProperty("--ij-cell-width", `${this.#size}px`);
    style.setProperty("--ij-image-height", `${high}px`);
    style.setProperty("--ij-cell-height", `${high + FOOT}px`);
    style.setProperty("--ij-place-width", `${across * (this.#size + GAP) - GAP}px`);
    style.setProperty("--ij-place-height", `${Math.ceil(most / across) * (high + FOOT + GAP) - GAP}px`);
    style.setProperty("--ij-columns", String(this.#columns));
  }

  /** @param {Place} place @param {boolean} near */
  #fill(place, near) {
    place.near = near;
    if (!near) {
      if (!place.element.contains(document.activeElement)) this.#empty(place);
      return;
    }
    attr(place.element, "data-emptied", place.emptied && place.slots.length === 0 ? t("Deleted") : null);
    while (place.cells.length > place.slots.length) {
      const cell = /** @type {HTMLElement} */ (place.cells.pop());
      drop(cell);
      cell.remove();
    }
    place.slots.forEach((slot, nth) => {
      let cell = place.cells[nth];
      if (!cell) {
        cell = place.cells[nth] = makeCell();
        attr(cell, "tabindex", -1);
        place.element.append(cell);
      }
      if (keyOf(cell) !== cellKey(slot)) fillCell(cell, slot);
      ask(cell);
      keep(cell, "aria-selected", String(this.selection.has(slot.image?.id)));
      this.#showLive(slot, cell);
    });
    this.#mark(this.#current, "0");
  }

  /** @param {Place} place */
  #empty(place) {
    place.cells.forEach(drop);
    place.cells = [];
    place.element.replaceChildren();
  }

  /** @param {Slot} slot @param {HTMLElement | undefined} cell */
  #showLive(slot, cell) {
    if (cell && slot.image === null && slot.task.state === "running" && this.#live?.task === slot.task.id) showLive(cell, this.#live);
  }

  #chosen() {
    for (const { slots, cells } of this.#places) {
      cells.forEach((cell, nth) => keep(cell, "aria-selected", String(this.selection.has(slots[nth]?.image?.id))));
    }
  }

  /** @param {number} at @param {string} index */
  #mark(at, index) {
    const found = this.#flat()[at];
    const cell = found?.place.cells[found.nth];
    if (cell) keep(cell, "tabindex", index);
  }

  #controls() {
    put(this.bar, ...matrixBar(this.#axes, this.#view, this.#outside, {
      turn: (change) => {
        this.#view = { ...this.#view, ...change };
        this.#build();
      },
      take: () => this.onExport(this.#detail?.id ?? "", this.#view),
    }));
  }
}
