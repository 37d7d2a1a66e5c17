// The positions of a job's images in a table: any two of its axes as rows and columns, the others fixed.

/** @typedef {import("./slots.mjs").Slot} Slot */
/** @typedef {import("../types").AxisWords} AxisWords */
/** @typedef {{ rows: number, columns: number, at: number[] }} View `rows` and `columns` are axes, -1: none;
 *  `at`: the value of each other axis */

/** The axes with more than one value. @param {AxisWords[]} axes */
export const varying = (axes) => axes.flatMap(({ values }, axis) => (values.length > 1 ? [axis] : []));

/** The first axis as rows, the second as columns; a single one as columns. @param {AxisWords[]} axes @returns {View} */
export function firstView(axes) {
  const [first = -1, second] = varying(axes);
  const at = axes.map(() => 0);
  return second === undefined ? { rows: -1, columns: first, at } : { rows: first, columns: second, at };
}

/** @param {AxisWords[]} axes @param {number} axis @returns {string[]} its labels; without an axis, one empty label */
export const headings = (axes, axis) => axes[axis]?.values ?? [""];

/** @param {number[] | undefined} coords of a task @param {AxisWords[]} axes @param {View} view
 * @returns {{ row: number, column: number } | null | undefined} null: under another tab; undefined: outside the table,
 *  such as images made before the job was edited */
export function placeOf(coords, axes, { rows, columns, at }) {
  if (coords?.length !== axes.length || coords.some((value, axis) => value >= (axes[axis]?.values.length ?? 0))) return undefined;
  const elsewhere = coords.some((value, axis) => axis !== rows && axis !== columns && value !== at[axis]);
  return elsewhere ? null : { row: coords[rows] ?? 0, column: coords[columns] ?? 0 };
}
