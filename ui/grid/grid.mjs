// The grid: a cell for each image that a job has or will have, in its place from the start. Only the rows in view, and
// as many above and below, are in the page, so that ten thousand images cost no more.

import { t } from "../core/sentences.mjs";
import { attr, h } from "../dom/elements.mjs";
import { ask, cellKey, drop, fillCell, keep, keyOf, makeCell, showLive, waits } from "./cell.mjs";
import { Layout } from "./layout.mjs";
import { Picking } from "./picking.mjs";
import { Slots } from "./slots.mjs";

/** @typedef {import("../page").Image} Image */
/** @typedef {import("./slots.mjs").Slot} Slot */
/** @typedef {import("../core/selection.mjs").Selection} Selection */

const SETTLE_MS = 50;
const NEAR_MS = 350;
const FAST = 8; // pixels in a millisecond

export class Grid {
  #slots = new Slots();
  #layout = new Layout();
  /** @type {Map<number, HTMLElement>} the cells in the page, by place */
  #cells = new Map();
  /** @type {Map<string, HTMLElement>} cells to reuse, by key */
  #pool = new Map();
  #size;
  #ratio = 1;
  #current = 0;
  #frame = 0;
  #drawnAt = 0;
  #drawnTop = 0;
  #fast = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #settle;
  #live = /** @type {import("../types").Live | null} */ (null);

  /** @param {HTMLElement} scroller @param {number} size smallest width of a cell @param {Selection} selection
   * @param {import("./picking.mjs").Wiring} wiring */
  constructor(scroller, size, selection, wiring) {
    this.#size = size;
    this.element = h("div", { class: "ij-grid", role: "listbox", "aria-label": t("Images") });
    this.selection = selection;
    this.scroller = scroller;
    scroller.append(this.element);
    this.picking = new Picking(this, selection, wiring);
    selection.addEventListener("change", () => this.#chosen());
    // On small screens the page itself scrolls: capture catches both.
    addEventListener("scroll", (event) => this.#scrolled(event), { capture: true, passive: true });
    new ResizeObserver(() => this.#measure()).observe(this.element);
    new ResizeObserver(() => this.#later()).observe(scroller);
  }

  /** @param {import("../core/job-images.mjs").JobImages | null} detail @param {import("./filters.mjs").Filter | null} [filter] null: show all */
  show(detail, filter = null) {
    if (!this.#slots.show(detail, filter)) {
      this.#current = 0;
      this.#drawnAt = 0; // jumping back to the top does not count as scrolling
      this.scroller.scrollTop = 0;
    }
    this.#renew();
  }

  /** @param {import("./filters.mjs").Filter | null} filter */
  filter(filter) {
    this.#slots.filter(filter);
    this.#current = 0;
    this.#renew();
  }

  /** @param {import("./filters.mjs").Order | null} order */
  order(order) {
    this.#slots.order(order);
    this.#renew();
  }

  /** Whether no image is shown. */
  get empty() {
    return this.#slots.length === 0;
  }

  /** Whether the job is on hold. @param {boolean} held */
  hold(held) {
    if (!this.#slots.hold(held)) return;
    for (const [place, cell] of this.#cells) this.#fill(cell, place);
    this.#later();
  }

  /** Smallest width of a cell. @param {number} pixels */
  resize(pixels) {
    this.#size = pixels;
    this.#measure();
  }

  /** The tasks that changed. @param {Set<string>} touched */
  update(touched) {
    const places = this.#slots.update(touched);
    if (places === null) return this.#renew();
    for (const place of places) {
      const cell = this.#cells.get(place);
      if (cell) this.#fill(cell, place);
    }
    this.#later();
  }

  /** What runs now. @param {import("../types").Live} live */
  live(live) {
    this.#live = live;
    for (const [place, cell] of this.#cells) {
      const slot = this.#slots.at(place);
      if (slot && slot.image === null && slot.task.state === "running") showLive(cell, live.task === slot.task.id ? live : null);
    }
  }

  /** The visible images, in order. @param {Set<string>} [also] included whatever the filter says @returns {Image[]} */
  images(also) {
    return this.#slots.images(also);
  }

  /** The ids of the visible images, in order. */
  ids() {
    return this.images().map(({ id }) => id);
  }

  /** A range follows reading order. */
  span() {
    return this.ids();
  }

  /** Focuses this image's cell and scrolls it into view. @param {string} id */
  focusImage(id) {
    const place = this.#slots.find(id);
    if (place >= 0) this.goTo(place);
  }

  /** The slots have changed. Cells with the same content are kept: a new picture would flicker. */
  #renew() {
    this.#current = Math.min(this.#current, Math.max(0, this.#slots.length - 1));
    this.#ratio = this.#slots.proportions();
    const cells = [...this.#cells.values()];
    const focused = cells.find((cell) => cell.contains(document.activeElement));
    const place = focused?.dataset.id ? this.#slots.find(focused.dataset.id) : -1;
    if (place >= 0) this.#current = place;
    this.#pool = new Map(cells.map((cell) => [keyOf(cell), cell]));
    this.#cells.clear();
    if (focused && place >= 0) {
      this.#pool.delete(keyOf(focused));
      this.#make(place, [focused]); // it keeps the focus, even out of view or with new content
    }
    this.#measure();
    for (const cell of this.#pool.values()) this.#remove(cell);
    this.#pool.clear();
    this.selection.retain(() => this.ids());
    if (focused && !focused.isConnected && this.#slots.length > 0) this.goTo(this.#current);
  }

  /** @param {HTMLElement} cell */
  #remove(cell) {
    drop(cell);
    cell.remove();
  }

  #measure() {
    if (!this.#layout.measure(this.element.clientWidth, this.#size, this.#ratio)) return;
    this.#layout.size(this.element, this.#slots.length);
    this.element.classList.toggle("ij-grid-wordy", this.#layout.roomFor(this.#slots.wordiest()));
    for (const [place, cell] of this.#cells) this.#layout.put(cell, place);
    this.#draw();
  }

  /** @param {Event} event */
  #scrolled({ target }) {
    if (target instanceof Node && target.contains(this.element)) this.#later();
  }

  #later() {
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  /** The visible part of the grid, in pixels from its top; null: none. */
  #view() {
    const box = this.element.getBoundingClientRect();
    if (box.width === 0) return null;
    const view = this.scroller.getBoundingClientRect();
    const top = Math.max(0, view.top);
    return { from: top - box.top, to: Math.max(top, Math.min(innerHeight, view.bottom)) - box.top };
  }

  /** Adds the rows in view to the page, reusing cells that have scrolled out. */
  #draw() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const view = this.#view();
    if (view) this.#pace(view.from);
    const [first, last] = this.#range(view);
    const focused = document.activeElement?.closest(".ij-cell");
    const free = [];
    for (const [place, cell] of this.#cells) {
      if ((place >= first && place < last) || cell === focused) continue;
      free.push(cell);
      this.#cells.delete(place);
    }
    const fresh = document.createDocumentFragment();
    for (let place = first; place < last; place += 1) {
      if (this.#cells.has(place)) continue;
      const cell = this.#make(place, free);
      if (!cell.isConnected) fresh.append(cell);
    }
    for (const cell of free) this.#remove(cell);
    if (fresh.firstChild) this.element.append(fresh);
    if (!this.#fast) this.#load(0, view);
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => this.#settled(), SETTLE_MS);
  }

  /** While scrolling faster than half a screen in a frame or two, wait with requests until it stops.
   * @param {number} top */
  #pace(top) {
    if (top === this.#drawnTop) return;
    const now = performance.now();
    this.#fast = Math.abs(top - this.#drawnTop) / Math.max(1, now - this.#drawnAt) > FAST;
    [this.#drawnTop, this.#drawnAt] = [top, now];
  }

  /** Scrolling has stopped: load images in view now, those nearby a little later. */
  #settled() {
    this.#fast = false;
    this.#load(0);
    this.#settle = setTimeout(() => this.#rested(), NEAR_MS);
  }

  #rested() {
    this.#draw();
    clearTimeout(this.#settle);
    this.#load(Infinity);
  }

  /** First place to draw, and the one after the last. @param {{ from: number, to: number } | null} view */
  #range(view) {
    if (!view) return [0, 0];
    const spare = this.#fast ? 0 : Math.max(view.to - view.from, 3 * this.#layout.rowHeight);
    const [first] = this.#layout.between(view.from - spare, view.to);
    // the same number of rows at every position, so that no cells need to be added or removed
    const last = first + this.#layout.most(view.to - view.from + 2 * spare);
    return [first, Math.min(this.#slots.length, last)];
  }

  /** Requests the images of cells that are still in the page, nearest first.
   * @param {number} reach how far out of view, in pixels @param {{ from: number, to: number } | null} [view] */
  #load(reach, view = this.#view()) {
    if (!view) return;
    const near = [];
    for (const [place, cell] of this.#cells) {
      if (!waits(cell)) continue;
      const away = this.#layout.away(place, view.from, view.to);
      if (away <= reach) near.push({ cell, away });
    }
    for (const { cell } of near.sort((a, b) => a.away - b.away)) ask(cell);
  }

  /** @param {number} place @param {HTMLElement[]} [free] cells that may be reused */
  #make(place, free = []) {
    const slot = this.#slots.at(place);
    const key = slot ? cellKey(slot) : "";
    const cell = this.#pool.get(key) ?? free.pop() ?? makeCell();
    this.#pool.delete(key);
    this.#cells.set(place, cell);
    this.#layout.put(cell, place);
    this.#fill(cell, place);
    keep(cell, "aria-posinset", String(place + 1));
    keep(cell, "aria-setsize", String(this.#slots.length));
    keep(cell, "tabindex", place === this.#current ? "0" : "-1");
    return cell;
  }

  /** Updates only the cells in the page, however large the selection is. */
  #chosen() {
    for (const [place, cell] of this.#cells) {
      keep(cell, "aria-selected", String(this.selection.has(this.#slots.at(place)?.image?.id)));
    }
  }

  /** @param {HTMLElement} cell @param {number} place */
  #fill(cell, place) {
    const slot = this.#slots.at(place);
    keep(cell, "aria-selected", String(this.selection.has(slot?.image?.id)));
    if (!slot || keyOf(cell) === cellKey(slot)) return;
    fillCell(cell, slot);
    if (slot.task.state === "running" && slot.image === null && this.#live?.task === slot.task.id) showLive(cell, this.#live);
  }

  /** @param {EventTarget | null} target @returns {Slot | undefined} of the cell it is in */
  slotOf(target) {
    const cell = target instanceof Element ? target.closest(".ij-cell") : null;
    for (const [place, other] of this.#cells) if (other === cell) return this.#slots.at(place);
    return undefined;
  }

  /** @param {number} place @returns {Image | undefined} */
  imageAt(place) {
    return this.#slots.at(place)?.image ?? undefined;
  }

  /** The images whose cells overlap an area. @param {import("./layout.mjs").Area} area @returns {Image[]} */
  inside(area) {
    return this.#layout.inside(area, this.#slots.length).flatMap((place) => this.imageAt(place) ?? []);
  }

  /** Where a key leads from the focused cell. @param {string} key @returns {number | null} a place */
  walk(key) {
    return this.#layout.walk(key, this.#current, this.#slots.length, this.scroller.clientHeight);
  }

  /** Focuses a cell and scrolls it into view. @param {number} place */
  goTo(place) {
    const before = this.#cells.get(this.#current);
    if (before) attr(before, "tabindex", -1);
    this.#current = place;
    let cell = this.#cells.get(place);
    if (!cell) {
      cell = this.#make(place);
      this.element.append(cell);
    }
    attr(cell, "tabindex", 0);
    cell.focus({ preventScroll: true });
    cell.scrollIntoView({ block: "nearest" });
    this.#later();
  }
}
