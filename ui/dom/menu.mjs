// A button that opens a menu.

import { attr, button, h } from "./elements.mjs";

/** @typedef {{ sign: string, label: string, run: () => void, danger?: boolean, off?: boolean, why?: boolean, stay?: boolean, text?: string }} Choice
 *  `off`: disabled; `why`: the label is a sentence that says why; `stay`: keeps the menu open; `text`: its text in a row */
/** @typedef {{ label: string, row: Choice[] }} Row choices side by side */

/**
 * A button that opens a menu. `choices` is called each time it opens.
 * @param {string} label
 * @param {() => (Choice | Row)[]} choices
 */
export function menu(label, choices) {
  const list = h("div", { class: "ij-menu", role: "menu", "aria-label": label, hidden: true, onkeydown: walk });
  const opener = button("more", label, () => (list.hidden ? open() : close()), {
    iconOnly: true, props: { "aria-haspopup": "menu", "aria-expanded": "false" },
  });
  const box = h("span", { class: "ij-menu-box", onfocusout: left }, opener, list);

  function open() {
    list.replaceChildren(...choices().map((choice) => ("row" in choice ? line(choice) : item(choice))));
    list.hidden = false;
    attr(opener, "aria-expanded", "true");
    list.querySelector("button")?.focus();
  }
  function close() {
    list.hidden = true;
    attr(opener, "aria-expanded", "false");
  }
  /** @param {Choice} choice */
  function item({ sign, label: words, run, danger, off, why, stay, text: short }) {
    const pick = () => {
      if (off) return;
      if (!stay) {
        close();
        opener.focus();
      }
      run();
    };
    const props = { role: "menuitem", tabindex: -1, "aria-disabled": off ? "true" : null, ...(short === undefined ? {} : { "aria-label": words, title: words }) };
    return button(sign, short ?? words, pick, { kind: `ij-btn-quiet${danger ? " ij-bad" : ""}${why ? " ij-why" : ""}`, props, iconOnly: short === "" });
  }
  /** @param {Row} choice */
  function line({ label: words, row }) {
    return h("div", { class: "ij-menu-row", role: "group", "aria-label": words }, ...row.map(item));
  }
  /** @param {FocusEvent} event */
  function left(event) {
    if (!(event.relatedTarget instanceof Node && box.contains(event.relatedTarget))) close();
  }
  /** @param {KeyboardEvent} event */
  function walk(event) {
    const items = [...list.querySelectorAll("button")];
    const at = items.findIndex((element) => element === document.activeElement);
    const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (to !== undefined) items[(to + items.length) % items.length]?.focus();
    else if (event.key === "Escape") {
      close();
      opener.focus();
    } else return;
    event.preventDefault();
  }
  return box;
}
