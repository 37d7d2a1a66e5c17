// The Undo button, for use without a keyboard.

import { t } from "../core/sentences.mjs";
import { attr, button } from "../dom/elements.mjs";

/** @param {import("./marks.mjs").Marks} marks @param {() => void} undo */
export function undoButton(marks, undo) {
  const made = button("undo", t("Undo"), undo, { kind: "ij-btn-quiet", iconOnly: true, props: { "data-act": "undo" } });
  const show = () => attr(made, "aria-disabled", marks.can.undo ? null : "true");
  marks.addEventListener("change", show);
  show();
  return made;
}
