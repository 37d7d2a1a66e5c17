// Replaces names that do not exist with suggested ones.

/** @typedef {import("../types").Json} Json */

/** @param {string} text @param {string} wrong @param {string} right */
export const tagged = (text, wrong, right) => text.replaceAll(`:${wrong}:`, `:${right}:`).replaceAll(`:${wrong}>`, `:${right}>`);

/** Replaces a name in a text: in `<lora:NAME:...>` if possible, otherwise everywhere.
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
 * Corrects the value at a dotted path, or the key itself if that is the wrong name.
 * @param {Json | undefined} place @param {string} path @param {string} wrong @param {string} right
 */
export function change(place, path, wrong, right) {
  if (place === null || typeof place !== "object") return;
  const into = /** @type {{ [key: string]: Json }} */ (place);
  const dot = path.indexOf(".");
  // Script names can contain dots: the longest key wins.
  if (dot > 0 && !(path in into)) return change(into[path.slice(0, dot)], path.slice(dot + 1), wrong, right);
  const value = into[path];
  if (path.toLowerCase() !== wrong.toLowerCase() || value === undefined) {
    into[path] = corrected(value, wrong, right);
    return;
  }
  delete into[path];
  into[right] = value;
}
