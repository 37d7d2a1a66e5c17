// What sets images apart: a table of their recipes, the rows that differ first and marked.

import { attr, h, text } from "./dom.mjs";
import { plural } from "./format.mjs";

/** @typedef {{ name: string, values: string[], differs: boolean }} Row */

/** By name, in the order in which they come; "" where an image has none.
 * @param {[string, string][][]} recipes one for each image @returns {Row[]} */
export function rows(recipes) {
  const names = [...new Set(recipes.flatMap((recipe) => recipe.map(([name]) => name)))];
  return names.map((name) => {
    const values = recipes.map((recipe) => recipe.find(([known]) => known === name)?.[1] ?? "");
    return { name, values, differs: new Set(values).size > 1 };
  });
}

/** @param {Row[]} all @param {string[]} heads what the images are called */
export function differenceTable(all, heads) {
  const apart = all.filter(({ differs }) => differs);
  const same = all.filter(({ differs }) => !differs);
  const body = h("tbody", null, ...apart.map(row));
  const rest = h("tbody", { hidden: true }, ...same.map(row));
  const words = () => `${rest.hidden ? "Show" : "Hide"} ${plural(same.length, "setting")} that ${same.length === 1 ? "is" : "are"} the same`;
  const toggle = h("button", {
    type: "button", class: "ij-link", "aria-expanded": "false", onclick: () => {
      rest.hidden = !rest.hidden;
      text(toggle, words());
      attr(toggle, "aria-expanded", String(!rest.hidden));
    },
  });
  text(toggle, words());
  return [
    h("div", { class: "ij-line ij-wrap" }, h("b", { class: "ij-grow" }, apart.length > 0 ? plural(apart.length, "difference") : "No differences in the settings"), same.length > 0 && toggle),
    h(
      "table", { class: "ij-diff" },
      h("thead", null, h("tr", null, h("th", null, h("span", { class: "ij-sr" }, "Setting")), ...heads.map((head) => h("th", { scope: "col" }, head)))),
      body, rest,
    ),
  ];
}

/** @param {Row} row */
const row = ({ name, values, differs }) => h(
  "tr", { class: differs ? "ij-differs" : "" },
  h("th", { scope: "row" }, differs && h("span", { "aria-label": "differs" }, "≠ "), name), ...values.map((value) => h("td", { title: value }, value || "(none)")),
);
