// The grid: a cell for each image that a job has or will have, in its place from the start. Only the
// rows in view, and as many above and below, are in the page; ten thousand images cost no more.

import { cellKey, fillCell, makeCell, showLive } from "../cell.mjs";
import { attr, h } from "../dom.mjs";
import { Layout } from "../layout.mjs";
import { Picking } from "../picking.mjs";
import { Slots } from "../slots.mjs";

/** @typedef {import("../types").Image} Image */
/** @typedef {import("../slots.mjs").Slot} Slot */
/** @typedef {import("../selection.mjs").Selection} Selection */

const SETTLE_MS = 50;
const NEAR_MS = 350;
const FAST = 8; // pixels in a millisecond

export class Grid {
  #slots = new Slots();
  #layout = new Layout();
  /** @type {Map<number, HTMLElement>} the cells in the page, by place */
  #cells = new Map();
  /** @type {Map<string, HTMLElement>} cells to take again, by what they show */
  #pool = new Map();
  /** @type {Set<HTMLElement>} cells whose image is not asked for yet */
  #waiting = new Set();
  #size;
  #ratio = 1;
  #current = 0;
  #frame = 0;
  #scrolledAt = 0;
  #lastTop = 0;
  #fast = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #settle;
  #live = /** @type {import("../types").Live | null} */ (null);

  /** @param {HTMLElement} scroller @param {number} size smallest width of a cell @param {Selection} selection
   * @param {import("../picking.mjs").Wiring} wiring */
  constructor(scroller, size, selection, wiring) {
    this.#size = size;
    this.element = h("div", { class: "ij-grid", role: "listbox", "aria-label": "Images" });
    this.selection = selection;
    this.scroller = scroller;
    scroller.append(this.element);
    this.picking = new Picking(this, selection, wiring);
    selection.addEventListener("change", () => this.#chosen());
    // On small screens the page itself scrolls: capture hears both.
    addEventListener("scroll", () => this.#scrolled(), { capture: true, passive: true });
    new ResizeObserver(() => this.#measure()).observe(this.element);
    new ResizeObserver(() => this.#later()).observe(scroller);
  }

  /** @param {import("../detail.mjs").Detail | null} detail */
  show(detail) {
    if (!this.#slots.show(detail)) {
      this.#current = 0;
      this.scroller.scrollTop = 0;
    }
    this.#renew();
  }

  /** @param {import("../filters.mjs").Filter | null} filter */
  filter(filter) {
    this.#slots.filter(filter);
    this.#current = 0;
    this.#renew();
  }

  /** @param {import("../filters.mjs").Order | null} order */
  order(order) {
    this.#slots.order(order);
    this.#renew();
  }

  /** Whether the job stands still. @param {boolean} held */
  hold(held) {
    if (!this.#slots.hold(held)) return;
    for (const [place, cell] of this.#cells) this.#fill(cell, place);
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
  }

  /** What runs now. @param {import("../types").Live} live */
  live(live) {
    this.#live = live;
    for (const [place, cell] of this.#cells) {
      const slot = this.#slots.at(place);
      if (slot && slot.image === null && slot.task.state === "running") showLive(cell, live.task === slot.task.id ? live : null);
    }
  }

  /** The images that show, in order. @param {Set<string>} [also] those that count whatever the filter says @returns {Image[]} */
  images(also) {
    return this.#slots.images(also);
  }

  /** The ids of the images that show, in order. */
  ids() {
    return this.images().map(({ id }) => id);
  }

  /** The focus goes to this image's cell, which is brought into view. @param {string} id */
  focusImage(id) {
    const place = this.#slots.find(id);
    if (place >= 0) this.goTo(place);
  }

  /** Other slots than before. A cell that shows the same as before is kept: its picture would flicker. */
  #renew() {
    this.#current = Math.min(this.#current, Math.max(0, this.#slots.length - 1));
    this.#ratio = this.#slots.proportions();
    const cells = [...this.#cells.values()];
    const focused = cells.find((cell) => cell.contains(document.activeElement));
    const place = focused?.dataset.id ? this.#slots.find(focused.dataset.id) : -1;
    if (place >= 0) this.#current = place;
    this.#pool = new Map(cells.map((cell) => [cell.dataset.key ?? "", cell]));
    this.#cells.clear();
    if (place >= 0) this.#make(place); // it keeps the focus, in view or not
    this.#measure();
    for (const cell of this.#pool.values()) this.#remove(cell);
    this.#pool.clear();
    this.selection.retain(this.ids());
    if (focused && !focused.isConnected && this.#slots.length > 0) this.goTo(this.#current);
  }

  /** @param {HTMLElement} cell */
  #remove(cell) {
    this.#waiting.delete(cell);
    // A request that nobody needs any more would keep the next ones waiting.
    const image = cell.querySelector("img");
    if (image && !image.complete) image.removeAttribute("src");
    cell.remove();
  }

  #measure() {
    if (!this.#layout.measure(this.element.clientWidth, this.#size, this.#ratio)) return;
    this.element.style.height = `${this.#layout.height(this.#slots.length)}px`;
    for (const [place, cell] of this.#cells) this.#layout.put(cell, place);
    this.#draw();
  }

  #scrolled() {
    const now = performance.now();
    const top = this.element.getBoundingClientRect().top;
    if (top === this.#lastTop) return;
    // Wheel turns faster than half a screen in a frame or two: ask for images where it comes to rest.
    this.#fast = Math.abs(top - this.#lastTop) / Math.max(1, now - this.#scrolledAt) > FAST;
    [this.#lastTop, this.#scrolledAt] = [top, now];
    this.#later();
  }

  #later() {
    this.#frame ||= requestAnimationFrame(() => this.#draw());
  }

  /** Puts the rows in view into the page, and takes out those that have left it. */
  #draw() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    const [first, last] = this.#range();
    for (const [place, cell] of this.#cells) {
      if ((place >= first && place < last) || cell.contains(document.activeElement)) continue;
      this.#remove(cell);
      this.#cells.delete(place);
    }
    const fresh = document.createDocumentFragment();
    for (let place = first; place < last; place += 1) {
      if (this.#cells.has(place)) continue;
      const cell = this.#make(place);
      if (!cell.isConnected) fresh.append(cell);
    }
    this.element.append(fresh);
    if (!this.#fast) this.#load(0);
    clearTimeout(this.#settle);
    if (this.#waiting.size > 0 || this.#fast) this.#settle = setTimeout(() => this.#settled(), SETTLE_MS);
  }

  /** The scrolling rests: what is in view first, and what is near after a while. */
  #settled() {
    if (this.#fast) {
      this.#fast = false;
      this.#draw();
    } else this.#load(0);
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => this.#load(Infinity), NEAR_MS);
  }

  /** First place to draw, and the one after the last. */
  #range() {
    const box = this.element.getBoundingClientRect();
    if (box.width === 0) return [0, 0];
    const view = this.scroller.getBoundingClientRect();
    const top = Math.max(0, view.top);
    const height = Math.max(0, Math.min(innerHeight, view.bottom) - top);
    const above = top - box.top;
    const spare = this.#fast ? 0 : Math.max(height, 3 * this.#layout.rowHeight);
    const [first, last] = this.#layout.between(above - spare, above + height + spare);
    return [first, Math.min(this.#slots.length, last)];
  }

  /** Asks for the images of cells that are still there: the nearest first.
   * @param {number} reach how far out of view, in pixels */
  #load(reach) {
    const view = this.scroller.getBoundingClientRect();
    const [from, to] = [Math.max(0, view.top), Math.min(innerHeight, view.bottom)];
    const waiting = [...this.#waiting].map((cell) => {
      const { top, bottom } = cell.getBoundingClientRect();
      return { cell, away: Math.max(0, from - bottom, top - to) };
    });
    for (const { cell, away } of waiting.sort((a, b) => a.away - b.away)) {
      if (away > reach) break;
      const image = cell.querySelector("img");
      if (image?.dataset.src) image.src = image.dataset.src;
      this.#waiting.delete(cell);
    }
  }

  /** @param {number} place */
  #make(place) {
    const slot = this.#slots.at(place);
    const key = slot ? cellKey(slot) : "";
    const cell = this.#pool.get(key) ?? makeCell();
    this.#pool.delete(key);
    this.#cells.set(place, cell);
    this.#layout.put(cell, place);
    this.#fill(cell, place);
    attr(cell, "aria-posinset", place + 1);
    attr(cell, "aria-setsize", this.#slots.length);
    attr(cell, "aria-selected", String(this.selection.has(slot?.image?.id)));
    attr(cell, "tabindex", place === this.#current ? 0 : -1);
    return cell;
  }

  /** Only cells in the page follow the selection, however large it is. */
  #chosen() {
    for (const [place, cell] of this.#cells) {
      attr(cell, "aria-selected", String(this.selection.has(this.#slots.at(place)?.image?.id)));
    }
  }

  /** @param {HTMLElement} cell @param {number} place */
  #fill(cell, place) {
    const slot = this.#slots.at(place);
    if (!slot || cell.dataset.key === cellKey(slot)) return;
    fillCell(cell, slot);
    if (cell.querySelector("img[data-src]")) this.#waiting.add(cell);
    if (cell.isConnected) this.#later();
    if (slot.task.state === "running" && slot.image === null && this.#live?.task === slot.task.id) showLive(cell, this.#live);
  }

  /** @param {EventTarget | null} target @returns {Slot | undefined} of the cell that it is in */
  slotOf(target) {
    const cell = target instanceof Element ? target.closest(".ij-cell") : null;
    for (const [place, other] of this.#cells) if (other === cell) return this.#slots.at(place);
    return undefined;
  }

  /** @param {number} place @returns {Image | undefined} */
  imageAt(place) {
    return this.#slots.at(place)?.image ?? undefined;
  }

  /** The images whose cells reach into an area. @param {import("../layout.mjs").Area} area @returns {Image[]} */
  inside(area) {
    return this.#layout.inside(area, this.#slots.length).flatMap((place) => this.imageAt(place) ?? []);
  }

  /** Where a key leads to from the cell that has the focus. @param {string} key @returns {number | null} a place */
  walk(key) {
    return this.#layout.walk(key, this.#current, this.#slots.length, this.scroller.clientHeight);
  }

  /** The focus goes to a cell, which is brought into view. @param {number} place */
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
