// Asks before a dialog with unsaved changes closes.

import { t } from "../core/sentences.mjs";
import { button, h } from "./elements.mjs";

const LEAVE = t("Discard your changes?");

/** Asks in the dialog's foot before unsaved changes are lost. */
export class UnsavedGuard {
  #free = false;
  /** had the focus before the question @type {Element | null} */
  #before = null;
  #keep = button(null, t("Keep editing"), () => this.#back());
  #bar = h(
    "div", { class: "ij-dialog-foot ij-leaving", role: "alertdialog", "aria-label": LEAVE, hidden: true },
    h("b", { class: "ij-grow" }, LEAVE), this.#keep, button("trash", t("Discard"), () => this.leave(), { kind: "ij-btn-danger" }),
  );

  /** @param {HTMLDialogElement} dialog @param {HTMLElement} foot of it @param {() => boolean} changed whether something would be lost */
  constructor(dialog, foot, changed) {
    this.dialog = dialog;
    this.foot = foot;
    this.changed = changed;
    foot.after(this.#bar);
    dialog.addEventListener("keydown", (event) => {
      const ours = event.target instanceof Element && event.target.closest("dialog") === dialog;
      if (event.key !== "Escape" || !ours || event.defaultPrevented || event.isComposing) return;
      event.preventDefault();
      if (this.#bar.hidden) this.close();
      else this.#back();
    });
    // A phone's Back button.
    dialog.addEventListener("cancel", (event) => {
      if (event.target !== dialog || this.#free || !changed()) return;
      event.preventDefault();
      this.#ask();
    });
    // Chrome lets "cancel" be prevented only once. Other listeners must not see this "close".
    dialog.addEventListener("close", (event) => {
      if (event.target !== dialog || this.#free || !changed()) return;
      event.stopImmediatePropagation();
      dialog.showModal();
      this.#ask();
    }, { capture: true });
    this.#bar.addEventListener("focusout", ({ relatedTarget: to }) => {
      if (to instanceof Node && dialog.contains(to) && !this.#bar.contains(to)) this.#show(false); // still editing
    });
  }

  close() {
    if (this.changed()) this.#ask();
    else this.leave();
  }

  /** Closes without asking. */
  leave() {
    this.#free = true;
    this.dialog.close();
  }

  #ask() {
    if (this.#bar.hidden) this.#before = document.activeElement;
    this.#show(true);
    this.#keep.focus();
  }

  #back() {
    this.#show(false);
    if (this.#before instanceof HTMLElement) this.#before.focus();
  }

  /** @param {boolean} question */
  #show(question) {
    [this.#bar.hidden, this.foot.hidden] = [!question, question];
  }
}
