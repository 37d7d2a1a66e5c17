// A table of the images' parameters, with the rows that differ first and marked.

import { plural } from "../core/format.mjs";
import { t } from "../core/sentences.mjs";
import { attr, h, text } from "../dom/elements.mjs";

/** @typedef {{ name: string, values: string[], differs: boolean }} Row */

/** By name, in order of appearance; "" where an image has none.
 * @param {[string, string][][]} images the parameters, one for each image @returns {Row[]} */
export function rows(images) {
  const names = [...new Set(images.flatMap((parameters) => parameters.map(([name]) => name)))];
  return names.map((name) => {
    const values = images.map((parameters) => parameters.find(([known]) => known === name)?.[1] ?? "");
    return { name, values, differs: new Set(values).size > 1 };
  });
}

const SHOW = { one: "Show {n} identical setting", other: "Show {n} identical settings" };
const HIDE = { one: "Hide {n} identical setting", other: "Hide {n} identical settings" };

/** @param {Row[]} all @param {string[]} heads the images' names */
export function differenceTable(all, heads) {
  const apart = all.filter(({ differs }) => differs);
  const same = all.filter(({ differs }) => !differs);
  const body = h("tbody", null, ...apart.map(row));
  const rest = h("tbody", { hidden: true }, ...same.map(row));
  const words = () => t(rest.hidden ? SHOW : HIDE, { n: same.length });
  const toggle = h("button", {
    type: "button", class: "ij-link", "aria-expanded": "false", onclick: () => {
      rest.hidden = !rest.hidden;
      text(toggle, words());
      attr(toggle, "aria-expanded", String(!rest.hidden));
    },
  });
  text(toggle, words());
  return [
    h("div", { class: "ij-line ij-wrap" }, h("b", { class: "ij-grow" }, apart.length > 0 ? plural(apart.length, "difference") : t("No differences in the settings")), same.length > 0 && toggle),
    h(
      "table", { class: "ij-diff" },
      h("thead", null, h("tr", null, h("th", null, h("span", { class: "ij-sr" }, t("Setting"))), ...heads.map((head) => h("th", { scope: "col" }, head)))),
      body, rest,
    ),
  ];
}

/** @param {Row} row */
const row = ({ name, values, differs }) => h(
  "tr", { class: differs ? "ij-differs" : "" },
  h("th", { scope: "row" }, differs && h("span", { "aria-label": "differs" }, "≠ "), name), ...values.map((value) => h("td", { title: value }, value || "(none)")),
);
