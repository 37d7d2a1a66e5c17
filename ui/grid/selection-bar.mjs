// The bar at the bottom while images are selected: their number and actions.

import { thousands } from "../core/format.mjs";
import { t } from "../core/sentences.mjs";
import { attr, button, h, text } from "../dom/elements.mjs";
import { menu } from "../dom/menu.mjs";

/** @typedef {{ name: string, sign: string, label: string, run: (ids: string[]) => void, kind?: string }} Act
 *  `name`: for data-act; `kind`: more classes for the button */

/**
 * @param {HTMLElement} parent
 * @param {{ selection: import("../core/selection.mjs").Selection, acts: Act[], shown: (on: boolean) => void,
 *   more?: (ids: string[]) => (import("../dom/menu.mjs").Choice | import("../dom/menu.mjs").Row)[] }} wiring
 *  `more`: the menu's entries besides the buttons that do not fit
 */
export function selectedBar(parent, { selection, acts, shown, more }) {
  const count = h("b", { class: "ij-selected-count", role: "status" });
  const bar = h("div", { class: "ij-actions ij-selected", role: "toolbar", "aria-label": t("Selected images"), hidden: true }, h(
    "span", { class: "ij-line" }, count, button("cross", t("Clear selection"), () => selection.clear(), { kind: "ij-btn-quiet", iconOnly: true }),
  ));
  const made = acts.map((act) => {
    const { name, sign, label, run, kind = "" } = act;
    return { act, element: button(sign, label, () => run(selection.ids), { kind, props: { "data-act": name } }) };
  });
  bar.append(...made.map(({ element }) => element));
  if (more) {
    // before the delete button, which stands apart
    made.at(-1)?.element.before(menu(t("More actions for the selected images"), () => [
      ...made.filter(({ element }) => element.offsetParent === null).map(({ act: { sign, label, run } }) => ({ sign, label, run: () => run(selection.ids) })),
      ...more(selection.ids),
    ]));
  }
  parent.append(bar);
  // Buttons that do not fit go into the menu. The first two, keep and reject, go last, after the delete button has been
  // reduced to its icon. The delete button always stays.
  const fit = () => {
    const full = () => bar.scrollWidth > bar.clientWidth;
    const last = more ? made.slice(0, -1) : [];
    const hide = (/** @type {typeof made} */ some) => {
      for (const { element } of [...some].reverse()) if (full()) element.classList.add("ij-no-room");
    };
    bar.classList.remove("ij-tight");
    for (const { element } of made) element.classList.remove("ij-no-room");
    hide(last.slice(2));
    bar.classList.toggle("ij-tight", last.length > 0 && full());
    hide(last.slice(0, 2));
  };
  new ResizeObserver(fit).observe(bar);
  let digits = 0;
  selection.addEventListener("change", () => {
    const { size } = selection;
    text(count, size > 0 ? t("{size} selected", { size: thousands(size) }) : "");
    if (digits !== String(size).length) {
      digits = String(size).length;
      fit();
    }
    if (bar.hidden === (size === 0)) return;
    bar.hidden = size === 0;
    attr(parent, "data-selected", size > 0);
    shown(size > 0);
  });
}
