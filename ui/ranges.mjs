// Several numbers in one field, as in the WebUI's X/Y/Z plot: "0.3, 0.5", "0.3-0.6 (+0.1)", "20-40 [3]".

const MOST = 1000;
const NUMBER = String.raw`[+-]?(?:\d+(?:\.\d*)?|\.\d+)`;
const ONE = new RegExp(`^${NUMBER}$`);
const RANGE = new RegExp(String.raw`^(${NUMBER})\s*(?:-|–|\.\.)\s*(${NUMBER})\s*(?:\(\s*(${NUMBER})\s*\)|\[\s*(\d+)\s*\])?$`);

/** As typed, 0.3 + 0.1 three times is 0.6. @param {number} value */
const tidy = (value) => Number(value.toFixed(6));

/**
 * @param {string} text
 * @param {boolean} [whole] only whole numbers; those that `[n]` finds between are rounded
 * @returns {number[]} at least one
 * @throws {Error} with one sentence
 */
export function numbers(text, whole = false) {
  const parts = text.split(",").map((part) => part.trim()).filter(Boolean);
  if (parts.length === 0) throw new Error("A number is missing.");
  const found = parts.flatMap((part) => (ONE.test(part) ? [Number(part)] : between(part, whole)));
  if (found.length > MOST) throw new Error(`That would be ${found.length.toLocaleString("en")} values; ${MOST.toLocaleString("en")} are the most.`);
  const broken = whole ? found.find((value) => !Number.isInteger(value)) : undefined;
  if (broken !== undefined) throw new Error(`${broken} is not a whole number.`);
  return [...new Set(found)];
}

/** @param {string} part @param {boolean} whole @returns {number[]} */
function between(part, whole) {
  const [, first, last, by, count] = RANGE.exec(part) ?? [];
  if (first === undefined || last === undefined) {
    throw new Error(`“${part}” is neither a number nor a range such as 0.3-0.6 (+0.1) or 0.3-0.6 [4].`);
  }
  const [from, to] = [Number(first), Number(last)];
  if (count !== undefined) return spread(from, to, Number(count), whole);
  const step = by === undefined ? Math.sign(to - from || 1) * finest(first, last) : Number(by);
  const steps = Math.floor((to - from) / step + 1e-9);
  if (step === 0 || steps < 0) throw new Error(`In “${part}” the step never gets from ${from} to ${to}.`);
  if (steps >= MOST) throw new Error(`“${part}” would be ${(steps + 1).toLocaleString("en")} values; ${MOST.toLocaleString("en")} are the most.`);
  return Array.from({ length: steps + 1 }, (_, nth) => tidy(from + nth * step));
}

/** @param {number} from @param {number} to @param {number} count @param {boolean} whole @returns {number[]} */
function spread(from, to, count, whole) {
  if (count < 1 || count > MOST) throw new Error(`In brackets stands how many values, from 1 to ${MOST.toLocaleString("en")}.`);
  const value = (/** @type {number} */ nth) => (count === 1 ? from : from + ((to - from) * nth) / (count - 1));
  return Array.from({ length: count }, (_, nth) => (whole ? Math.round(value(nth)) : tidy(value(nth))));
}

/** One of the last place that was written: "1-3" counts by 1, "0.3-0.6" by 0.1. @param {...string} written */
function finest(...written) {
  const places = Math.max(...written.map((number) => number.split(".")[1]?.length ?? 0));
  return 10 ** -places;
}
