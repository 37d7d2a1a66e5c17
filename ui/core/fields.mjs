// The payload's fields from GET /catalog: their names and choices.

import { plural } from "./format.mjs";
import { word } from "./sentences.mjs";

/** @typedef {import("../page").Catalog} Catalog */
/** @typedef {import("../page").Field} Field */

/** "3 step counts", "2 for “STYLE”". @param {string} path @param {number} count @param {string} unit the name of one value */
export const counted = (path, count, unit) => (path.startsWith("replace:") ? `${count} for “${path.slice(8)}”` : plural(count, unit));

/** "3 prompts × 20 seeds". @param {import("../types").Axis[]} axes @param {import("../types").AxisWords[]} words of each */
export const axesLine = (axes, words) => axes.map(({ field, values }, nth) => counted(field, values.length, words[nth]?.unit ?? field)).join(" × ");

/** @param {Field} field @returns {Field} */
function inLanguage(field) {
  const words = { ...field };
  for (const name of /** @type {const} */ (["label", "example", "whose"])) if (words[name]) words[name] = word(words[name] ?? "");
  return words;
}

export class Fields {
  /** @type {Map<string, Field>} */
  #known;

  /** @param {Catalog} [catalog] */
  constructor(catalog) {
    this.catalog = catalog;
    this.#known = new Map((catalog?.fields ?? []).map((field) => [field.path, inLanguage(field)]));
  }

  /** The fields that the composer offers as axes, in order. @param {string} kind txt2img or img2img */
  axes(kind) {
    return [...this.#known.values()].filter(({ group, only }) => group && (!only || only === kind));
  }

  /** The field of a path; for "lora:NAME" it is "lora:". @param {string} path */
  of(path) {
    return this.#known.get(path) ?? this.#known.get(path.replace(/:.*/s, ":"));
  }

  /** @param {string} path */
  label(path) {
    return this.of(path)?.label ?? path;
  }

  /** The name of one value. @param {string} path @returns {string} */
  unit(path) {
    return this.of(path)?.unit ?? path.split(".").pop() ?? path;
  }

  /** @param {string} path @param {number} count of values */
  count(path, count) {
    return counted(path, count, this.unit(path));
  }

  /** The values to choose from. @param {Field | undefined} field @returns {string[]} */
  choices(field) {
    const { catalog } = this;
    return catalog && field ? [...(field.also ?? []), ...(field.choices ?? []).flatMap((list) => catalog[list])] : [];
  }
}
