// Where the images of a job stand in a table: any two of its axes as rows and columns, the others fixed.

/** @typedef {import("./slots.mjs").Slot} Slot */
/** @typedef {import("../types").AxisWords} AxisWords */
/** @typedef {{ rows: number, columns: number, at: number[] }} View `rows` and `columns` are axes, -1: none;
 *  `at`: the value of each other axis */

/** The axes that have something to compare. @param {AxisWords[]} axes */
export const varying = (axes) => axes.flatMap(({ values }, axis) => (values.length > 1 ? [axis] : []));

/** The first axis down and the second across; a single one across. @param {AxisWords[]} axes @returns {View} */
export function firstView(axes) {
  const [first = -1, second] = varying(axes);
  const at = axes.map(() => 0);
  return second === undefined ? { rows: -1, columns: first, at } : { rows: first, columns: second, at };
}

/** @param {AxisWords[]} axes @param {number} axis @returns {string[]} its values in words; of none: one without a word */
export const headings = (axes, axis) => axes[axis]?.values ?? [""];

/** @param {number[] | undefined} coords of a task @param {AxisWords[]} axes @param {View} view
 * @returns {{ row: number, column: number } | null | undefined} null: under another tab; undefined: outside of the table,
 *  as what was made before the job was edited */
export function placeOf(coords, axes, { rows, columns, at }) {
  if (coords?.length !== axes.length || coords.some((value, axis) => value >= (axes[axis]?.values.length ?? 0))) return undefined;
  const elsewhere = coords.some((value, axis) => axis !== rows && axis !== columns && value !== at[axis]);
  return elsewhere ? null : { row: coords[rows] ?? 0, column: coords[columns] ?? 0 };
}
