// One cell of the grid: an image, or the state of the task that will make it.

import { thumbUrl, url, whyNoThumb } from "../core/api.mjs";
import { t, within } from "../core/sentences.mjs";
import { TASK_STATES, VERDICTS } from "../core/state-labels.mjs";
import { attr, h, icon, put, text } from "../dom/elements.mjs";
import { captionOf, labelOf } from "./caption.mjs";

/** @typedef {import("./slots.mjs").Slot} Slot */

const RETRYABLE = new Set(["failed", "interrupted", "cancelled", "lost"]);

/**
 * A cell's current parts, so that it can show another image with as few changes to the page as possible: the
 * WebUI and its extensions watch every added and removed element.
 * @typedef {object} Parts
 * @property {string} key see `cellKey`
 * @property {string} shown the image whose picture it has
 * @property {string} look its foot, except the texts
 * @property {string} src the picture's address until it is requested
 * @property {HTMLImageElement | null} picture
 * @property {Text} values the short caption, if there is no room for `words`
 * @property {Text} words
 * @property {Text} number
 */

/** @type {WeakMap<HTMLElement, Parts>} */
const known = new WeakMap();

export function makeCell() {
  const cell = h("div", { class: "ij-cell", role: "option", "aria-selected": "false" });
  known.set(cell, { key: "", shown: "", look: "", src: "", picture: null, values: new Text(), words: new Text(), number: new Text() });
  return cell;
}

/** @param {HTMLElement} cell */
const partsOf = (cell) => /** @type {Parts} */ (known.get(cell));

/** The key of its content. @param {HTMLElement} cell */
export const keyOf = (cell) => partsOf(cell).key;

/** Everything known about it, and its findings. @param {import("../page").Task} task @param {import("../page").Image} image */
function words({ label, source_label: source }, { findings }) {
  return [label, source ? t("from {source}", { source }) : "", ...findings.map(({ message }) => within(message))].filter(Boolean);
}

/** Cells with equal keys look the same. @param {Slot} slot */
export function cellKey(slot) {
  const { task, image, place, held } = slot;
  return image
    ? `${place} ${image.id} ${image.version} ${image.findings.map(({ message }) => message).join()} ${image.verdict} ${image.rating} ${captionOf(slot).values} ${labelOf(task)}`
    : `${place} ${task.id} ${task.state} ${task.error} ${held}`;
}

/** Whether its picture has not been requested yet. @param {HTMLElement} cell */
export const waits = (cell) => partsOf(cell).src !== "";

/** Requests its picture. @param {HTMLElement} cell */
export function ask(cell) {
  const parts = partsOf(cell);
  if (parts.picture && parts.src) parts.picture.src = parts.src;
  parts.src = "";
}

/** The cell has left the page: cancel its request, which would delay others. @param {HTMLElement} cell */
export function drop(cell) {
  const { picture } = partsOf(cell);
  if (picture && !picture.complete) picture.removeAttribute("src");
}

/** Sets an attribute only if it differs: every write makes the browser recalculate styles.
 * @param {Element} element @param {string} name @param {string} value */
export function keep(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** @param {HTMLElement} cell @param {Slot} slot */
export function fillCell(cell, slot) {
  partsOf(cell).key = cellKey(slot);
  keep(cell, "data-task", slot.task.id);
  if (slot.image) fillImage(cell, slot, slot.image);
  else fillState(cell, slot);
}

/** @param {HTMLElement} cell @param {Slot} slot @param {import("../page").Image} image */
function fillImage(cell, slot, image) {
  const { task, place } = slot;
  const parts = partsOf(cell);
  const problem = image.findings.length > 0;
  const { word } = VERDICTS[image.verdict];
  const facts = [t("Image {place}", { place }), word.toLowerCase(), image.rating ? t("{rating} of 5", { rating: image.rating }) : "", ...words(task, image)];
  keep(cell, "aria-label", facts.filter(Boolean).join(", "));
  keep(cell, "title", words(task, image).join("\n"));
  keep(cell, "data-verdict", image.verdict);
  const caption = captionOf(slot);
  [parts.values.data, parts.words.data] = [caption.values, caption.words];
  parts.number.data = String(place);
  const look = `${image.verdict} ${image.rating} ${problem}`;
  const same = parts.look === look;
  parts.look = look;
  const foot = () => footOf(parts.number, ...marks(image), problem && icon("warn", "ij-warn"), h("span", { class: "ij-cell-coords" }, parts.values), h("span", { class: "ij-cell-coords ij-cell-words" }, parts.words));
  const shown = `${image.id} ${image.version}`;
  const again = parts.shown === shown; // keep the picture: a new one would flicker
  parts.shown = shown;
  if (!again) {
    keep(cell, "data-id", image.id);
    parts.src = thumbUrl(image);
    if (!parts.picture) return begin(cell, parts, foot());
    parts.picture.removeAttribute("src");
  }
  if (!same) cell.lastElementChild?.replaceWith(foot());
}

/** The first image in this cell. @param {HTMLElement} cell @param {Parts} parts @param {HTMLElement} foot */
function begin(cell, parts, foot) {
  cell.className = "ij-cell";
  attr(cell, "data-ij", "image");
  attr(cell, "aria-disabled", null);
  const picture = h("img", { alt: "", decoding: "async", draggable: "false" });
  const tick = h("span", { class: "ij-cell-tick", "data-act": "tick", title: t("Select") }, icon("check"));
  const frame = h("span", { class: "ij-cell-img" }, picture, tick);
  parts.picture = picture;
  picture.addEventListener("error", () => {
    if (!picture.hasAttribute("src")) return; // the cell already shows another image
    parts.picture = null;
    cell.classList.add("ij-cell-gone");
    const why = h("span", { class: "ij-cell-why" }, t("The image cannot be shown"));
    put(frame, icon("warn", "ij-warn"), why, tick);
    void whyNoThumb(cell.dataset.id ?? "").then((words) => words && text(why, words)); // missing, or just too large
  });
  put(cell, frame, foot);
}

/** The verdict's icon and the stars, as in a cell's foot. @param {import("../page").Image} image */
export function marks({ verdict, rating }) {
  const { sign, tone } = VERDICTS[verdict];
  return [icon(sign, tone), rating > 0 && h("span", { class: "ij-stars" }, icon("star"), rating)];
}

/** @param {HTMLElement} cell @param {Slot} slot */
function fillState(cell, { task, place, held }) {
  // Only a few tasks are handed over at a time; the others are waiting too, unless the job is on hold.
  const { word, sign, tone } = TASK_STATES[task.state === "held" && !held ? "queued" : task.state];
  const again = RETRYABLE.has(task.state);
  const failed = task.state === "failed" || task.state === "lost";
  const running = task.state === "running";
  drop(cell);
  Object.assign(partsOf(cell), { shown: "", look: "", src: "", picture: null });
  cell.className = `ij-cell ${failed ? "ij-cell-fail" : running ? "ij-cell-live" : "ij-cell-wait"}`;
  attr(cell, "data-ij", null);
  attr(cell, "data-id", null);
  attr(cell, "data-verdict", null);
  attr(cell, "aria-disabled", again ? null : "true");
  attr(cell, "title", task.error || labelOf(task));
  const reason = task.error || (failed ? t("No reason was given") : "");
  attr(cell, "aria-label", t("Image {place}, {word}{rest}{rest2}", { place, word: word.toLowerCase(), rest: reason ? `: ${reason}` : "", rest2: again ? ". Press Enter to retry" : "" }));
  put(
    cell,
    h(
      "span",
      { class: "ij-cell-img" },
      again && h("span", { class: "ij-cell-why" }, reason || word),
      again && h("button", { type: "button", class: "ij-link", tabindex: -1, "data-act": "retry" }, t("Retry")),
    ),
    footOf(
      place,
      icon(sign, running ? `${tone} ij-spin` : tone),
      running ? h("span", { class: "ij-bar" }, h("i")) : task.state !== "queued" && task.state !== "held" && h("b", null, word),
    ),
  );
}

/** @param {number | Text} place @param {...import("../dom/elements.mjs").Child} parts */
function footOf(place, ...parts) {
  return h("span", { class: "ij-cell-foot" }, ...parts, h("span", { class: "ij-cell-nr" }, place));
}

/** Shows the task's progress and live preview. @param {HTMLElement} cell @param {import("../types").Live | null} live */
export function showLive(cell, live) {
  const done = cell.querySelector(".ij-bar i");
  if (done instanceof HTMLElement) done.style.width = `${Math.round((live?.fraction ?? 0) * 100)}%`;
  if (!live?.preview) return;
  const frame = cell.querySelector(".ij-cell-img");
  const src = url("live/preview", { n: live.preview });
  const image = frame?.querySelector("img");
  if (image) {
    if (image.src !== src) image.src = src;
  } else frame?.append(h("img", { alt: t("Live preview"), src, onerror: (/** @type {Event} */ event) => /** @type {Element} */ (event.target).remove() }));
}
