// Several numbers in one field, in the X/Y/Z plot's syntax: "0.3, 0.5", "0.3-0.6 (+0.1)", "20-40 [3]". The results match
// inu_jobs/plan/axes/notation.py to the last digit. Input that the X/Y/Z plot silently ignores is rejected here.

import { thousands } from "../core/format.mjs";
import { t } from "../core/sentences.mjs";

const MOST = 1000;
const NUMBER = String.raw`[+-]?(?:\d+(?:\.\d*)?|\.\d+)`;
const ONE = new RegExp(`^${NUMBER}$`);
const RANGE = new RegExp(String.raw`^(${NUMBER})\s*(?:-|–|\.\.)\s*(${NUMBER})\s*(?:\(\s*(${NUMBER})\s*\)|\[\s*(\d+)\s*\])?$`);

/**
 * @param {string} text
 * @param {boolean} [whole] only whole numbers; values between the ends of `[n]` are truncated
 * @returns {number[]} at least one
 * @throws {Error} with one sentence
 */
export function numbers(text, whole = false) {
  const parts = text.split(",").map((part) => part.trim()).filter(Boolean);
  if (parts.length === 0) throw new Error(t("Enter a number."));
  const found = parts.flatMap((part) => (ONE.test(part) ? [Number(part)] : between(part, whole)));
  if (found.length > MOST) throw new Error(t("That would be {found} values; the limit is {most}.", { found: thousands(found.length), most: thousands(MOST) }));
  const broken = whole ? found.find((value) => !Number.isInteger(value)) : undefined;
  if (broken !== undefined) throw new Error(t("{broken} is not a whole number.", { broken }));
  return [...new Set(found)];
}

/** @param {string} part @param {boolean} whole @returns {number[]} */
function between(part, whole) {
  const [, first, last, by, count] = RANGE.exec(part) ?? [];
  if (first === undefined || last === undefined) {
    throw new Error(t("“{part}” is neither a number nor a range such as 0.3-0.6 (+0.1) or 0.3-0.6 [4].", { part }));
  }
  const [from, to, step] = [Number(first), Number(last), Number(by ?? 1)];
  if (count !== undefined) return spread(from, to, Number(count), whole);
  // like the WebUI: whole numbers up to the last; fractions to just before one more step, which rounding may exceed
  const steps = whole ? Math.floor((to - from) / step) + 1 : Math.ceil((to + step - from) / step);
  if (!Number.isFinite(steps) || steps < 1) throw new Error(t("In “{part}”, the step never gets from {from} to {to}.", { part, from, to }));
  if (steps > MOST) throw new Error(t("“{part}” would be {steps} values; the limit is {most}.", { part, steps: thousands(steps), most: thousands(MOST) }));
  const apart = from + step - from; // matches numpy to the last digit
  return Array.from({ length: steps }, (_, nth) => (nth === 1 ? from + step : from + nth * apart));
}

/** @param {number} from @param {number} to @param {number} count @param {boolean} whole @returns {number[]} */
function spread(from, to, count, whole) {
  if (count < 1 || count > MOST) throw new Error(t("[n] is the number of values, from 1 to {most}.", { most: thousands(MOST) }));
  const value = (/** @type {number} */ nth) =>
    nth === count - 1 && count > 1 ? to : nth * ((to - from) / Math.max(1, count - 1)) + from;
  return Array.from({ length: count }, (_, nth) => (whole ? Math.trunc(value(nth)) : value(nth)));
}
