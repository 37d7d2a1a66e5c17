// Small parts that several views use: progress bar, menu, dialog, question.

import { attr, button, h, icon } from "./dom.mjs";
import { laidOver } from "./way.mjs";

/**
 * @param {import("./types").Job} job
 * @param {number} [now] how far the task is that runs, 0 to 1
 */
export function progressBar(job, now = 0) {
  const all = Math.max(1, job.tasks.total ?? 1);
  const done = part("", (job.tasks.done ?? 0) / all);
  const failed = part("ij-bad", ((job.tasks.failed ?? 0) + (job.tasks.lost ?? 0)) / all);
  const current = part("ij-now", now / all);
  return h(
    "span",
    {
      class: "ij-bar", role: "progressbar", "aria-label": "Progress",
      "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": Math.round(job.progress * 100),
    },
    done, failed, current,
  );
}

/** @param {string} name @param {number} share */
function part(name, share) {
  const element = h("i", { class: name });
  element.style.width = `${(100 * share).toFixed(2)}%`;
  return element;
}

/** @typedef {{ sign: string, label: string, run: () => void, danger?: boolean, off?: boolean, stay?: boolean, text?: string }} Choice
 *  `off`: it cannot be done now; `stay`: the menu stays open; `text`: what shows of it in a row */
/** @typedef {{ label: string, row: Choice[] }} Row choices that stand side by side */

/**
 * A button that opens a menu. `choices` is asked each time it opens.
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
  function item({ sign, label: words, run, danger, off, stay, text: short }) {
    const pick = () => {
      if (off) return;
      if (!stay) {
        close();
        opener.focus();
      }
      run();
    };
    const props = { role: "menuitem", tabindex: -1, "aria-disabled": off ? "true" : null, ...(short === undefined ? {} : { "aria-label": words, title: words }) };
    return button(sign, short ?? words, pick, { kind: `ij-btn-quiet${danger ? " ij-bad" : ""}`, props, iconOnly: short === "" });
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

/**
 * Opens `dialog` in `place` over everything, and takes it away again when it closes; the focus goes
 * back to where it was.
 * @param {HTMLElement} place
 * @param {HTMLDialogElement} dialog
 */
export function openDialog(place, dialog) {
  place.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
  laidOver(dialog);
}

/**
 * Asks before something that cannot be undone. "Cancel" has the focus.
 * @param {HTMLElement} place
 * @param {{ title: string, lines: (Node | string)[], sign: string, verb: string, more?: Node }} words `more`: to be chosen, below the lines
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
        button(null, "Cancel", close, { props: { autofocus: true } }),
        button(sign, verb, agree, { kind: "ij-btn-danger" }),
      ),
    );
    openDialog(place, dialog);
  });
}

const LEAVE = "Throw away what you changed?";

/** A dialog that is filled in: it does not close over what was changed, but asks first, where its foot is. */
export class Leaving {
  #free = false;
  /** had the focus before it was asked @type {Element | null} */
  #before = null;
  #keep = button(null, "Keep editing", () => this.#back());
  #bar = h(
    "div", { class: "ij-dialog-foot ij-leaving", role: "alertdialog", "aria-label": LEAVE, hidden: true },
    h("b", { class: "ij-grow" }, LEAVE), this.#keep, button("trash", "Throw away", () => this.leave(), { kind: "ij-btn-danger" }),
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
    // The "back" of a phone.
    dialog.addEventListener("cancel", (event) => {
      if (event.target !== dialog || this.#free || !changed()) return;
      event.preventDefault();
      this.#ask();
    });
    // Chrome lets that be prevented once only. Nobody else hears of the end that was none.
    dialog.addEventListener("close", (event) => {
      if (event.target !== dialog || this.#free || !changed()) return;
      event.stopImmediatePropagation();
      dialog.showModal();
      this.#ask();
    }, { capture: true });
    this.#bar.addEventListener("focusout", ({ relatedTarget: to }) => {
      if (to instanceof Node && dialog.contains(to) && !this.#bar.contains(to)) this.#show(false); // goes on editing
    });
  }

  close() {
    if (this.changed()) this.#ask();
    else this.leave();
  }

  /** Unasked. */
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

/** Takes the last step back, where there is no keyboard. @param {import("./marks.mjs").Marks} marks @param {() => void} undo */
export function undoButton(marks, undo) {
  const made = button("undo", "Undo", undo, { kind: "ij-btn-quiet", iconOnly: true, props: { "data-act": "undo" } });
  const show = () => attr(made, "aria-disabled", marks.can.undo ? null : "true");
  marks.addEventListener("change", show);
  show();
  return made;
}

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
    toast.append(button("cross", "Dismiss", () => toast.remove(), { kind: "ij-btn-quiet", iconOnly: true }));
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
