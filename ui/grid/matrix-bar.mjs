// The bar above the table: the axes for rows and columns, tabs for the values of the others, and the export.

import { t } from "../core/sentences.mjs";
import { button, h } from "../dom/elements.mjs";
import { headings, varying } from "./matrix-layout.mjs";

/** @typedef {import("./matrix-layout.mjs").View} View */
/** @typedef {{ turn: (change: Partial<View>) => void, take: () => void }} Wiring `take`: exports what is shown */

const TABS = 6; // more values become a select

/** @param {import("../types").AxisWords[]} all axes of the job @param {View} view @param {number} outside images outside
 * the table @param {Wiring} wiring */
export function matrixBar(all, { rows, columns, at }, outside, { turn, take }) {
  const axes = varying(all);
  const pick = (/** @type {string} */ label, /** @type {number} */ now, /** @type {(axis: number) => void} */ chosen) => {
    const options = [...(axes.length === 1 ? [-1] : []), ...axes];
    const select = h(
      "select", { class: "ij-input", onchange: () => chosen(Number(select.value)) },
      ...options.map((axis) => h("option", { value: String(axis), selected: axis === now }, all[axis]?.title ?? "none")),
    );
    return h("label", { class: "ij-line" }, label, select);
  };
  const rest = axes.filter((axis) => axis !== rows && axis !== columns);
  return [
    pick(t("Rows"), rows, (axis) => turn({ rows: axis, columns: axis === columns ? rows : columns })),
    button("compare", t("Swap rows and columns"), () => turn({ rows: columns, columns: rows }), { iconOnly: true }),
    pick(t("Columns"), columns, (axis) => turn({ columns: axis, rows: axis === rows ? columns : rows })),
    ...rest.map((axis) => {
      const go = (/** @type {number} */ value) => turn({ at: at.map((now, other) => (other === axis ? value : now)) });
      return tabs(all[axis]?.title ?? "", headings(all, axis), at[axis] ?? 0, go);
    }),
    button("download", t("Export table…"), take),
    outside > 0 && h("span", { class: "ij-muted" }, t({ one: "{n} image is outside the table; see the grid.", other: "{n} images are outside the table; see the grid." }, { n: outside })),
  ];
}

/** @param {string} title of an axis @param {string[]} values @param {number} now @param {(value: number) => void} go */
function tabs(title, values, now, go) {
  if (values.length > TABS) {
    const select = h(
      "select", { class: "ij-input", onchange: () => go(Number(select.value)) },
      ...values.map((words, value) => h("option", { value: String(value), selected: value === now }, words)),
    );
    return h("label", { class: "ij-line" }, title, select);
  }
  return h(
    "span", { class: "ij-line" }, title,
    h("span", { class: "ij-seg", role: "group", "aria-label": title }, ...values.map((words, value) => (
      h("button", { type: "button", "aria-pressed": String(value === now), title: words, onclick: () => go(value) }, words)
    ))),
  );
}
