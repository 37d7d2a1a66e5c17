// The grid: a cell for each image that a job has or will have, in its place from the start. Only the
// rows in view, and as many above and below, are in the page; ten thousand images cost no more.

import { cellKey, fillCell, makeCell, showLive } from "../cell.mjs";
import { attr, h } from "../dom.mjs";
import { Slots } from "../slots.mjs";

/** @typedef {import("../types").Task} Task */
/** @typedef {import("../types").Image} Image */
/** @typedef {import("../slots.mjs").Slot} Slot */
/** @typedef {{ view: (image: Image) => void, retry: (task: Task) => void }} Wiring */

const GAP = 10;
const FOOT = 26;
const EDGE = 3;
const NARROW = 480;
const NARROW_CELL = 96; // three in a row on a phone
const SETTLE_MS = 50;
const NEAR_MS = 350;
const FAST = 8; // pixels in a millisecond

export class Grid {
  #slots = new Slots();
  /** @type {Map<number, HTMLElement>} the cells in the page, by place */
  #cells = new Map();
  /** @type {Set<HTMLElement>} cells whose image is not asked for yet */
  #waiting = new Set();
  #size;
  #ratio = 1;
  #columns = 1;
  #width = 0;
  #rowHeight = 1;
  #current = 0;
  #frame = 0;
  #scrolledAt = 0;
  #lastTop = 0;
  #fast = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #settle;
  #live = /** @type {import("../types").Live | null} */ (null);

  /** @param {HTMLElement} scroller @param {number} size smallest width of a cell @param {Wiring} wiring */
  constructor(scroller, size, wiring) {
    this.#size = size;
    this.element = h("div", { class: "ij-grid", role: "listbox", "aria-label": "Images" });
    this.wiring = wiring;
    this.scroller = scroller;
    scroller.append(this.element);
    this.element.addEventListener("click", (event) => this.#clicked(event));
    this.element.addEventListener("keydown", (event) => this.#pressed(event));
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

  /** @param {(slot: Slot) => boolean} filter */
  filter(filter) {
    this.#slots.filter(filter);
    this.#current = 0;
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

  /** All images, in order. @returns {Image[]} */
  images() {
    return this.#slots.images();
  }

  /** The focus goes to this image's cell, which is brought into view. @param {string} id */
  focusImage(id) {
    const place = this.#slots.find(id);
    if (place >= 0) this.#goTo(place);
  }

  /** Other slots than before: everything anew. */
  #renew() {
    this.#current = Math.min(this.#current, Math.max(0, this.#slots.length - 1));
    this.#ratio = this.#slots.proportions();
    for (const cell of this.#cells.values()) this.#remove(cell);
    this.#cells.clear();
    this.#measure();
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
    const room = this.element.clientWidth - 2 * EDGE;
    if (room <= 0) return;
    const size = room < NARROW ? Math.min(this.#size, NARROW_CELL) : this.#size;
    this.#columns = Math.max(1, Math.floor((room + GAP) / (size + GAP)));
    this.#width = (room - GAP * (this.#columns - 1)) / this.#columns;
    this.#rowHeight = Math.round(this.#width / this.#ratio) + FOOT + GAP;
    const rows = Math.ceil(this.#slots.length / this.#columns);
    this.element.style.height = `${rows * this.#rowHeight + 2 * EDGE}px`;
    for (const [place, cell] of this.#cells) this.#put(cell, place);
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
      if (!this.#cells.has(place)) fresh.append(this.#make(place));
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
    const above = top - box.top - EDGE;
    const spare = this.#fast ? 0 : Math.max(height, 3 * this.#rowHeight);
    const first = Math.max(0, Math.floor((above - spare) / this.#rowHeight));
    const last = Math.max(0, Math.ceil((above + height + spare) / this.#rowHeight));
    return [first * this.#columns, Math.min(this.#slots.length, last * this.#columns)];
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
    const cell = makeCell();
    this.#cells.set(place, cell);
    this.#put(cell, place);
    this.#fill(cell, place);
    attr(cell, "aria-posinset", place + 1);
    attr(cell, "aria-setsize", this.#slots.length);
    attr(cell, "tabindex", place === this.#current ? 0 : -1);
    return cell;
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

  /** @param {HTMLElement} cell @param {number} place */
  #put(cell, place) {
    const row = Math.floor(place / this.#columns);
    cell.style.left = `${EDGE + (place % this.#columns) * (this.#width + GAP)}px`;
    cell.style.top = `${EDGE + row * this.#rowHeight}px`;
    cell.style.width = `${this.#width}px`;
    cell.style.height = `${this.#rowHeight - GAP}px`;
  }

  /** @param {Event} event @returns {number} the place of the cell it happened in, or -1 */
  #placeOf(event) {
    const cell = event.target instanceof Element ? event.target.closest(".ij-cell") : null;
    for (const [place, other] of this.#cells) if (other === cell) return place;
    return -1;
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    const slot = this.#slots.at(this.#placeOf(event));
    if (!slot) return;
    if (slot.image) this.wiring.view(slot.image);
    else if (event.target instanceof Element && event.target.closest("[data-act='retry']")) this.wiring.retry(slot.task);
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const at = this.#placeOf(event);
    if (at < 0 || event.ctrlKey || event.altKey || event.metaKey) return;
    const screen = Math.max(1, Math.floor(this.scroller.clientHeight / this.#rowHeight)) * this.#columns;
    const to = {
      ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - this.#columns, ArrowDown: at + this.#columns,
      Home: 0, End: this.#slots.length - 1, PageUp: at - screen, PageDown: at + screen,
    }[event.key];
    if (to !== undefined) this.#goTo(Math.min(this.#slots.length - 1, Math.max(0, to)));
    else if (event.key === "Enter" || event.key === " ") this.#act(at);
    else return;
    event.preventDefault();
  }

  /** @param {number} place */
  #act(place) {
    const slot = this.#slots.at(place);
    if (slot?.image) this.wiring.view(slot.image);
    else if (slot && this.#cells.get(place)?.querySelector("[data-act='retry']")) this.wiring.retry(slot.task);
  }

  /** @param {number} place */
  #goTo(place) {
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
