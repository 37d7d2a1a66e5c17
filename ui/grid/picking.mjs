// Turns clicks, keys, drags and taps in the grid into a selection. A mouse selects as in a file manager; a tap opens an
// image until a long press starts a selection.

import { attr, h } from "../dom/elements.mjs";
import { letter } from "../dom/keyboard.mjs";

/** @typedef {import("../page").Image} Image */
/** @typedef {import("../page").Task} Task */
/**
 * A view of selectable images: the grid or the table. Places count from 0.
 * @typedef {object} Surface
 * @property {HTMLElement} element
 * @property {HTMLElement} scroller
 * @property {(target: EventTarget | null) => import("./slots.mjs").Slot | undefined} slotOf
 * @property {() => string[]} ids
 * @property {(from: string | null, to: string) => string[]} span the range from one image to another, both
 *  included, at its ends
 * @property {(id: string) => void} focusImage
 * @property {(place: number) => void} goTo
 * @property {(place: number) => import("../page").Image | undefined} imageAt
 * @property {(key: string) => number | null} walk
 * @property {(area: import("./layout.mjs").Area) => import("../page").Image[]} inside
 */
/** @typedef {{ view: (image: Image, zoomed?: boolean) => void, retry: (task: Task) => void }} Wiring */

const DRAG = 5; // pixels until a press is a drag
const LONG_MS = 450;
const SHAKE = 10; // pixels a finger may move during a long press
const EDGE = 36; // pixels from the edge where dragging scrolls
const TICK = "[data-act='tick']";

export class Picking {
  #touch = false;
  /** ignore the click that ends a drag or a long press */
  #swallow = false;
  /** the image of a possible double click's first click: the second may hit something else after a dialog closed @type {string | undefined} */
  #began;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #long;

  /** @param {Surface} grid @param {import("../core/selection.mjs").Selection} selection @param {Wiring} wiring */
  constructor(grid, selection, wiring) {
    this.grid = grid;
    this.selection = selection;
    this.wiring = wiring;
    const { element, scroller } = grid;
    attr(element, "aria-multiselectable", "true");
    addEventListener("click", ({ target, detail: nth }) => {
      if (nth <= 1) this.#began = this.grid.slotOf(target)?.image?.id;
    }, { capture: true });
    scroller.addEventListener("pointerdown", (event) => this.#down(event));
    scroller.addEventListener("click", (event) => this.#clicked(event));
    element.addEventListener("dblclick", (event) => this.#doubled(event));
    element.addEventListener("keydown", (event) => this.#pressed(event));
    element.addEventListener("contextmenu", (event) => this.#touch && event.preventDefault());
    for (const end of ["pointerup", "pointercancel"]) scroller.addEventListener(end, () => clearTimeout(this.#long));
  }

  /** Whether the last pointer was a finger. */
  get touch() {
    return this.#touch;
  }

  /** @param {PointerEvent} event */
  #down(event) {
    this.#touch = event.pointerType === "touch";
    this.#swallow = false;
    clearTimeout(this.#long);
    if (this.#touch) this.#press(event);
    else if (event.button === 0 && !onControl(event)) this.#drag(event);
  }

  /** @param {PointerEvent} event */
  #press({ target, clientX, clientY }) {
    const id = this.grid.slotOf(target)?.image?.id;
    if (id === undefined) return;
    const moved = (/** @type {PointerEvent} */ event) => {
      if (Math.hypot(event.clientX - clientX, event.clientY - clientY) > SHAKE) clearTimeout(this.#long);
    };
    const { scroller } = this.grid;
    scroller.addEventListener("pointermove", moved);
    const done = () => scroller.removeEventListener("pointermove", moved);
    for (const end of ["pointerup", "pointercancel"]) scroller.addEventListener(end, done, { once: true });
    this.#long = setTimeout(() => {
      this.#swallow = true;
      this.selection.toggle(id);
    }, LONG_MS);
  }

  /** Draws a frame from the mouse position and selects everything it touches. @param {PointerEvent} from */
  #drag(from) {
    const { element, scroller } = this.grid;
    const kept = from.ctrlKey || from.metaKey || from.shiftKey ? this.selection.ids : [];
    const box = () => element.getBoundingClientRect();
    const start = { x: from.clientX - box().left, y: from.clientY - box().top };
    const frame = h("div", { class: "ij-band" });
    let at = from;
    let going = 0;
    const draw = () => {
      const { left, top } = box();
      const [x, y] = [at.clientX - left, at.clientY - top];
      const area = { left: Math.min(x, start.x), top: Math.min(y, start.y), right: Math.max(x, start.x), bottom: Math.max(y, start.y) };
      Object.assign(frame.style, { left: `${area.left}px`, top: `${area.top}px`, width: `${area.right - area.left}px`, height: `${area.bottom - area.top}px` });
      const ids = this.grid.inside(area).map(({ id }) => id);
      this.selection.set([...kept, ...ids], ids[0]);
    };
    const roll = () => {
      const view = scroller.getBoundingClientRect();
      const by = Math.min(0, at.clientY - view.top - EDGE) + Math.max(0, at.clientY - Math.min(innerHeight, view.bottom) + EDGE);
      if (by !== 0) {
        scroller.scrollTop += by / 2;
        draw();
      }
      going = requestAnimationFrame(roll);
    };
    const move = (/** @type {PointerEvent} */ event) => {
      at = event;
      if (!frame.isConnected) {
        if (Math.hypot(at.clientX - from.clientX, at.clientY - from.clientY) < DRAG) return;
        element.append(frame);
        going = requestAnimationFrame(roll);
      }
      draw();
    };
    const end = () => {
      this.#swallow = frame.isConnected;
      frame.remove();
      cancelAnimationFrame(going);
      removeEventListener("pointermove", move);
      for (const name of ["pointerup", "pointercancel"]) removeEventListener(name, end);
    };
    addEventListener("pointermove", move);
    for (const name of ["pointerup", "pointercancel"]) addEventListener(name, end);
  }

  /** @param {MouseEvent} event */
  #clicked(event) {
    if (this.#swallow) {
      this.#swallow = false;
      return;
    }
    const slot = this.grid.slotOf(event.target);
    const more = event.ctrlKey || event.metaKey;
    if (event.detail > 1 && slot?.image?.id !== this.#began) return;
    if (!slot?.image) {
      if (slot && event.target instanceof Element && event.target.closest("[data-act='retry']")) this.wiring.retry(slot.task);
      else if (!more && !event.shiftKey) this.selection.clear();
      return;
    }
    const { id } = slot.image;
    if (this.#touch && this.selection.size === 0) return this.wiring.view(slot.image);
    if (event.shiftKey) this.selection.range(this.grid.span(this.selection.anchor, id), id, more);
    else if (more || this.#touch || (event.target instanceof Element && event.target.closest(TICK))) this.selection.toggle(id);
    else this.selection.set([id]);
    this.grid.focusImage(id);
  }

  /** @param {MouseEvent} event */
  #doubled(event) {
    const image = this.grid.slotOf(event.target)?.image;
    const plain = !this.#touch && !event.ctrlKey && !event.metaKey && !event.shiftKey;
    if (image && image.id === this.#began && plain && event.target instanceof Element && !event.target.closest(TICK)) this.wiring.view(image);
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const slot = this.grid.slotOf(event.target);
    if (!slot || event.altKey) return;
    const more = event.ctrlKey || event.metaKey;
    const to = this.grid.walk(event.key);
    const key = letter(event);
    if (to !== null) this.#walked(to, event.shiftKey, more);
    else if (key === " " && more && slot.image) this.selection.toggle(slot.image.id);
    else if (more || event.shiftKey) return;
    else if (key === "Enter" || key === " " || key === "z") {
      if (!event.repeat) this.#act(event, slot, key === "z");
    } else return;
    event.preventDefault();
  }

  /** @param {KeyboardEvent} event @param {import("./slots.mjs").Slot} slot @param {boolean} zoomed */
  #act({ target }, slot, zoomed) {
    if (slot.image) this.wiring.view(slot.image, zoomed);
    else if (!zoomed && target instanceof Element && target.querySelector("[data-act='retry']")) this.wiring.retry(slot.task);
  }

  /** Moves focus and selection; with Ctrl only the focus. @param {number} place @param {boolean} range @param {boolean} more */
  #walked(place, range, more) {
    this.grid.goTo(place);
    const id = this.grid.imageAt(place)?.id;
    if (id === undefined) {
      if (!range && !more) this.selection.clear();
    } else if (range) this.selection.range(this.grid.span(this.selection.anchor, id), id, more);
    else if (!more) this.selection.set([id]);
  }
}

/** Whether it was on a button or the scroll bar. @param {PointerEvent} event */
function onControl({ target, currentTarget, clientX }) {
  if (!(target instanceof Element) || !(currentTarget instanceof HTMLElement)) return true;
  return target.closest("button") !== null || clientX > currentTarget.getBoundingClientRect().left + currentTarget.clientWidth;
}
