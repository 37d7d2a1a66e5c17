// What stands below an image in the grid: its values on the axes, in words where there is room for them.

import { t } from "../core/sentences.mjs";
import { varying } from "./matrix-layout.mjs";

/** @typedef {import("../page").Task} Task */
/** @typedef {{ axis: number, values: string[] }[]} ShownAxes the values in words of the axes that vary: numbers first, as texts
 *  are cut, and seeds last */

const NUMBER = /^x?-?\d[\d.]*(x\d+)?$/; // "0.4", "x1.5", "512x768"

/** @param {import("../core/job-images.mjs").JobImages | null} detail @returns {ShownAxes} */
export function shownAxesOf(detail) {
  const [words, axes] = [detail?.axesWords ?? [], detail?.axes ?? []];
  const rank = (/** @type {number} */ axis) =>
    (/^(sub)?seed$/.test(axes[axis]?.field ?? "") ? 2 : words[axis]?.values.some((value) => NUMBER.test(value)) ? 0 : 1);
  return varying(words).sort((a, b) => rank(a) - rank(b)).map((axis) => ({ axis, values: words[axis]?.values ?? [] }));
}

/** What sets an image apart: its task's place on the axes, or else what it was made from. @param {Task} task */
export const labelOf = ({ label, source_label: source }) => label || (source ? t("from {source}", { source }) : "");

/** The values alone, and with words; but a seed that was drawn, and is no axis, would only take the room of the others.
 * @param {{ task: Task, shownAxes: ShownAxes }} slot */
export function captionOf({ task, shownAxes }) {
  const label = labelOf(task);
  const values = shownAxes.flatMap(({ axis, values: all }) => all[task.coords?.[axis] ?? -1] ?? []);
  const short = values.filter(Boolean).join(" · ");
  return { values: short || label, words: (short && task.axes_label) || label };
}
