// A viewer without review, as for the trash.

import { t } from "../core/sentences.mjs";
import { button, h, put } from "../dom/elements.mjs";
import { PictureStage } from "./picture-stage.mjs";

/** @typedef {import("../page").Image} Image */
/** @typedef {{ images: () => Image[], title: (image: Image) => string, closed: (id: string) => void }} Wiring */

export class PlainViewer {
  /** @param {HTMLElement} place @param {Wiring} wiring */
  constructor(place, wiring) {
    this.place = place;
    this.wiring = wiring;
    this.dialog = h("dialog", { class: "ij-viewer ij-look", "data-ij": "look", onkeydown: (/** @type {KeyboardEvent} */ event) => this.#pressed(event), onclose: () => this.#closed() });
    this.pictures = new PictureStage(this.dialog, { title: wiring.title, shown: () => {} });
    this.stage = h(
      "div", { class: "ij-stage", tabindex: -1, autofocus: true },
      h(
        "div", { class: "ij-stage-bar" },
        button("left", t("Back"), () => this.dialog.close(), { kind: "ij-btn-quiet" }),
        this.pictures.heading,
        button("zoom", t("Zoom"), () => this.pictures.zoom.toggle(), { kind: "ij-btn-quiet", iconOnly: true }),
      ),
      this.pictures.frame,
    );
    put(this.dialog, this.stage);
  }

  /** @param {string} id @param {boolean} [zoomed] */
  open(id, zoomed = false) {
    this.pictures.open(this.place, this.wiring.images(), id, zoomed);
  }

  #closed() {
    this.pictures.zoom.fit();
    const { image } = this.pictures;
    if (image) this.wiring.closed(image.id);
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || this.pictures.press(event)) return;
    if (event.key !== " " || event.target !== this.stage) return;
    this.dialog.close();
    event.preventDefault();
  }
}
