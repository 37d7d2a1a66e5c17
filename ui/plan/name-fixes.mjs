// Puts the name that exists in place of the one that does not.

/** @typedef {import("../types").Json} Json */

/** @param {string} text @param {string} wrong @param {string} right */
export const tagged = (text, wrong, right) => text.replaceAll(`:${wrong}:`, `:${right}:`).replaceAll(`:${wrong}>`, `:${right}>`);

/** A name inside a text: in `<lora:NAME:...>` first, else wherever it stands.
 * @param {string} text @param {string} wrong @param {string} right */
export function swap(text, wrong, right) {
  if (!wrong) return text;
  const tags = tagged(text, wrong, right);
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
export function change(place, path, wrong, right) {
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
