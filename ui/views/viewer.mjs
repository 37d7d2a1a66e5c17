// One image, large, with its recipe. The stage is dark in both themes, as the WebUI's own lightbox is.

import { aborted, fileUrl, request, sentence, thumbUrl } from "../api.mjs";
import { attr, button, h, icon, put, sync, text } from "../dom.mjs";
import { size } from "../format.mjs";
import { lineageParts } from "../lineage.mjs";
import { openDialog } from "../parts.mjs";

/** @typedef {import("../types").Image} Image */
/** @typedef {{ images: () => Image[], title: () => string, closed: (id: string) => void,
 *   walk: (relative: import("../types").Relative) => void }} Wiring */

const FILM = 7; // to each side
const SWIPE = 50;
const INFO_MS = 120; // while the arrow key is held down, no recipe is asked for

export class Viewer {
  /** @type {Image[]} */
  #images = [];
  #at = 0;
  #asked = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #count = h("b");
  #title = h("span", { class: "ij-muted ij-wide" });
  #picture = h("img", { draggable: "false", onclick: (/** @type {MouseEvent} */ event) => this.#zoom(event) });
  #view = h("div", { class: "ij-stage-view" }, this.#picture);
  #film = h("div", { class: "ij-film", role: "group", "aria-label": "Filmstrip" });
  #panel = h("div", { class: "ij-panel-body" });
  #copy = button("copy", "Copy infotext", () => void this.#copyInfotext(), { kind: "ij-btn-quiet" });
  #infotext = "";

  /** @param {HTMLElement} place @param {Wiring} wiring */
  constructor(place, wiring) {
    this.place = place;
    this.wiring = wiring;
    this.dialog = h("dialog", { class: "ij-viewer", "data-ij": "viewer", onkeydown: (/** @type {KeyboardEvent} */ event) => this.#pressed(event), onclose: () => this.#closed() });
    const step = (/** @type {number} */ by, /** @type {string} */ label, /** @type {string} */ side) =>
      h("button", { type: "button", class: `ij-step ij-step-${side}`, "aria-label": label, title: label, onclick: () => this.#step(by) }, icon(by < 0 ? "left" : "right"));
    const bar = h(
      "div", { class: "ij-stage-bar" },
      button("left", "Grid", () => this.dialog.close(), { kind: "ij-btn-quiet" }),
      h("span", { class: "ij-grow ij-stage-title" }, this.#count, " ", this.#title),
      button("zoom", "Zoom", (event) => this.#zoom(event), { kind: "ij-btn-quiet", iconOnly: true }),
    );
    const keys = [["← →", "previous, next"], ["Z", "zoom"], ["Esc", "back to the grid"]].map(([key, does]) =>
      h("span", null, h("kbd", { class: "ij-kbd" }, key), ` ${does}`));
    this.stage = h(
      "div", { class: "ij-stage dark", tabindex: -1, autofocus: true }, bar,
      h("div", { class: "ij-stage-frame" }, this.#view, step(-1, "Previous image", "prev"), step(1, "Next image", "next")),
      this.#film, h("div", { class: "ij-keys", "aria-hidden": "true" }, ...keys),
    );
    put(this.dialog, this.stage, h(
      "aside", { class: "ij-panel", "aria-label": "Recipe" },
      h("div", { class: "ij-line" }, h("b", { class: "ij-grow ij-panel-title" }, "Recipe"), this.#copy), this.#panel,
    ));
    this.#swipes();
  }

  /** @param {string} id */
  open(id) {
    this.#images = this.wiring.images();
    this.#at = Math.max(0, this.#images.findIndex((image) => image.id === id));
    openDialog(this.place, this.dialog);
    this.#show();
  }

  /** The job's images changed: keep the one that is shown. */
  update() {
    if (!this.dialog.open) return;
    const id = this.#images[this.#at]?.id;
    this.#images = this.wiring.images();
    if (this.#images.length === 0) return this.dialog.close();
    const found = this.#images.findIndex((image) => image.id === id);
    this.#at = found >= 0 ? found : Math.min(this.#at, this.#images.length - 1);
    if (found < 0) this.#show();
    else this.#around();
  }

  #closed() {
    this.#asked.abort();
    clearTimeout(this.#timer);
    this.#fit();
    const id = this.#images[this.#at]?.id;
    if (id) this.wiring.closed(id);
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
    this.#fit();
    this.#picture.style.backgroundImage = `url("${thumbUrl(image)}")`;
    this.#picture.src = fileUrl(image);
    this.#around();
    clearTimeout(this.#timer);
    this.#asked.abort();
    this.#timer = setTimeout(() => void this.#load(image), INFO_MS);
    const next = this.#images[this.#at + 1];
    if (next) new Image().src = fileUrl(next);
  }

  /** What stands around the picture: the count, the filmstrip, the steps. */
  #around() {
    const total = this.#images.length;
    text(this.#count, `${this.#at + 1} of ${total}`);
    text(this.#title, this.wiring.title());
    attr(this.dialog, "aria-label", `Image ${this.#at + 1} of ${total}`);
    attr(this.dialog, "data-id", this.#images[this.#at]?.id);
    attr(this.#picture, "alt", `Image ${this.#at + 1} of ${total}`);
    for (const [name, off] of /** @type {[string, boolean][]} */ ([["prev", this.#at === 0], ["next", this.#at === total - 1]])) {
      attr(/** @type {Element} */ (this.dialog.querySelector(`.ij-step-${name}`)), "aria-disabled", off ? "true" : null);
    }
    const first = Math.max(0, Math.min(this.#at - FILM, total - 2 * FILM - 1));
    const window = this.#images.slice(first, first + 2 * FILM + 1);
    sync(this.#film, [window.map((image) => image.id + image.version), this.#at], () =>
      window.map((image, nth) => this.#frame(image, first + nth)));
    this.#film.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }

  /** @param {Image} image @param {number} place */
  #frame(image, place) {
    const go = () => this.#step(place - this.#at);
    return h(
      "button",
      { type: "button", "aria-label": `Image ${place + 1}`, "aria-current": place === this.#at ? "true" : null, onclick: go },
      h("img", { src: thumbUrl(image), alt: "", decoding: "async" }),
    );
  }

  /** @param {Image} image */
  async #load(image) {
    const { signal } = (this.#asked = new AbortController());
    try {
      /** @type {import("../types").ImageInfo} */
      const info = await request("GET", `images/${encodeURIComponent(image.id)}/info`, { signal });
      this.#infotext = info.infotext;
      attr(this.#copy, "aria-disabled", info.infotext ? null : "true");
      put(this.#panel, ...recipe(info), ...lineageParts(info.lineage, this.wiring.walk));
    } catch (error) {
      if (aborted(error)) return;
      this.#infotext = "";
      put(this.#panel, h("p", { class: "ij-note" }, icon("bad", "ij-bad"), sentence(error)));
    }
  }

  #fit() {
    this.dialog.classList.remove("ij-zoomed");
    this.#picture.style.width = "";
  }

  async #copyInfotext() {
    if (!this.#infotext) return;
    const label = /** @type {Element} */ (this.#copy.querySelector("span"));
    text(label, (await copyText(this.#infotext, this.dialog)) ? "Copied" : "Could not copy");
    setTimeout(() => text(label, "Copy infotext"), 2000);
  }

  /** Full size or double, around the point that was clicked; or back. @param {MouseEvent | KeyboardEvent} event */
  #zoom(event) {
    const picture = this.#picture;
    const box = picture.getBoundingClientRect();
    const { naturalWidth: width, naturalHeight: height } = picture;
    const fit = Math.min(box.width / width, box.height / height); // it is scaled to fit, with room at two sides
    const at = (/** @type {number} */ from, /** @type {number} */ room, /** @type {number} */ length) =>
      Math.min(1, Math.max(0, (from - (room - length * fit) / 2) / (length * fit)));
    const inside = event instanceof MouseEvent && event.target === picture;
    const x = inside ? at(event.clientX - box.left, box.width, width) : 0.5;
    const y = inside ? at(event.clientY - box.top, box.height, height) : 0.5;
    const zoomed = this.dialog.classList.toggle("ij-zoomed");
    picture.style.width = zoomed && width ? `${Math.max(width, Math.round(2 * fit * width))}px` : "";
    if (!zoomed) return;
    this.#view.scrollTo(
      x * this.#picture.offsetWidth - this.#view.clientWidth / 2,
      y * this.#picture.offsetHeight - this.#view.clientHeight / 2,
    );
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const zoomed = this.dialog.classList.contains("ij-zoomed");
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (step !== undefined && !zoomed) this.#step(step);
    else if (event.key === "z" || event.key === "Z") this.#zoom(event);
    else if (event.key === " " && event.target === this.stage) this.dialog.close();
    else if (zoomed && event.key.startsWith("Arrow")) this.#pan(event.key);
    else return;
    event.preventDefault();
  }

  /** @param {string} key */
  #pan(key) {
    const [x, y] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key] ?? [0, 0];
    this.#view.scrollBy({ left: x * 120, top: y * 120 });
  }

  #swipes() {
    /** @type {{ x: number, y: number } | null} */
    let from = null;
    this.#view.addEventListener("touchstart", ({ touches }) => {
      const touch = touches.length === 1 ? touches[0] : undefined;
      from = touch && !this.dialog.classList.contains("ij-zoomed") ? { x: touch.clientX, y: touch.clientY } : null;
    }, { passive: true });
    this.#view.addEventListener("touchend", ({ changedTouches }) => {
      const touch = changedTouches[0];
      if (!from || !touch) return;
      const [dx, dy] = [touch.clientX - from.x, touch.clientY - from.y];
      if (Math.abs(dx) > SWIPE && Math.abs(dx) > 2 * Math.abs(dy)) this.#step(dx < 0 ? 1 : -1);
      from = null;
    }, { passive: true });
  }
}

/** The prompts stand by themselves, all else in a table. @param {import("../types").ImageInfo} info */
function recipe(info) {
  const long = info.recipe.filter(([name]) => name === "Prompt" || name === "Negative prompt");
  const rows = info.recipe.filter((pair) => !long.includes(pair));
  const name = info.image.path.split(/[\\/]/).pop() ?? info.image.path;
  rows.push(["File", info.missing ? `${name} is not there any more` : `${name}, ${size(info.bytes)}`]);
  for (const { message } of info.image.findings) rows.push(["Finding", message]);
  return [
    ...long.map(([title, words]) => h("div", null, h("h3", null, title), h("p", { class: "ij-prompt" }, words || "none"))),
    h("dl", { class: "ij-recipe" }, ...rows.flatMap(([title, value]) => [h("dt", null, title), h("dd", null, value)])),
  ];
}

/** The clipboard is there only on https and on this very machine; the old way works everywhere.
 * @param {string} words @param {HTMLElement} place */
async function copyText(words, place) {
  try {
    await navigator.clipboard.writeText(words);
    return true;
  } catch {
    const box = h("textarea", { class: "ij-sr" });
    box.value = words;
    const before = document.activeElement;
    place.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    if (before instanceof HTMLElement) before.focus();
    return done;
  }
}
