// One cell of the grid: an image, or what is known of the task that will make it.

import { thumbUrl, url } from "./api.mjs";
import { attr, h, icon, put } from "./dom.mjs";
import { TASK_STATES, VERDICTS } from "./words.mjs";

/** @typedef {import("./slots.mjs").Slot} Slot */

const RETRYABLE = new Set(["failed", "interrupted", "cancelled", "lost"]);

export const makeCell = () => h("div", { class: "ij-cell", role: "option", "aria-selected": "false" });

/** Equal keys look equal. @param {Slot} slot */
export function cellKey({ task, image, place, held }) {
  return image
    ? `${place} ${image.id} ${image.version} ${image.findings.length} ${image.verdict} ${image.rating} ${task.label}`
    : `${place} ${task.id} ${task.state} ${task.error} ${held}`;
}

/** @param {HTMLElement} cell @param {Slot} slot */
export function fillCell(cell, slot) {
  cell.dataset.key = cellKey(slot);
  attr(cell, "data-task", slot.task.id);
  if (slot.image) fillImage(cell, slot, slot.image);
  else fillState(cell, slot);
}

/** @param {HTMLElement} cell @param {Slot} slot @param {import("./types").Image} image */
function fillImage(cell, { task, place }, image) {
  const problem = image.findings[0]?.message ?? "";
  const { word } = VERDICTS[image.verdict];
  const facts = [`Image ${place}`, word.toLowerCase(), image.rating ? `${image.rating} of 5` : "", task.label, problem];
  attr(cell, "aria-label", facts.filter(Boolean).join(", "));
  attr(cell, "title", task.label);
  attr(cell, "data-verdict", image.verdict);
  const below = foot(place, ...marks(image), problem && icon("warn", "ij-warn"), h("span", { class: "ij-cell-coords" }, task.label));
  const shown = `${image.id} ${image.version}`;
  if (cell.dataset.shown === shown) {
    cell.lastElementChild?.replaceWith(below); // the picture stays: it would flicker
    return;
  }
  cell.dataset.shown = shown;
  cell.className = "ij-cell";
  attr(cell, "data-ij", "image");
  attr(cell, "data-id", image.id);
  attr(cell, "aria-disabled", null);
  const picture = h("img", { alt: "", decoding: "async", draggable: "false", "data-src": thumbUrl(image) });
  const tick = h("span", { class: "ij-cell-tick", "data-act": "tick", title: "Select" }, icon("check"));
  const frame = h("span", { class: "ij-cell-img" }, picture, tick);
  picture.addEventListener("error", () => {
    cell.classList.add("ij-cell-gone");
    put(frame, icon("warn", "ij-warn"), "The image cannot be shown", tick);
  });
  put(cell, frame, below);
}

/** The verdict's sign and the stars, as in a cell's foot. @param {import("./types").Image} image */
export function marks({ verdict, rating }) {
  const { sign, tone } = VERDICTS[verdict];
  return [icon(sign, tone), rating > 0 && h("span", { class: "ij-stars" }, icon("star"), rating)];
}

/** @param {HTMLElement} cell @param {Slot} slot */
function fillState(cell, { task, place, held }) {
  // Only a few tasks are handed over at a time; the others wait just as well, unless the job is held.
  const { word, sign, tone } = TASK_STATES[task.state === "held" && !held ? "queued" : task.state];
  const again = RETRYABLE.has(task.state);
  const failed = task.state === "failed" || task.state === "lost";
  const running = task.state === "running";
  cell.className = `ij-cell ${failed ? "ij-cell-fail" : running ? "ij-cell-live" : "ij-cell-wait"}`;
  attr(cell, "data-ij", null);
  attr(cell, "data-id", null);
  attr(cell, "data-shown", null);
  attr(cell, "data-verdict", null);
  attr(cell, "aria-disabled", again ? null : "true");
  attr(cell, "title", task.error || task.label);
  const reason = task.error || (failed ? "No reason was given" : "");
  attr(cell, "aria-label", `Image ${place}, ${word.toLowerCase()}${reason ? `: ${reason}` : ""}${again ? ". Enter tries again" : ""}`);
  put(
    cell,
    h(
      "span",
      { class: "ij-cell-img" },
      again && h("span", { class: "ij-cell-why" }, reason || word),
      again && h("button", { type: "button", class: "ij-link", tabindex: -1, "data-act": "retry" }, "Retry"),
    ),
    foot(
      place,
      icon(sign, running ? `${tone} ij-spin` : tone),
      running ? h("span", { class: "ij-bar" }, h("i")) : task.state !== "queued" && task.state !== "held" && h("b", null, word),
    ),
  );
}

/** @param {number} place @param {...import("./dom.mjs").Child} parts */
function foot(place, ...parts) {
  return h("span", { class: "ij-cell-foot" }, ...parts, h("span", { class: "ij-cell-nr" }, place));
}

/** How far the task is, and its live preview. @param {HTMLElement} cell @param {import("./types").Live | null} live */
export function showLive(cell, live) {
  const done = cell.querySelector(".ij-bar i");
  if (done instanceof HTMLElement) done.style.width = `${Math.round((live?.fraction ?? 0) * 100)}%`;
  if (!live?.preview) return;
  const frame = cell.querySelector(".ij-cell-img");
  const src = url("live/preview", { n: live.preview });
  const image = frame?.querySelector("img");
  if (image) {
    if (image.src !== src) image.src = src;
  } else frame?.append(h("img", { alt: "Live preview", src, onerror: (/** @type {Event} */ event) => /** @type {Element} */ (event.target).remove() }));
}
