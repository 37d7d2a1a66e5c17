// The axes that the composer adds by hand, without the page: which fields there are, and from a row to an AxisSpec.

import { swap, tagged } from "./cures.mjs";
import { numbers } from "./ranges.mjs";

/** @typedef {import("./types").AxisSpec} AxisSpec */
/** @typedef {import("./types").Catalog} Catalog */
/** @typedef {import("./types").Json} Json */
/** @typedef {"numbers" | "names" | "texts" | "lines" | "any"} Kind how its values are typed: with commas, or one a line */
/** @typedef {{ id: string, label: string, group: string, kind: Kind, example: string, only?: string, head?: string,
 *   whose?: string, names?: (catalog: Catalog) => string[], called?: (catalog: Catalog) => string[] }} Field
 *  `only`: txt2img or img2img; `head`: goes before a name in the field's path, "lora:" as in lora:NAME; `whose`: what that
 *  name is; `names`: to choose values from, `called`: to choose that name from */

const own = (/** @type {Catalog} */ { loras }) => loras;
const samplers = (/** @type {Catalog} */ catalog) => catalog.samplers;
const schedulers = (/** @type {Catalog} */ catalog) => catalog.schedulers;
const checkpoints = (/** @type {Catalog} */ catalog) => catalog.checkpoints;

/** @param {string} group @param {string} id @param {string} label @param {string} example @param {Partial<Field>} [more] @returns {Field} */
const number = (group, id, label, example, more) => ({ group, id, label, example, kind: "numbers", ...more });
/** @param {string} group @param {string} id @param {string} label @param {(catalog: Catalog) => string[]} names @param {Partial<Field>} [more] @returns {Field} */
const name = (group, id, label, names, more) => ({ group, id, label, names, example: "names, with commas between", kind: "names", ...more });
const [PROMPT, IMAGE, MODEL, HIRES] = ["Prompt", "Image", "Model", "Hires fix"];
const SCALE = { only: "txt2img" };

/** @type {Field[]} */
export const FIELDS = [
  { group: PROMPT, id: "replace", label: "Prompt search/replace", kind: "texts", head: "replace:", whose: "Search for", example: "texts that take its place, with commas between" },
  number(PROMPT, "lora", "LoRA strength", "none, 0.6-1 (+0.2)", { head: "lora:", whose: "LoRA, or empty for all", called: own }),
  name(PROMPT, "swap", "LoRA swap", (catalog) => ["none", ...catalog.loras], { head: "swap:", whose: "LoRA in the prompt", called: own }),
  { group: PROMPT, id: "negative_prompt", label: "Negative prompts", kind: "lines", example: "one a line" },
  name(PROMPT, "styles", "Style", ({ styles }) => styles),
  number(IMAGE, "seed", "Seed", "1, 2, 3 or 1-20"),
  { group: IMAGE, id: "size", label: "Size", kind: "texts", example: "512x768, 768x512" },
  number(IMAGE, "steps", "Steps", "20, 30 or 20-40 [3]"),
  number(IMAGE, "cfg_scale", "CFG scale", "5, 7 or 4-8 (+1)"),
  name(IMAGE, "sampler_name", "Sampler", samplers),
  name(IMAGE, "scheduler", "Schedule type", schedulers),
  number(IMAGE, "denoising_strength", "Denoising strength", "0.3, 0.5 or 0.3-0.6 (+0.1)"),
  number(IMAGE, "subseed_strength", "Variation strength", "0.1, 0.2"),
  name(MODEL, "override_settings.sd_model_checkpoint", "Checkpoint", checkpoints),
  name(MODEL, "override_settings.sd_vae", "VAE", ({ vaes }) => ["Automatic", "None", ...vaes]),
  number(MODEL, "override_settings.CLIP_stop_at_last_layers", "Clip skip", "1, 2"),
  name(MODEL, "refiner_checkpoint", "Refiner", checkpoints),
  number(MODEL, "refiner_switch_at", "Refiner switch at", "0.7, 0.8, 0.9"),
  number(HIRES, "hr_scale", "Upscale factor", "1.5, 2", SCALE),
  name(HIRES, "hr_upscaler", "Upscaler", ({ latent_upscale_modes: latent, upscalers }) => [...latent, ...upscalers], SCALE),
  number(HIRES, "hr_second_pass_steps", "Hires steps", "10, 20", SCALE),
  name(HIRES, "hr_checkpoint_name", "Hires checkpoint", checkpoints, SCALE),
  name(HIRES, "hr_sampler_name", "Hires sampler", samplers, SCALE),
  name(HIRES, "hr_scheduler", "Hires schedule type", schedulers, SCALE),
  { group: HIRES, id: "hr_prompt", label: "Hires prompts", kind: "lines", example: "one a line", ...SCALE },
  { group: HIRES, id: "hr_negative_prompt", label: "Hires negative prompts", kind: "lines", example: "one a line", ...SCALE },
  { group: "Other", id: "other", label: "Another field", kind: "any", head: "", whose: "Its path, as in s_noise", example: "values, with commas between" },
];
const OTHER = /** @type {Field} */ (FIELDS.at(-1));

/** @param {string} id @returns {Field} */
export const fieldOf = (id) => FIELDS.find((field) => field.id === id) ?? OTHER;

export class Row {
  /** as it came, until it is typed over: a value that no line of text could say stays what it is @type {Json[] | undefined} */
  values;
  /** @type {import("./types").Template | undefined} */
  template;

  /** @param {string} id one of FIELDS @param {string} [text] @param {string} [name] what follows `head` */
  constructor(id, text = "", name = "") {
    this.id = id;
    this.text = text;
    this.name = name;
  }

  /** @param {AxisSpec} axis */
  static of({ field, values, text, template }) {
    const known = FIELDS.find(({ id, head }) => (head ? field.startsWith(head) : field === id && head === undefined));
    const name = known?.head ? field.slice(known.head.length) : field;
    const row = new Row(known?.id ?? OTHER.id, "", known && !known.head ? "" : known?.id === "lora" && name === "*" ? "" : name);
    row.text = template?.text ?? text ?? (values ?? []).map((value) => row.#written(value)).join(row.field.kind === "lines" ? "\n" : ", ");
    row.template = template;
    row.values = values;
    return row;
  }

  get field() {
    return fieldOf(this.id);
  }

  /** The path that the request has. */
  get path() {
    const { head, id } = this.field;
    if (head === undefined) return id;
    return head + (this.name.trim() || (id === "lora" ? "*" : ""));
  }

  /** Every field has values of its own: those typed for another would make no sense. @param {string} id */
  become(id) {
    [this.id, this.text, this.name, this.values, this.template] = [id, "", "", undefined, undefined];
  }

  /** @param {string} text */
  type(text) {
    this.text = text;
    this.values = undefined;
  }

  /** @param {string} value one more */
  add(value) {
    const before = this.text.trim().replace(/,$/, "");
    this.type(before ? `${before}, ${quoted(value)}` : quoted(value));
  }

  /** What is missing, one sentence, or "". */
  get wrong() {
    const { whose, id, label } = this.field;
    if (whose && id !== "lora" && !this.name.trim()) return id === "other" ? "Name the field." : `${label}: say what is to be replaced.`;
    return this.text.trim() || this.values?.length ? "" : `Fill in the values of ${this.label}.`;
  }

  /** What it is called on the page. */
  get label() {
    return this.field === OTHER && this.name.trim() ? this.name.trim() : this.field.label;
  }

  /** How many values there are; 0 where that cannot be said here. */
  get count() {
    if (this.template) return 0;
    if (this.values) return this.values.length;
    if (this.field.kind === "lines") return lines(this.text).length;
    return items(this.text).reduce((sum, item) => sum + (this.#numeric ? many(item) : 1), 0);
  }

  get #numeric() {
    return this.field.kind === "numbers" || this.field.kind === "any";
  }

  /** @returns {AxisSpec} */
  spec() {
    const field = this.path;
    if (this.template) return { field, template: { ...this.template, text: this.text } };
    if (this.values) return { field, values: this.values };
    return this.field.kind === "lines" ? { field, values: lines(this.text) } : { field, text: this.text };
  }

  /** @param {string} path as "lora:NAME" */
  rename(path) {
    this.name = path.slice(this.field.head?.length ?? 0);
  }

  /** Another name in the place of one that does not exist. @param {string} wrong @param {string} right @returns {boolean} whether it was here */
  use(wrong, right) {
    const before = this.name + this.text;
    if (!wrong) return false;
    if (this.name === wrong) this.name = right;
    if (this.field.kind === "lines" || this.template) this.text = swap(this.text, wrong, right);
    else if (this.text.includes(wrong)) this.text = items(this.text).map((item) => quoted(item === wrong ? right : tagged(item, wrong, right))).join(", ");
    if (before !== this.name + this.text) this.values = undefined;
    return before !== this.name + this.text;
  }

  /** @param {Json} value */
  #written(value) {
    if (value === null) return "none";
    if (Array.isArray(value)) return quoted(value.join(", "));
    if (typeof value === "object") return quoted(JSON.stringify(value));
    return this.field.kind === "lines" ? String(value).replaceAll("\n", " ") : quoted(String(value));
  }
}

/** @param {string} text */
const lines = (text) => text.split(/\r?\n/).map((line) => line.trim()).filter(Boolean);

/** As a CSV line has it. @param {string} item */
const quoted = (item) => (/[",\n]|^\s|\s$/.test(item) ? `"${item.replaceAll('"', '""')}"` : item);

/** What stands between the commas of a CSV line. @param {string} text */
export function items(text) {
  const found = text.match(/\s*(?:"(?:[^"]|"")*"|[^,\n]*)\s*(?:,|\n|$)/g) ?? [];
  if (!found.at(-2)?.endsWith(",")) found.pop(); // the end of the line is no item of its own, but behind a comma
  return found.map((part) => {
    const item = part.replace(/[,\n]$/, "").trim();
    return item.startsWith('"') && item.endsWith('"') && item.length > 1 ? item.slice(1, -1).replaceAll('""', '"') : item;
  });
}

/** How many numbers an item is: one, or those of a range. @param {string} item */
function many(item) {
  if (!item) return 0;
  try {
    return numbers(item).length;
  } catch {
    return 1; // a word such as "none", or what the server will say a sentence about
  }
}
