// The list of keys, and the auto-advance setting.

import { t } from "../core/sentences.mjs";
import { openDialog } from "../dom/dialog.mjs";
import { button, h } from "../dom/elements.mjs";
import { KEYS } from "./keys.mjs";

/** @param {HTMLElement} place @param {import("./review-commands.mjs").ReviewCommands} review @param {() => void} changed */
export function showKeys(place, review, changed) {
  const close = () => dialog.close();
  const advance = h("input", { type: "checkbox", checked: review.advance, onchange: () => {
    review.advance = advance.checked;
    changed();
  } });
  const dialog = h(
    "dialog", { class: "ij-dialog ij-dialog-keys", "aria-label": t("Keys") },
    h("div", { class: "ij-dialog-head" }, h("h2", { class: "ij-grow" }, t("Keys")), button("cross", t("Close"), close, { kind: "ij-btn-quiet", iconOnly: true, props: { autofocus: true } })),
    h("div", { class: "ij-dialog-main ij-scroll ij-keylist" }, ...KEYS.map(([title, keys]) => h(
      "section", null, h("h3", null, title),
      h("dl", null, ...keys.flatMap(([names, does]) => [
        h("dt", null, ...names.flatMap((name) => [h("kbd", { class: "ij-kbd" }, name), " "])), h("dd", null, does),
      ])),
    ))),
    h("div", { class: "ij-dialog-foot" }, h("label", { class: "ij-check" }, advance, t("Auto-advance: go to the next image after a verdict"))),
  );
  openDialog(place, dialog);
}
