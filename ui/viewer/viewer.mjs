// One image, large, with its parameters. The stage is dark in every theme, like the WebUI's lightbox.

import { aborted, fileUrl, request, sentence, thumbUrl } from "../core/api.mjs";
import { size, thousands } from "../core/format.mjs";
import { t } from "../core/sentences.mjs";
import { copyText } from "../dom/copy-text.mjs";
import { attr, button, h, icon, put, sync, text } from "../dom/elements.mjs";
import { menu } from "../dom/menu.mjs";
import { marks } from "../grid/cell.mjs";
import { count } from "../grid/filters.mjs";
import { PLACES, send, there } from "../host/send-to-tab.mjs";
import { hosted } from "../host/webui-page.mjs";
import { verdictBar } from "../review/verdict-bar.mjs";
import { lineageParts } from "./lineage.mjs";
import { PictureStage } from "./picture-stage.mjs";

/** @typedef {import("../page").Image} Image */
/** @typedef {{ images: (also: Set<string>) => Image[], title: (image: Image) => string, closed: (id: string) => void,
 *   acts: (image: Image) => import("../dom/menu.mjs").Choice[], walk: (relative: import("../types").Relative) => void, review: import("../review/review-commands.mjs").ReviewCommands, compare: boolean }} Wiring
 *  `acts`: actions for an image; `compare`: whether images can be compared */

const FILM = 7; // to each side
const INFO_MS = 120; // parameters are not requested while an arrow key is held down

export class Viewer {
  /** @type {Set<string>} images once in the filmstrip stay there, whatever the filter says */
  #seen = new Set();
  #asked = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {HTMLImageElement[]} referenced so that the browser keeps them loaded */
  #near = [];
  #left = h("span", { class: "ij-muted ij-wide" });
  #advance = h("input", { type: "checkbox", "aria-label": t("Auto-advance"), onchange: () => this.#setAdvance() });
  #film = h("div", { class: "ij-film", role: "group", "aria-label": t("Filmstrip") });
  #panel = h("div", { class: "ij-panel-body" });
  #findings = h("div", { class: "ij-panel-findings", role: "status", "aria-label": t("Findings") });
  #copy = button("copy", t("Copy infotext"), () => void this.#copyInfotext(), { kind: "ij-btn-quiet" });
  #infotext = "";
  /** @type {import("../types").ImageInfo | null} */
  #info = null;
  /** @type {import("../review/review-commands.mjs").Seat} */
  seat = {
    ids: () => (this.pictures.image ? [this.pictures.image.id] : []),
    shown: () => this.pictures.all.map(({ id }) => id),
    go: ([id]) => this.pictures.step(this.pictures.find(id ?? "") - this.pictures.at),
  };

  /** @param {HTMLElement} place @param {Wiring} wiring */
  constructor(place, wiring) {
    this.place = place;
    this.wiring = wiring;
    this.dialog = h("dialog", { class: "ij-viewer", "data-ij": "viewer", onkeydown: (/** @type {KeyboardEvent} */ event) => this.press(event), onclose: () => this.#closed() });
    this.pictures = new PictureStage(this.dialog, { title: wiring.title, shown: (image) => this.#shown(image) });
    this.verdict = verdictBar((verb) => wiring.review.do(verb, this.seat));
    this.stage = h(
      "div", { class: "ij-stage", tabindex: -1, autofocus: true }, this.#bar(),
      this.pictures.frame, this.verdict.element, this.#film, h("div", { class: "ij-keys", "aria-hidden": "true" }, ...keyLine(wiring.compare)),
    );
    put(this.dialog, this.stage, h(
      "aside", { class: "ij-panel", "aria-label": t("Parameters") },
      h("div", { class: "ij-line" }, h("b", { class: "ij-grow ij-panel-title" }, t("Parameters")), this.#copy, menu(t("More actions for this image"), () => this.#more())), this.#findings, this.#panel,
    ));
  }

  #bar() {
    const act = (/** @type {string} */ sign, /** @type {string} */ label, /** @type {import("../review/keys.mjs").Verb} */ verb) =>
      button(sign, label, () => this.wiring.review.do(verb, this.seat), { kind: "ij-btn-quiet", iconOnly: true });
    return h(
      "div", { class: "ij-stage-bar" },
      button("left", t("Grid"), () => this.dialog.close(), { kind: "ij-btn-quiet" }),
      this.pictures.heading,
      this.#left,
      h("label", { class: "ij-check", title: t("Go to the next image after a verdict") }, this.#advance, h("span", { class: "ij-wide" }, t("Auto-advance")), h("span", { class: "ij-narrow" }, t("Auto"))),
      button("zoom", t("Zoom"), () => this.pictures.zoom.toggle(), { kind: "ij-btn-quiet", iconOnly: true }),
      this.wiring.compare && act("compare", t("Compare"), { act: "compare" }),
      act("undo", t("Undo"), { act: "undo" }),
      act("trash", "Delete", { act: "trash" }),
    );
  }

  /** @param {string} id @param {boolean} [zoomed] */
  open(id, zoomed = false) {
    this.#seen.clear();
    this.showAdvance();
    this.pictures.open(this.place, this.#images(), id, zoomed);
  }

  /** Shows the current setting. */
  showAdvance() {
    this.#advance.checked = this.wiring.review.advance;
  }

  /** Goes to one of these, if visible. @param {string[]} ids */
  go(ids) {
    const at = this.pictures.all.findIndex(({ id }) => ids.includes(id));
    if (!this.dialog.open || at < 0) return;
    this.pictures.step(at - this.pictures.at);
    this.stage.focus(); // the toast's button is gone
  }

  /** The job's images changed: stay on the current one. */
  update() {
    if (!this.dialog.open) return;
    const { pictures } = this;
    const found = this.#images();
    const id = pictures.image?.id;
    pictures.all = found;
    if (found.length === 0) return this.dialog.close();
    const at = pictures.find(id ?? "");
    pictures.at = at >= 0 ? at : Math.min(pictures.at, found.length - 1);
    if (at < 0) return pictures.show();
    pictures.tell();
    this.#around();
  }

  #images() {
    const images = this.wiring.images(this.#seen);
    for (const { id } of images) this.#seen.add(id);
    return images;
  }

  #setAdvance() {
    this.wiring.review.advance = this.#advance.checked;
    this.stage.focus(); // so that Space returns to the grid
  }

  #closed() {
    this.#asked.abort();
    clearTimeout(this.#timer);
    this.#near = [];
    this.pictures.zoom.fit();
    const { image } = this.pictures;
    if (image) this.wiring.closed(image.id);
  }

  /** @param {Image} image */
  #shown(image) {
    this.#around();
    clearTimeout(this.#timer);
    this.#asked.abort();
    this.#timer = setTimeout(() => void this.#load(image), INFO_MS);
    const { all, at } = this.pictures;
    const near = [all[at + 1], all[at - 1]].flatMap((other) => (other ? [fileUrl(other)] : []));
    this.#near = near.map((src) => this.#near.find((known) => known.src === src) ?? Object.assign(new Image(), { src }));
  }

  /** Updates everything around the picture: verdict, findings, filmstrip. */
  #around() {
    const { all, at, image: shown } = this.pictures;
    if (shown) this.verdict.show(shown);
    const found = shown?.findings.map(({ message }) => message) ?? [];
    sync(this.#findings, found, () => found.map((message) => h("p", { class: "ij-note" }, icon("warn", "ij-warn"), message)));
    attr(this.dialog, "data-verdict", shown?.verdict);
    text(this.#left, t("{unreviewed} unreviewed", { unreviewed: thousands(count(all).unreviewed) }));
    const first = Math.max(0, Math.min(at - FILM, all.length - 2 * FILM - 1));
    const window = all.slice(first, first + 2 * FILM + 1);
    sync(this.#film, [window.map(({ id, version, verdict }) => id + version + verdict), at], () =>
      window.map((image, nth) => this.#frame(image, first + nth)));
    this.#film.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
  }

  /** @param {Image} image @param {number} place */
  #frame(image, place) {
    const { pictures } = this;
    const go = () => pictures.step(place - pictures.at);
    return h(
      "button",
      { type: "button", "aria-label": t("Image {place}", { place: place + 1 }), "aria-current": place === pictures.at ? "true" : null, onclick: go },
      h("img", { src: thumbUrl(image), alt: "", decoding: "async" }),
      image.verdict !== "unreviewed" && marks(image)[0],
    );
  }

  /** @param {Image} image */
  async #load(image) {
    const { signal } = (this.#asked = new AbortController());
    try {
      /** @type {import("../types").ImageInfo} */
      const info = await request("GET", `images/${encodeURIComponent(image.id)}/info`, { signal });
      this.#info = info;
      this.#infotext = info.infotext;
      attr(this.#copy, "aria-disabled", info.infotext ? null : "true");
      put(this.#panel, ...parameters(info), ...lineageParts(info.lineage, this.wiring.walk));
    } catch (error) {
      if (aborted(error)) return;
      this.#infotext = "";
      put(this.#panel, h("p", { class: "ij-note" }, icon("bad", "ij-bad"), sentence(error)));
    }
  }

  #more() {
    const { image } = this.pictures;
    return image ? [...this.wiring.acts(image), ...(hosted() ? this.#sends(image) : [])] : [];
  }

  /** The WebUI tabs that the image can be sent to. @param {Image} image */
  #sends(image) {
    if (!this.#info || this.#info.image.id !== image.id) return [];
    const { infotext, missing, recipe, prompts } = this.#info;
    const told = recipe.slice(0, prompts).map(([, words]) => words);
    if (told.length === 1 && !infotext.startsWith(told[0] ?? "")) told.unshift(""); // it has a negative prompt only
    const settings = { infotext, prompt: told[0] ?? "", negative: told[1] ?? "" };
    const name = this.#info.image.path.split(/[\\/]/).pop() ?? "image.png";
    return PLACES.filter((place) => there(place) && (place.image ? !missing : infotext)).map((place) => ({
      sign: "send", label: t("Send to {label}", { label: place.label }), run: () => void this.#send(place, settings, fileUrl(image), name),
    }));
  }

  /** @param {Parameters<typeof send>} what */
  async #send(...what) {
    try {
      await send(...what);
      this.dialog.close();
    } catch (error) {
      put(this.#panel, h("p", { class: "ij-note" }, icon("bad", "ij-bad"), sentence(error)));
    }
  }

  async #copyInfotext() {
    if (!this.#infotext) return;
    const label = /** @type {Element} */ (this.#copy.querySelector("span"));
    text(label, (await copyText(this.#infotext, this.dialog)) ? t("Copied") : t("Could not copy"));
    setTimeout(() => text(label, t("Copy infotext")), 2000);
  }

  /** Handles a key, wherever the focus is while the viewer is open. @param {KeyboardEvent} event */
  press(event) {
    if (this.wiring.review.press(event, this.seat)) return;
    if (event.ctrlKey || event.altKey || event.metaKey || this.pictures.press(event)) return;
    if ((event.key !== " " && event.key !== "Enter") || event.target !== this.stage) return;
    if (!event.repeat) this.dialog.close(); // the same held key may have opened it
    event.preventDefault();
  }
}

/** The line of keys below the image. @param {boolean} compare */
function keyLine(compare) {
  const keys = [
    ["P", "keep"], ["X", "reject"], ["U", "unflag"], ["1-5", "rating"], ["← →", "next"], ["Z", "zoom"], ...(compare ? [["C", "compare"]] : []),
    [t("Del"), "trash"], [t("Ctrl+Z"), "undo"], ["?", t("all keys")],
  ];
  return keys.map(([key, does]) => h("span", null, h("kbd", { class: "ij-kbd" }, key), ` ${does}`));
}

/** The prompts on their own, everything else in a table. @param {import("../types").ImageInfo} info */
function parameters(info) {
  const long = info.recipe.slice(0, info.prompts);
  const rows = info.recipe.slice(info.prompts);
  const name = info.image.path.split(/[\\/]/).pop() ?? info.image.path;
  if (info.task?.machine) rows.push([t("Made on"), info.task.machine]);
  rows.push([t("File"), info.missing ? t("{name} is missing", { name }) : `${name}, ${size(info.bytes)}`]);
  return [
    ...long.map(([title, words]) => h("div", null, h("h3", null, title), h("p", { class: "ij-prompt" }, words || "none"))),
    h("dl", { class: "ij-parameters" }, ...rows.flatMap(([title, value]) => [h("dt", null, title), h("dd", null, value)])),
  ];
}
