// One image, large, only to be looked at: where there is nothing to judge, as in the trash.

import { fileUrl, thumbUrl } from "../api.mjs";
import { attr, button, h, icon, put, text } from "../dom.mjs";
import { letter } from "../keys.mjs";
import { openDialog } from "../parts.mjs";
import { Zoom } from "../zoom.mjs";

/** @typedef {import("../types").Image} Image */
/** @typedef {{ images: () => Image[], title: (image: Image) => string, closed: (id: string) => void }} Wiring */

const STEP = 120; // pixels that an arrow key moves a zoomed image

export class Look {
  /** @type {Image[]} */
  #images = [];
  #at = 0;
  #count = h("b");
  #title = h("span", { class: "ij-muted ij-wide" });
  #picture = h("img", { draggable: "false" });
  #view = h("div", { class: "ij-stage-view" }, this.#picture);

  /** @param {HTMLElement} place @param {Wiring} wiring */
  constructor(place, wiring) {
    this.place = place;
    this.wiring = wiring;
    const step = (/** @type {number} */ by, /** @type {string} */ label, /** @type {string} */ side) =>
      h("button", { type: "button", class: `ij-step ij-step-${side}`, "aria-label": label, title: label, onclick: () => this.#step(by) }, icon(by < 0 ? "left" : "right"));
    this.zoom = new Zoom(this.#view, this.#picture, { changed: (on) => this.dialog.classList.toggle("ij-zoomed", on), step: (by) => this.#step(by) });
    this.stage = h("div", { class: "ij-stage dark", tabindex: -1, autofocus: true });
    put(
      this.stage,
      h(
        "div", { class: "ij-stage-bar" },
        button("left", "Back", () => this.dialog.close(), { kind: "ij-btn-quiet" }),
        h("span", { class: "ij-grow ij-stage-title" }, this.#count, " ", this.#title),
        button("zoom", "Zoom", () => this.zoom.toggle(), { kind: "ij-btn-quiet", iconOnly: true }),
      ),
      h("div", { class: "ij-stage-frame" }, this.#view, step(-1, "Previous image", "prev"), step(1, "Next image", "next")),
    );
    this.dialog = h(
      "dialog", { class: "ij-viewer ij-look", "data-ij": "look", onkeydown: (/** @type {KeyboardEvent} */ event) => this.#pressed(event), onclose: () => this.#closed() },
      this.stage,
    );
  }

  /** @param {string} id @param {boolean} [zoomed] */
  open(id, zoomed = false) {
    this.#images = this.wiring.images();
    this.#at = Math.max(0, this.#images.findIndex((image) => image.id === id));
    openDialog(this.place, this.dialog);
    this.#show();
    if (zoomed) this.#picture.addEventListener("load", () => this.zoom.toggle(), { once: true });
  }

  #closed() {
    this.zoom.fit();
    const image = this.#images[this.#at];
    if (image) this.wiring.closed(image.id);
  }

  /** @param {number} by */
  #step(by) {
    const to = Math.min(this.#images.length - 1, Math.max(0, this.#at + by));
    if (to === this.#at) return;
    this.#at = to;
    this.#show();
  }

  #show() {
    const image = this.#images[this.#at];
    if (!image) return;
    const words = `Image ${this.#at + 1} of ${this.#images.length}`;
    this.#picture.style.backgroundImage = `url("${thumbUrl(image)}")`;
    this.#picture.src = fileUrl(image);
    attr(this.#picture, "alt", words);
    attr(this.dialog, "aria-label", words);
    attr(this.dialog, "data-id", image.id);
    text(this.#count, `${this.#at + 1} of ${this.#images.length}`);
    text(this.#title, this.wiring.title(image));
    for (const [name, off] of /** @type {[string, boolean][]} */ ([["prev", this.#at === 0], ["next", this.#at === this.#images.length - 1]])) {
      attr(/** @type {Element} */ (this.stage.querySelector(`.ij-step-${name}`)), "aria-disabled", off ? "true" : null);
    }
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    const move = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] }[event.key];
    if (this.zoom.zoomed && move) this.zoom.pan(move[0] ?? 0, move[1] ?? 0);
    else if (step !== undefined) this.#step(step);
    else if (letter(event) === "z") this.zoom.toggle();
    else if (event.key === " " && event.target === this.stage) this.dialog.close();
    else return;
    event.preventDefault();
  }
}
