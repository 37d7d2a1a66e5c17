// The bar at the bottom while images are selected: how many, and what can be done with them.

import { attr, button, h, text } from "../dom.mjs";

/** @typedef {{ name: string, sign: string, label: string, run: (ids: string[]) => void, kind?: string }} Act
 *  `name` goes into data-act; `kind`: further classes of the button */

/**
 * @param {HTMLElement} parent
 * @param {{ selection: import("../selection.mjs").Selection, acts: Act[], shown: (on: boolean) => void }} wiring
 */
export function selectedBar(parent, { selection, acts, shown }) {
  const count = h("b", { class: "ij-selected-count", role: "status" });
  const bar = h("div", { class: "ij-actions ij-selected", role: "toolbar", "aria-label": "Selected images", hidden: true }, h(
    "span", { class: "ij-line" }, count, button("cross", "Select nothing", () => selection.clear(), { kind: "ij-btn-quiet", iconOnly: true }),
  ));
  for (const { name, sign, label, run, kind = "" } of acts) {
    bar.append(button(sign, label, () => run(selection.ids), { kind, props: { "data-act": name } }));
  }
  parent.append(bar);
  selection.addEventListener("change", () => {
    const { size } = selection;
    text(count, size > 0 ? `${size.toLocaleString("en")} selected` : "");
    if (bar.hidden === (size === 0)) return;
    bar.hidden = size === 0;
    attr(parent, "data-selected", size > 0);
    shown(size > 0);
  });
}
