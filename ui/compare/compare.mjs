// Two to four images side by side, with zoom and pan in sync. An image and its source can also be overlaid, with a
// divider between them.

import { aborted, fileUrl, request, sentence, thumbUrl } from "../core/api.mjs";
import { t } from "../core/sentences.mjs";
import { openDialog } from "../dom/dialog.mjs";
import { attr, button, h, icon, put, text } from "../dom/elements.mjs";
import { letter } from "../dom/keyboard.mjs";
import { verbOf } from "../review/keys.mjs";
import { verdictBar } from "../review/verdict-bar.mjs";
import { Zoom } from "../viewer/zoom.mjs";
import { differenceTable, rows } from "./difference-table.mjs";

/** @typedef {import("../page").Image} Image */
/** @typedef {{ verdict: (ids: string[], verdict: import("../types").Verdict) => void, rating: (ids: string[], rating: number) => void,
 *   trash: (ids: string[]) => void, undo: () => void, redo: () => void, help: () => void,
 *   find: (id: string) => Image | undefined, closed: () => void, walk?: (by: number) => Promise<void>, where?: () => string }} Wiring
 *  `find`: an image's current state; `walk`: to another result and its source; `where`: its position among them */
/** @typedef {{ image: Image, element: HTMLElement, title: HTMLElement, zoom: Zoom }} Pane */

export const MOST = 4;
const STEP = 120; // pixels that an arrow key moves zoomed images
const NUDGE = 2; // percent that an arrow key moves the divider

export class Compare {
  /** @type {Image[]} all images it was opened with: deleted ones may come back */
  #images = [];
  /** @type {Pane[]} */
  #panes = [];
  #at = 0;
  #cut = 50;
  /** the first image is the source of the second */
  #related = false;
  /** how an image and its source are shown @type {"slider" | "side"} */
  #way = "slider";
  #walking = false;
  #asked = new AbortController();
  #stage = h("div", { class: "ij-panes" });
  #below = h("div", { class: "ij-compare-below" });
  #who = h("span", { class: "ij-muted" });
  #heading = h("b", { class: "ij-grow" });
  #divider = h("div", {
    class: "ij-divider", role: "slider", tabindex: 0, "aria-label": t("Divider"), "aria-valuemin": 0, "aria-valuemax": 100,
    onkeydown: (/** @type {KeyboardEvent} */ event) => this.#nudge(event), onpointerdown: (/** @type {PointerEvent} */ event) => this.#drag(event),
  }, h("span", null, icon("left"), icon("right")));
  #modes = h(
    "div", { class: "ij-seg", role: "group", "aria-label": t("Comparison mode") },
    h("button", { type: "button", "data-mode": "slider", onclick: () => this.#choose("slider") }, t("Slider")),
    h("button", { type: "button", "data-mode": "side", onclick: () => this.#choose("side") }, t("Side by side")),
  );

  /** @param {HTMLElement} place @param {Wiring} wiring */
  constructor(place, wiring) {
    this.place = place;
    this.wiring = wiring;
    this.verdict = verdictBar((verb) => this.#do(verb));
    this.dialog = h(
      "dialog", {
        class: "ij-compare", "data-ij": "compare", "aria-label": t("Compare images"), onclose: () => this.#closed(),
        onkeydown: (/** @type {KeyboardEvent} */ event) => this.#pressed(event),
      },
      h(
        "div", { class: "ij-stage", tabindex: -1, autofocus: true },
        h(
          "div", { class: "ij-stage-bar" }, button("left", t("Back"), () => this.dialog.close(), { kind: "ij-btn-quiet" }),
          this.#heading,
          wiring.walk && button("left", t("Previous result"), () => void this.#walk(-1), { kind: "ij-btn-quiet", iconOnly: true }),
          wiring.walk && button("right", t("Next result"), () => void this.#walk(1), { kind: "ij-btn-quiet", iconOnly: true }),
          this.#modes,
          button("zoom", t("Zoom"), () => this.#panes[this.#at]?.zoom.toggle(), { kind: "ij-btn-quiet", iconOnly: true }),
          button("undo", t("Undo"), () => this.#undo(), { kind: "ij-btn-quiet", iconOnly: true }),
          button("trash", "Delete", () => this.#do({ act: "trash" }), { kind: "ij-btn-quiet", iconOnly: true }),
        ),
        this.#stage, h("div", { class: "ij-line ij-wrap ij-compare-verdict" }, this.#who, this.verdict.element),
        h("div", { class: "ij-keys", "aria-hidden": "true" }, ...[["← →", wiring.walk ? t("source, result") : t("other image")], ...(wiring.walk ? [["↑ ↓", t("next result")]] : []), ["P", t("keep")], ["X", t("reject")], ["U", t("unflag")], ["1-5", t("rating")], ["Z", t("zoom")], [t("Del"), t("trash")], [t("Ctrl+Z"), t("undo")], ["?", t("all keys")], [t("Esc"), t("back")]]
          .map(([key, does]) => h("span", null, h("kbd", { class: "ij-kbd" }, key), ` ${does}`))),
      ),
      this.#below,
    );
  }

  /** @param {Image[]} images two to four */
  open(images) {
    openDialog(this.place, this.dialog);
    this.#begin(images, false);
  }

  /** @param {Image[]} images a source and its result */
  turn(images) {
    this.#asked.abort();
    this.#panes = [];
    this.#begin(images, true);
  }

  /** @param {Image[]} images @param {boolean} related */
  #begin(images, related) {
    this.#related = related;
    this.#images = images;
    this.#show(images);
    void this.#load();
  }

  /** @param {number} by */
  async #walk(by) {
    if (this.#walking) return;
    this.#walking = true;
    await this.wiring.walk?.(by);
    this.#walking = false;
  }

  /** Shows current verdicts and ratings. Trashed images leave, and come back with undo. */
  update() {
    if (!this.dialog.open) return;
    this.#images = this.#images.map((image) => this.wiring.find(image.id) ?? image);
    const there = this.#images.filter(({ trashed }) => !trashed);
    if (there.length < 2) return this.dialog.close();
    if (there.length !== this.#panes.length || there.some(({ id }, nth) => id !== this.#panes[nth]?.image.id)) {
      this.#asked.abort();
      this.#related = false;
      this.#show(there);
      void this.#load();
      return;
    }
    this.#panes.forEach((pane, nth) => (pane.image = there[nth] ?? pane.image));
    this.#judged();
  }

  #closed() {
    this.#asked.abort();
    this.#panes = [];
    put(this.#stage);
    this.wiring.closed();
  }

  /** @param {Image[]} images */
  #show(images) {
    const before = this.#panes[this.#at]?.image.id;
    const same = images.findIndex(({ id }) => id === before);
    // the last one, or the one that took the place of an image that left
    this.#at = same >= 0 ? same : this.#panes.length > 0 ? Math.min(this.#at, images.length - 1) : images.length - 1;
    this.#panes = images.map((image, nth) => this.#pane(image, nth));
    attr(this.#stage, "data-count", images.length);
    text(this.#heading, this.wiring.where?.() ?? t("Compare"));
    put(this.#stage, ...this.#panes.map(({ element }) => element), this.#divider);
    this.#mode(this.#related ? this.#way : "side");
    this.#focus(this.#at);
  }

  /** @param {Image} image @param {number} nth @returns {Pane} */
  #pane(image, nth) {
    const picture = h("img", { src: fileUrl(image), alt: this.#name(nth), draggable: "false" });
    picture.style.backgroundImage = `url("${thumbUrl(image)}")`;
    picture.addEventListener("load", () => (picture.style.backgroundImage = "")); // the image may be transparent
    const view = h("div", { class: "ij-pane-view" }, picture);
    const title = h("span", { class: "ij-pane-title" });
    const element = h("div", { class: "ij-pane", "data-id": image.id, onpointerdown: () => this.#focus(nth) }, view, title);
    const zoom = new Zoom(view, picture, {
      changed: (on) => this.dialog.classList.toggle("ij-zoomed", on), step: (by) => this.#focus(this.#at + by),
      moved: (spot) => this.#panes.forEach((other) => other.zoom !== zoom && other.zoom.follow(spot)),
    });
    picture.addEventListener("error", () => put(view, icon("warn", "ij-warn"), h("span", null, t("The image cannot be shown"))));
    return { image, element, title, zoom };
  }

  /** @param {number} nth */
  #name(nth) {
    if (this.#related) return nth === 0 ? t("Source") : t("Result");
    return t("Image {nth}", { nth: nth + 1 });
  }

  /** @param {number} nth */
  #focus(nth) {
    this.#at = Math.min(this.#panes.length - 1, Math.max(0, nth));
    this.#panes.forEach(({ element }, place) => attr(element, "aria-current", place === this.#at ? "true" : null));
    this.#judged();
  }

  /** Updates the verdicts shown on and below the images. */
  #judged() {
    const now = this.#panes[this.#at];
    if (!now) return;
    text(this.#who, this.#name(this.#at));
    this.verdict.show(now.image);
    this.#panes.forEach(({ image, title }, nth) => text(title, `${this.#name(nth)}, ${image.width} × ${image.height}${{ kept: t(", kept"), rejected: t(", rejected"), unreviewed: "" }[image.verdict]}${image.rating ? t(", {rating} of 5", { rating: image.rating }) : ""}`));
  }

  async #load() {
    const { signal } = (this.#asked = new AbortController());
    put(this.#below, h("p", { class: "ij-muted" }, t("Reading the settings…")));
    try {
      /** @type {import("../types").ImageInfo[]} */
      let infos = await Promise.all(this.#panes.map(({ image }) => request("GET", `images/${encodeURIComponent(image.id)}/info`, { signal })));
      const made = infos.length === 2 ? infos.findIndex((info, nth) => info.lineage.sources[0]?.image.id === infos[1 - nth]?.image.id) : -1;
      if (made >= 0 && !(this.#related && made === 1)) {
        if (made === 0) infos = infos.reverse();
        this.#related = true;
        this.#panes = []; // start at the result
        this.#images = infos.map(({ image }) => this.wiring.find(image.id) ?? image);
        this.#show(this.#images);
      }
      put(this.#below, ...differenceTable(rows(infos.map(({ recipe }) => recipe)), infos.map((_, nth) => this.#name(nth))));
    } catch (error) {
      if (!aborted(error)) put(this.#below, h("p", { class: "ij-note" }, icon("bad", "ij-bad"), sentence(error)));
    }
  }

  /** @param {"slider" | "side"} mode */
  #choose(mode) {
    this.#way = mode;
    this.#mode(mode);
  }

  /** @param {"slider" | "side"} mode */
  #mode(mode) {
    this.#modes.hidden = !this.#related;
    for (const pick of this.#modes.children) attr(pick, "aria-pressed", String(pick.getAttribute("data-mode") === mode));
    attr(this.#stage, "data-mode", mode);
    this.#divider.hidden = mode === "side";
    this.#divide(this.#cut);
  }

  /** @param {number} percent the divider's position from the left */
  #divide(percent) {
    this.#cut = Math.min(100, Math.max(0, percent));
    this.#stage.style.setProperty("--ij-cut", `${this.#cut}%`);
    attr(this.#divider, "aria-valuenow", Math.round(this.#cut));
    attr(this.#divider, "aria-valuetext", t("{round}% source", { round: Math.round(this.#cut) }));
  }

  /** @param {KeyboardEvent} event */
  #nudge(event) {
    const far = NUDGE * (event.shiftKey ? 5 : 1);
    const to = { ArrowLeft: this.#cut - far, ArrowRight: this.#cut + far, ArrowDown: this.#cut - far, ArrowUp: this.#cut + far, Home: 0, End: 100 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.#divide(to);
  }

  /** @param {PointerEvent} event */
  #drag(event) {
    this.#divider.setPointerCapture(event.pointerId);
    const move = (/** @type {PointerEvent} */ { clientX }) => {
      const box = this.#stage.getBoundingClientRect();
      this.#divide(((clientX - box.left) / (box.width || 1)) * 100);
    };
    this.#divider.addEventListener("pointermove", move);
    const done = () => this.#divider.removeEventListener("pointermove", move);
    for (const end of ["pointerup", "pointercancel"]) this.#divider.addEventListener(end, done, { once: true });
  }

  /** @param {import("../review/keys.mjs").Verb} verb */
  #do(verb) {
    const id = this.#panes[this.#at]?.image.id ?? "";
    if ("act" in verb) {
      if (verb.act === "undo") this.#undo();
      else if (verb.act === "redo") this.wiring.redo();
      else if (verb.act === "trash") this.wiring.trash([id]);
      else if (verb.act === "help") this.wiring.help();
    } else if ("verdict" in verb) this.wiring.verdict([id], verb.verdict);
    else this.wiring.rating([id], verb.rating);
    this.update();
  }

  #undo() {
    this.wiring.undo();
    this.update();
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const verb = verbOf(event);
    const { zoom } = this.#panes[this.#at] ?? {};
    const move = { ArrowLeft: [STEP, 0], ArrowRight: [-STEP, 0], ArrowUp: [0, STEP], ArrowDown: [0, -STEP] }[event.key];
    if (verb && "act" in verb && verb.act === "compare") this.dialog.close();
    else if (verb) {
      // holding a key down must not delete one image after another
      if (!event.repeat || ("act" in verb && (verb.act === "undo" || verb.act === "redo"))) this.#do(verb);
    } else if (event.ctrlKey || event.altKey || event.metaKey) return;
    else if (letter(event) === "z") zoom?.toggle();
    else if (zoom?.zoomed && move) zoom.pan(move[0] ?? 0, move[1] ?? 0);
    else if (this.wiring.walk && (event.key === "ArrowUp" || event.key === "ArrowDown")) void this.#walk(event.key === "ArrowUp" ? -1 : 1);
    else if (event.key === "ArrowLeft" || event.key === "ArrowRight") this.#focus(this.#at + (event.key === "ArrowLeft" ? -1 : 1));
    else return;
    event.preventDefault();
  }
}
