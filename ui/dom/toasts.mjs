// Messages that go by themselves, below the page or over the dialog that is open.

import { t } from "../core/sentences.mjs";
import { button, h, icon } from "./elements.mjs";

/** Messages that go by themselves. They are read out, too. */
export class Toasts {
  /** @param {HTMLElement} place */
  constructor(place) {
    this.place = place;
    this.element = h("div", { class: "ij-toasts", role: "status", "aria-live": "polite", popover: "manual" });
    place.append(this.element);
  }

  /**
   * @param {string} words
   * @param {{ bad?: boolean, sign?: string, action?: { label: string, run: () => void } }} [options] `sign`: "info" where nothing was done
   * @returns {() => void} takes it away again
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

  /** Shows it among the toasts, until it is removed. @param {HTMLElement} toast */
  put(toast) {
    this.element.append(toast);
    this.#rise();
  }

  /** Under a modal dialog nothing can be seen or pressed: the toasts go into it, and out again when it closes. */
  #rise() {
    const dialog = [...document.querySelectorAll("dialog:modal")].pop();
    if (dialog && this.element.parentElement !== dialog) {
      dialog.append(this.element);
      // Before the dialog itself is taken away.
      dialog.addEventListener("close", () => this.#rise(), { once: true, capture: true });
    } else if (!dialog && this.element.parentElement !== this.place) this.place.append(this.element);
    if (this.element.matches(":popover-open")) this.element.hidePopover();
    this.element.showPopover();
  }
}
