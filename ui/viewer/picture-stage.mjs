// One image of several, large: with zoom and pan, and buttons for the next and previous one.

import { fileUrl, thumbUrl } from "../core/api.mjs";
import { thousands } from "../core/format.mjs";
import { t } from "../core/sentences.mjs";
import { openDialog } from "../dom/dialog.mjs";
import { attr, h, icon, text } from "../dom/elements.mjs";
import { letter } from "../dom/keyboard.mjs";
import { Zoom } from "./zoom.mjs";

/** @typedef {import("../page").Image} Image */
/** @typedef {{ title: (image: Image) => string, shown: (image: Image) => void }} Wiring `shown`: called when another one is shown */

const STEP = 120; // pixels that an arrow key moves a zoomed image

export class PictureStage {
  /** @type {Image[]} */
  all = [];
  at = 0;
  #count = h("b");
  #title = h("span", { class: "ij-muted ij-wide" });
  #picture = h("img", { draggable: "false" });
  #previous = this.#way(-1, t("Previous image"), "prev");
  #next = this.#way(1, t("Next image"), "next");
  heading = h("span", { class: "ij-grow ij-stage-title" }, this.#count, " ", this.#title);

  /** @param {HTMLDialogElement} dialog the containing dialog @param {Wiring} wiring */
  constructor(dialog, wiring) {
    this.dialog = dialog;
    this.wiring = wiring;
    const view = h("div", { class: "ij-stage-view" }, this.#picture);
    this.zoom = new Zoom(view, this.#picture, { changed: (on) => dialog.classList.toggle("ij-zoomed", on), step: (by) => this.step(by) });
    this.frame = h("div", { class: "ij-stage-frame" }, view, this.#previous, this.#next);
  }

  /** @param {number} by @param {string} label @param {string} side */
  #way(by, label, side) {
    return h("button", { type: "button", class: `ij-step ij-step-${side}`, "aria-label": label, title: label, onclick: () => this.step(by) }, icon(by < 0 ? "left" : "right"));
  }

  /** @returns {Image | undefined} the current one */
  get image() {
    return this.all[this.at];
  }

  /** @param {string} id @returns {number} its place, or -1 */
  find(id) {
    return this.all.findIndex((image) => image.id === id);
  }

  /** @param {HTMLElement} place @param {Image[]} images @param {string} id the first to show @param {boolean} zoomed */
  open(place, images, id, zoomed) {
    this.all = images;
    this.at = Math.max(0, this.find(id));
    openDialog(place, this.dialog);
    this.show();
    if (zoomed) this.#picture.addEventListener("load", () => this.zoom.toggle(), { once: true });
  }

  /** @param {number} by stops at the first and last image */
  step(by) {
    const to = Math.min(this.all.length - 1, Math.max(0, this.at + by));
    if (to === this.at) return;
    this.at = to;
    this.show();
  }

  show() {
    const { image } = this;
    if (!image) return;
    this.#picture.style.backgroundImage = `url("${thumbUrl(image)}")`;
    this.#picture.src = fileUrl(image);
    this.tell();
    this.wiring.shown(image);
  }

  /** Updates the position. */
  tell() {
    const { image, at, all } = this;
    const words = t("{at} of {all}", { at: thousands(at + 1), all: thousands(all.length) });
    text(this.#count, words);
    text(this.#title, image ? this.wiring.title(image) : "");
    attr(this.#picture, "alt", t("Image {words}", { words }));
    attr(this.dialog, "aria-label", t("Image {words}", { words }));
    attr(this.dialog, "data-id", image?.id);
    attr(this.#previous, "aria-disabled", at === 0 ? "true" : null);
    attr(this.#next, "aria-disabled", at === all.length - 1 ? "true" : null);
  }

  /** @param {KeyboardEvent} event without modifiers @returns {boolean} whether it was handled */
  press(event) {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    const move = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] }[event.key];
    if (this.zoom.zoomed && move) this.zoom.pan(move[0] ?? 0, move[1] ?? 0);
    else if (step !== undefined) this.step(step);
    else if (letter(event) === "z") this.zoom.toggle();
    else return false;
    event.preventDefault();
    return true;
  }
}
