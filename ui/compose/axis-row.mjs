// The model of an axis row in the composer: from a row to an AxisSpec, without the page.

import { t } from "../core/sentences.mjs";
import { swap, tagged } from "../plan/name-fixes.mjs";
import { numbers } from "../plan/number-ranges.mjs";

/** @typedef {import("../page").AxisSpec} AxisSpec */
/** @typedef {import("../page").Field} Field */
/** @typedef {import("../types").Json} Json */
/** @typedef {import("../core/fields.mjs").Fields} Fields */
/** @typedef {"numbers" | "names" | "texts" | "lines" | "any"} Kind how its values are typed: separated by commas, or one per line */

/** Any field that is not in the list, named by its path. @type {Field} */
export const OTHER = { path: "", type: "text", label: t("Another field"), group: t("Other"), example: t("comma-separated values"), whose: t("Its path, such as s_noise") };
const EVERY_LORA = "lora:";
/** Paths with a LoRA's name after the colon. */
export const OF_LORA = new Set([EVERY_LORA, "swap:"]);

/** @param {Field} field @returns {Kind} */
export function kindOf(field) {
  if (field === OTHER) return "any";
  if (field.prose) return "lines";
  if (field.type === "number" || field.type === "integer") return "numbers";
  return field.choices ? "names" : "texts";
}

export class AxisRow {
  /** the original values until the text is edited: some cannot be written as text @type {Json[] | undefined} */
  values;
  /** @type {import("../page").Template | undefined} */
  template;

  /** the field's path, without the name after the colon; "" for a field that is not in the list */
  id = "";
  #field = OTHER;

  /** @param {Field} field @param {string} [text] @param {string} [name] the end of its path */
  constructor(field, text = "", name = "") {
    this.field = field;
    this.text = text;
    this.name = name;
  }

  /** @param {AxisSpec} axis @param {Fields} fields */
  static of({ field: path, values, text, template }, fields) {
    const known = fields.of(path);
    const field = known?.group ? known : OTHER;
    const name = field.whose ? path.slice(field.path.length) : "";
    const row = new AxisRow(field, "", field.path === EVERY_LORA && name === "*" ? "" : name);
    row.text = template?.text ?? text ?? (values ?? []).map((value) => row.#written(value)).join(row.kind === "lines" ? "\n" : ", ");
    row.template = template;
    row.values = values;
    return row;
  }

  /** @returns {Field} */
  get field() {
    return this.#field;
  }

  set field(field) {
    [this.#field, this.id] = [field, field.path];
  }

  get kind() {
    return kindOf(this.field);
  }

  /** The path for the request. */
  get path() {
    const { field, id } = this;
    if (!field.whose) return id;
    return id + (this.name.trim() || (id === EVERY_LORA ? "*" : ""));
  }

  /** Clears the values: those typed for another field would make no sense. @param {Field} field */
  become(field) {
    [this.field, this.text, this.name, this.values, this.template] = [field, "", "", undefined, undefined];
  }

  /** @param {string} text */
  type(text) {
    this.text = text;
    this.values = undefined;
  }

  /** @param {string} value to append */
  add(value) {
    const before = this.text.trim().replace(/,$/, "");
    this.type(before ? `${before}, ${quoted(value)}` : quoted(value));
  }

  /** What is missing, as a sentence, or "". */
  get wrong() {
    const { field, id } = this;
    if (field.whose && id !== EVERY_LORA && !this.name.trim()) return field === OTHER ? t("Enter a field path.") : t("{label}: enter what to replace.", { label: this.label });
    return this.text.trim() || this.values?.length ? "" : t("Enter values for {label}.", { label: this.label });
  }

  /** Its name on the page. */
  get label() {
    return (this.field === OTHER && this.name.trim()) || (this.field.label ?? this.id);
  }

  /** The number of values; 0 if it cannot be known here. */
  get count() {
    if (this.template) return 0;
    if (this.values) return this.values.length;
    if (this.kind === "lines") return lines(this.text).length;
    return items(this.text).reduce((sum, item) => sum + (this.#numeric ? many(item) : 1), 0);
  }

  get #numeric() {
    return this.kind === "numbers" || this.kind === "any";
  }

  /** @returns {AxisSpec} */
  spec() {
    const field = this.path;
    if (this.template) return { field, template: { ...this.template, text: this.text } };
    if (this.values) return { field, values: this.values };
    return this.kind === "lines" ? { field, values: lines(this.text) } : { field, text: this.text };
  }

  /** @param {string} path as "lora:NAME" */
  rename(path) {
    this.name = path.slice(this.id.length);
  }

  /** Replaces a name that does not exist. @param {string} wrong @param {string} right @returns {boolean} whether the row had it */
  use(wrong, right) {
    const before = this.name + this.text;
    if (!wrong) return false;
    if (this.name === wrong) this.name = right;
    if (this.kind === "lines" || this.template) this.text = swap(this.text, wrong, right);
    else if (this.text.includes(wrong)) this.text = items(this.text).map((item) => quoted(item === wrong ? right : tagged(item, wrong, right))).join(", ");
    if (before !== this.name + this.text) this.values = undefined;
    return before !== this.name + this.text;
  }

  /** @param {Json} value */
  #written(value) {
    if (value === null) return "none";
    if (Array.isArray(value)) return quoted(value.join(", "));
    if (typeof value === "object") return quoted(JSON.stringify(value));
    return this.kind === "lines" ? String(value).replaceAll("\n", " ") : quoted(String(value));
  }
}

/** @param {string} text */
const lines = (text) => text.split(/\r?\n/).map((line) => line.trim()).filter(Boolean);

/** Quoted as in CSV. @param {string} item */
const quoted = (item) => (/[",\n]|^\s|\s$/.test(item) ? `"${item.replaceAll('"', '""')}"` : item);

/** The items of a CSV line. @param {string} text */
export function items(text) {
  const found = text.match(/\s*(?:"(?:[^"]|"")*"|[^,\n]*)\s*(?:,|\n|$)/g) ?? [];
  if (!found.at(-2)?.endsWith(",")) found.pop(); // the end of the line is an item only after a comma
  return found.map((part) => {
    const item = part.replace(/[,\n]$/, "").trim();
    return item.startsWith('"') && item.endsWith('"') && item.length > 1 ? item.slice(1, -1).replaceAll('""', '"') : item;
  });
}

/** How many numbers an item stands for: one, or a range. @param {string} item */
function many(item) {
  if (!item) return 0;
  try {
    return numbers(item).length;
  } catch {
    return 1; // a word such as "none", or something the server will reject
  }
}
