// What the composer edits, without the page: from a capture to the JobSpec that is sent.

/** @typedef {import("./types").Capture} Capture */
/** @typedef {import("./types").Payload} Payload */
/** @typedef {import("./types").Json} Json */
/** @typedef {import("./types").Finding} Finding */

export const MOST_PER_SETTING = 1000;
const SEEDS = 2 ** 32;

/** @param {Json | undefined} value @returns {string} */
const words = (value) => (typeof value === "string" ? value : "");

/** @param {Json | undefined} value @param {number} fallback */
function number(value, fallback) {
  const found = value === null || value === undefined || value === "" ? NaN : Number(value);
  return Number.isFinite(found) ? found : fallback;
}

export class Draft {
  /** @param {Capture} capture */
  constructor(capture) {
    this.capture = capture;
    this.kind = capture.kind;
    /** @type {Payload} our own copy: suggestions change it */
    this.payload = { ...structuredClone(capture.payload), n_iter: 1 };
    this.name = capture.name;
    this.text = words(this.payload.prompt);
    /** Each line is a prompt. A prompt that has lines of its own stays whole until the user says otherwise. */
    this.split = !this.text.trim().includes("\n");
    this.each = Math.max(1, capture.batch_count);
    this.hold = false;
    /** @type {number[]} random seeds, drawn once: what the plan shows is what is queued */
    this.drawn = [];
  }

  /** @returns {string[]} at least one */
  prompts() {
    if (!this.split) return [this.text];
    const lines = this.text.split(/\r?\n/).filter((line) => line.trim() !== "");
    return lines.length > 0 ? lines : [""];
  }

  /** Images of one task. */
  get batchSize() {
    return Math.max(1, number(this.payload.batch_size, 1));
  }

  /** @param {boolean} [force] queue it although the preflight found errors @returns {import("./types").JobSpec} */
  spec(force = false) {
    const payload = { ...this.payload };
    const axes = [];
    const prompts = this.prompts();
    if (prompts.length > 1) axes.push({ field: "prompt", values: prompts });
    else payload.prompt = prompts[0] ?? "";
    if (this.each > 1) axes.push(this.#seeds(payload));
    else if (number(payload.seed, -1) < 0) payload.seed = this.#draw(0);
    return { kind: this.kind, payload, name: this.name.trim(), axes, hold: this.hold, force, capture: this.capture.id };
  }

  /** @param {Payload} payload its seed is fixed where only the variation seed counts up */
  #seeds(payload) {
    const vary = number(payload.subseed_strength, 0) > 0;
    const field = vary ? "subseed" : "seed";
    // With variation strength the seed stays and the variation seed counts up, as the WebUI does it.
    if (vary && number(payload.seed, -1) < 0) payload.seed = this.#draw(this.each);
    const first = number(payload[field], -1);
    // The WebUI counts over all images: the second batch of 4 begins at seed + 4.
    const step = this.batchSize;
    const value = (/** @type {number} */ nth) => (first < 0 ? this.#draw(nth) : first + nth * step);
    return { field, values: Array.from({ length: this.each }, (_, nth) => value(nth)) };
  }

  /** @param {number} nth */
  #draw(nth) {
    return (this.drawn[nth] ??= Math.floor(Math.random() * SEEDS));
  }

  /** Puts the name that exists in place of the one that does not. @param {Finding} finding */
  use({ message, field = "", suggestion = "" }) {
    const wrong = /[“"']([^”"']+)[”"']/.exec(message)?.[1] ?? "";
    if (field === "prompt" || field === "") this.text = swap(this.text, wrong, suggestion);
    if (field === "prompt") return;
    if (field) change(this.payload, field, wrong, suggestion);
    else this.payload.negative_prompt = swap(words(this.payload.negative_prompt), wrong, suggestion);
  }
}

/** A name inside a text: in `<lora:NAME:...>` first, else wherever it stands.
 * @param {string} text @param {string} wrong @param {string} right */
function swap(text, wrong, right) {
  if (!wrong) return text;
  const tags = text.replaceAll(`:${wrong}:`, `:${right}:`).replaceAll(`:${wrong}>`, `:${right}>`);
  return tags === text ? text.replaceAll(wrong, right) : tags;
}

/** @param {Json | undefined} value @param {string} wrong @param {string} right @returns {Json} */
function corrected(value, wrong, right) {
  if (Array.isArray(value)) return value.map((item) => (item === wrong ? right : item));
  const inText = typeof value === "string" && value !== wrong && wrong !== "" && value.includes(wrong);
  return inText ? swap(value, wrong, right) : right;
}

/**
 * At a dotted path: another value; or, where the wrong name is the field's own, another name for it.
 * @param {Json | undefined} place @param {string} path @param {string} wrong @param {string} right
 */
function change(place, path, wrong, right) {
  if (place === null || typeof place !== "object") return;
  const into = /** @type {{ [key: string]: Json }} */ (place);
  const dot = path.indexOf(".");
  // Names of scripts have dots of their own: the longest key wins.
  if (dot > 0 && !(path in into)) return change(into[path.slice(0, dot)], path.slice(dot + 1), wrong, right);
  const value = into[path];
  if (path.toLowerCase() !== wrong.toLowerCase() || value === undefined) {
    into[path] = corrected(value, wrong, right);
    return;
  }
  delete into[path];
  into[right] = value;
}
