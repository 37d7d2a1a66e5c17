// Which images of a job are shown, and in which order.

import { t } from "../core/sentences.mjs";

/** @typedef {import("./slots.mjs").Slot} Slot */
/** @typedef {(slot: Slot) => boolean} Filter */
/** @typedef {(a: Slot, b: Slot) => number} Order */

const LOST = ["failed", "lost", "interrupted", "cancelled"];

/** @type {Record<string, Filter>} by the name of the chip */
const ONLY = {
  all: () => true,
  unreviewed: ({ image }) => image?.verdict === "unreviewed",
  kept: ({ image }) => image?.verdict === "kept",
  rejected: ({ image }) => image?.verdict === "rejected",
  findings: ({ image }) => image !== null && image.findings.length > 0,
  failed: ({ image, task }) => image === null && LOST.includes(task.state),
};

/** @param {string} only a chip's name @param {number} stars at least @returns {Filter | null} null: show all */
export function filterOf(only, stars) {
  const chosen = ONLY[only] ?? ONLY.all;
  if (stars === 0) return only === "all" ? null : chosen ?? null;
  return (slot) => slot.image !== null && slot.image.rating >= stars && (chosen?.(slot) ?? true);
}

/** How many images match each chip. @param {import("../page").Image[]} images */
export function count(images) {
  const counts = { all: images.length, unreviewed: 0, kept: 0, rejected: 0, findings: 0 };
  for (const { verdict, findings } of images) {
    counts[verdict] += 1;
    if (findings.length > 0) counts.findings += 1;
  }
  return counts;
}

/** By `value`, highest first; images not made yet come last.
 * @param {(image: import("../page").Image) => number} value @returns {Order} */
const highest = (value) => (a, b) =>
  (b.image ? value(b.image) : -Infinity) - (a.image ? value(a.image) : -Infinity) || a.place - b.place;

/** Groups images with the same source, in the order of the axes. @type {Order} */
export const bySource = (a, b) => a.source - b.source || along(a.task.coords, b.task.coords) || a.place - b.place;

/** @param {number[] | undefined} a places on the axes @param {number[] | undefined} b */
function along(a = [], b = []) {
  const first = a.findIndex((value, axis) => value !== b[axis]);
  return first < 0 ? 0 : (a[first] ?? 0) - (b[first] ?? 0);
}

/** @type {Record<string, { label: string, order: Order | null }>} null: in the order of the tasks */
export const ORDERS = {
  queued: { label: t("As queued"), order: null },
  newest: { label: t("Newest first"), order: highest(({ created }) => created) },
  rating: { label: t("Highest rated first"), order: highest(({ rating }) => rating) },
  source: { label: t("By source"), order: bySource },
};
