// Messages that disappear by themselves, at the bottom of the page or over the open dialog.

import { t } from "../core/sentences.mjs";
import { button, h, icon } from "./elements.mjs";

/** Messages that disappear by themselves. Screen readers announce them. */
export class Toasts {
  /** @param {HTMLElement} place */
  constructor(place) {
    this.place = place;
    this.element = h("div", { class: "ij-toasts", role: "status", "aria-live": "polite", popover: "manual" });
    place.append(this.element);
  }

  /**
   * @param {string} words
   * @param {{ bad?: boolean, sign?: string, action?: { label: string, run: () => void } }} [options] `sign`: "info" if nothing was done
   * @returns {() => void} removes it
   */
  show(words, { bad = false, sign = bad ? "bad" : "check", action } = {}) {
    const toast = h("div", { class: "ij-toast" }, icon(sign), h("span", null, words));
    if (action) {
      const run = () => {
        toast.remove();
        action.run();
      };
      toast.append(button(null, action.label, run, { kind: "ij-btn-quiet" }));
    }
    toast.append(button("cross", t("Dismiss"), () => toast.remove(), { kind: "ij-btn-quiet", iconOnly: true }));
    this.put(toast);
    setTimeout(() => toast.remove(), bad || action ? 12_000 : 5000);
    return () => toast.remove();
  }

  /** Shows it among the toasts until it is removed. @param {HTMLElement} toast */
  put(toast) {
    this.element.append(toast);
    this.#rise();
  }

  /** Nothing below a modal dialog can be seen or clicked, so toasts move into the dialog, and out when it closes. */
  #rise() {
    const dialog = [...document.querySelectorAll("dialog:modal")].pop();
    if (dialog && this.element.parentElement !== dialog) {
      dialog.append(this.element);
      // Before the dialog itself is removed.
      dialog.addEventListener("close", () => this.#rise(), { once: true, capture: true });
    } else if (!dialog && this.element.parentElement !== this.place) this.place.append(this.element);
    if (this.element.matches(":popover-open")) this.element.hidePopover();
    this.element.showPopover();
  }
}
