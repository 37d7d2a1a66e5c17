// Zoom and pan of a picture on its stage. The position is kept as fractions of the stage, not in image pixels, so that it
// stays the same from one image to the next.

const MOST = 16; // times the size that fits
const DRAG = 4;
const SWIPE = 50;
const WHEEL = 0.0015;

/** @typedef {{ clientX: number, clientY: number }} Point */
/** @typedef {{ scale: number, x: number, y: number }} Spot the visible spot; x and y as fractions of the stage */
/** @typedef {{ changed: (zoomed: boolean) => void, step: (by: number) => void, moved?: (spot: Spot) => void }} Wiring
 *  `moved`: for other views that follow this one */

export class Zoom {
  /** 1: fits */
  #scale = 1;
  /** of the picture's centre, as fractions of the stage */
  #x = 0;
  #y = 0;
  /** @type {Map<number, PointerEvent>} */
  #fingers = new Map();

  /** @param {HTMLElement} view @param {HTMLImageElement} picture fills `view`, contained @param {Wiring} wiring */
  constructor(view, picture, wiring) {
    this.view = view;
    this.picture = picture;
    this.wiring = wiring;
    let moved = 0;
    view.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      if (this.#fingers.size === 0) moved = 0;
      this.#fingers.set(event.pointerId, event);
    });
    view.addEventListener("pointermove", (event) => {
      const before = this.#fingers.get(event.pointerId);
      if (!before) return;
      if (event.buttons === 0) { // released outside
        this.#fingers.delete(event.pointerId);
        return;
      }
      const [dx, dy] = [event.clientX - before.clientX, event.clientY - before.clientY];
      if (this.#fingers.size === 2) this.#pinch(event);
      else if (this.zoomed) {
        if (moved > DRAG) view.setPointerCapture(event.pointerId);
        this.pan(dx, dy);
      }
      moved += Math.hypot(dx, dy);
      if (this.zoomed || this.#fingers.size === 2) this.#fingers.set(event.pointerId, event);
    });
    view.addEventListener("pointerup", (event) => {
      const from = this.#fingers.get(event.pointerId);
      this.#fingers.delete(event.pointerId);
      const [dx, dy] = from ? [event.clientX - from.clientX, event.clientY - from.clientY] : [0, 0];
      const across = Math.abs(dx) > SWIPE && Math.abs(dx) > 2 * Math.abs(dy);
      if (event.pointerType === "touch" && !this.zoomed && across) this.wiring.step(dx < 0 ? 1 : -1);
    });
    view.addEventListener("pointercancel", (event) => this.#fingers.delete(event.pointerId));
    picture.addEventListener("click", (event) => moved <= DRAG && this.toggle(event));
    picture.addEventListener("load", () => this.#place());
    view.addEventListener("wheel", (event) => {
      event.preventDefault();
      this.#to(this.#scale * Math.exp(-event.deltaY * WHEEL * (event.ctrlKey ? 4 : 1)), event);
    }, { passive: false });
    new ResizeObserver(() => this.#place()).observe(view);
  }

  get zoomed() {
    return this.#scale > 1;
  }

  /** Toggles between fit and full size (at least double) around a point. @param {{ clientX: number, clientY: number }} [at] */
  toggle(at) {
    const { width, fit } = this.#sizes();
    this.#to(this.zoomed ? 1 : Math.max(2, width > 0 ? 1 / fit : 0), at);
  }

  fit() {
    this.#to(1);
  }

  /** Moves the picture. @param {number} dx @param {number} dy in pixels */
  pan(dx, dy) {
    this.#x += dx / (this.view.clientWidth || 1);
    this.#y += dy / (this.view.clientHeight || 1);
    this.#place();
    this.#tell();
  }

  /** Shows the same spot as another view. @param {Spot} spot */
  follow({ scale, x, y }) {
    [this.#scale, this.#x, this.#y] = [scale, x, y];
    this.#place();
  }

  #tell() {
    this.wiring.moved?.({ scale: this.#scale, x: this.#x, y: this.#y });
  }

  #sizes() {
    const { naturalWidth: width, naturalHeight: height } = this.picture;
    const [roomX, roomY] = [this.picture.offsetWidth, this.picture.offsetHeight];
    return { width, height, roomX, fit: width > 0 ? Math.min(roomX / width, roomY / height) : 1 };
  }

  /** @param {number} scale @param {Point} [at] where the point at `from` ends up, by default the centre @param {Point} [from] by default `at`, which then stays in place */
  #to(scale, at, from = at) {
    const box = this.view.getBoundingClientRect();
    const shrinks = scale <= this.#scale; // snap to fit only when shrinking: slow fingers grow it in smaller steps
    const next = Math.min(MOST, shrinks && scale < 1.02 ? 1 : scale);
    const share = (/** @type {Point | undefined} */ point) => (point
      ? [(point.clientX - box.left) / (box.width || 1) - 0.5, (point.clientY - box.top) / (box.height || 1) - 0.5]
      : [0, 0]);
    const [[x = 0, y = 0], [fromX = 0, fromY = 0]] = [share(at), share(from)];
    const grown = next / this.#scale;
    [this.#x, this.#y] = next === 1 ? [0, 0] : [x - (fromX - this.#x) * grown, y - (fromY - this.#y) * grown];
    this.#scale = next;
    this.#place();
    this.#tell();
    this.wiring.changed(this.zoomed);
  }

  /** @param {PointerEvent} event of one of two fingers */
  #pinch(event) {
    const [other] = [...this.#fingers.values()].filter(({ pointerId }) => pointerId !== event.pointerId);
    const before = this.#fingers.get(event.pointerId);
    if (!other || !before) return;
    const apart = (/** @type {PointerEvent} */ one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) || 1;
    const middle = (/** @type {PointerEvent} */ one) => ({ clientX: (one.clientX + other.clientX) / 2, clientY: (one.clientY + other.clientY) / 2 });
    // Fingers are reported one by one: the picture must follow each, or it drifts.
    this.#to(this.#scale * (apart(event) / apart(before)), middle(event), middle(before));
  }

  /** Limits panning to the image's edges. */
  #place() {
    const { width, height, roomX, fit } = this.#sizes();
    if (width > 0 && roomX > 0) {
      const [farX, farY] = [width * fit * this.#scale, height * fit * this.#scale];
      const most = (/** @type {number} */ far, /** @type {number} */ room) => Math.max(0, (far - room) / 2) / room;
      const within = (/** @type {number} */ value, /** @type {number} */ limit) => Math.min(limit, Math.max(-limit, value));
      this.#x = within(this.#x, most(farX, this.view.clientWidth));
      this.#y = within(this.#y, most(farY, this.view.clientHeight));
    }
    const [dx, dy] = [this.#x * this.view.clientWidth, this.#y * this.view.clientHeight];
    this.picture.style.transform = this.zoomed ? `translate(${dx}px, ${dy}px) scale(${this.#scale})` : "";
  }
}
