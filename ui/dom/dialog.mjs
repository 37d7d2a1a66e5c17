// Modal dialogs, and the confirmation before something that cannot be undone.

import { t } from "../core/sentences.mjs";
import { dialogOpened } from "./back-navigation.mjs";
import { button, h } from "./elements.mjs";

/**
 * Opens `dialog` as a modal in `place` and removes it when it closes; the focus returns to where it was.
 * @param {HTMLElement} place
 * @param {HTMLDialogElement} dialog
 */
export function openDialog(place, dialog) {
  place.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
  dialogOpened(dialog);
}

/**
 * Asks for confirmation. "Cancel" has the focus.
 * @param {HTMLElement} place
 * @param {{ title: string, lines: (Node | string)[], sign: string, verb: string, more?: Node }} words `more`: options below the lines
 * @returns {Promise<boolean>}
 */
export function ask(place, { title, lines, sign, verb, more }) {
  return new Promise((resolve) => {
    const close = () => dialog.close();
    const agree = () => {
      dialog.returnValue = "yes";
      dialog.close("yes");
    };
    const dialog = h(
      "dialog",
      { class: "ij-dialog ij-dialog-small", "aria-label": title, onclose: () => resolve(dialog.returnValue === "yes") },
      h("div", { class: "ij-dialog-main" }, h("h2", null, title), ...lines.map((line) => h("p", null, line)), more),
      h(
        "div",
        { class: "ij-dialog-foot" },
        h("span", { class: "ij-grow" }),
        button(null, t("Cancel"), close, { props: { autofocus: true } }),
        button(sign, verb, agree, { kind: "ij-btn-danger" }),
      ),
    );
    openDialog(place, dialog);
  });
}
