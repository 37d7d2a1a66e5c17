// The caption below an image in the grid: its values on the axes, with names if there is room.

import { t } from "../core/sentences.mjs";
import { varying } from "./matrix-layout.mjs";

/** @typedef {import("../page").Task} Task */
/** @typedef {{ axis: number, values: string[] }[]} ShownAxes the labels of the varying axes: numbers first, as texts may be cut off,
 *  and seeds last */

const NUMBER = /^x?-?\d[\d.]*(x\d+)?$/; // "0.4", "x1.5", "512x768"

/** @param {import("../core/job-images.mjs").JobImages | null} detail @returns {ShownAxes} */
export function shownAxesOf(detail) {
  const [words, axes] = [detail?.axesWords ?? [], detail?.axes ?? []];
  const rank = (/** @type {number} */ axis) =>
    (/^(sub)?seed$/.test(axes[axis]?.field ?? "") ? 2 : words[axis]?.values.some((value) => NUMBER.test(value)) ? 0 : 1);
  return varying(words).sort((a, b) => rank(a) - rank(b)).map((axis) => ({ axis, values: words[axis]?.values ?? [] }));
}

/** What distinguishes an image: its task's values on the axes, or else its source. @param {Task} task */
export const labelOf = ({ label, source_label: source }) => label || (source ? t("from {source}", { source }) : "");

/** The values alone, and with names. A drawn seed that is not an axis is left out to save room.
 * @param {{ task: Task, shownAxes: ShownAxes }} slot */
export function captionOf({ task, shownAxes }) {
  const label = labelOf(task);
  const values = shownAxes.flatMap(({ axis, values: all }) => all[task.coords?.[axis] ?? -1] ?? []);
  const short = values.filter(Boolean).join(" · ");
  return { values: short || label, words: (short && task.axes_label) || label };
}
