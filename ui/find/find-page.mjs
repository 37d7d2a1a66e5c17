// The page to find images in all jobs: the search fields above, the results below.

import { plural, thousands } from "../core/format.mjs";
import { t } from "../core/sentences.mjs";
import { button, h, icon, put } from "../dom/elements.mjs";
import { MOST, Search } from "./search.mjs";

/** @typedef {import("./search.mjs").Findings} Findings */
/** @typedef {{ back: () => void, found: (found: Findings | null) => void, all: () => void, undo: HTMLElement }} Wiring
 *  `all`: selects all results; `undo`: the undo button */

const WAIT_MS = 250;

export class FindPage {
  scroller = h("div", { class: "ij-scroll ij-grid-box" });
  #facts = h("div", { class: "ij-facts ij-grow", role: "status" });
  #nothing = h("div", { class: "ij-page-nothing", hidden: true });
  #all = button(null, t("Select all"), () => this.wiring.all(), { props: { hidden: true } });
  #search = new Search((found) => this.#show(found));
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #fields = {
    text: input("search", t("Words in the prompt")),
    model: input("text", t("Model")),
    lora: input("text", t("LoRA")),
    seed: input("text", t("Seed"), { inputmode: "numeric", pattern: "[0-9]*" }),
    rating: select(t("Rating"), [["", t("Rating")], ...[1, 2, 3, 4, 5].map((least) => [`${least}`, `${"★".repeat(least)}${least < 5 ? t(" and up") : ""}`])]),
    verdict: select(t("Verdict"), [["", t("Verdict")], ["kept", t("Kept")], ["unreviewed", t("Unreviewed")], ["rejected", t("Rejected")]]),
    findings: select(t("Findings"), [["", t("Findings")], ["true", t("With findings")], ["false", t("Without findings")]]),
  };

  /** @param {HTMLElement} parent @param {Wiring} wiring */
  constructor(parent, wiring) {
    this.wiring = wiring;
    const form = h("form", { class: "ij-find", role: "search", "aria-label": t("Find images"), onsubmit: (/** @type {Event} */ event) => event.preventDefault() }, ...Object.values(this.#fields));
    form.addEventListener("input", () => this.#changed());
    put(
      parent,
      h(
        "header", { class: "ij-head" },
        h(
          "div", { class: "ij-toolbar" },
          button("left", t("Back to the job list"), wiring.back, { kind: "ij-btn-quiet ij-narrow", iconOnly: true }),
          h("h2", { class: "ij-page-title" }, t("Find images")), h("span", { class: "ij-grow" }),
          button(null, t("Clear"), () => this.#clear(form), { kind: "ij-btn-quiet" }),
        ),
        form, h("div", { class: "ij-line" }, this.#facts, this.#all, wiring.undo),
      ),
      this.#nothing, this.scroller,
    );
  }

  /** Shown: search with the previous terms. */
  open() {
    this.#fields.text.focus({ preventScroll: true });
    this.look();
  }

  /** Searches again with the same terms. */
  look() {
    void this.#search.look(this.#query());
  }

  get searching() {
    return this.#search.busy;
  }

  close() {
    clearTimeout(this.#timer);
    this.#search.stop();
    this.#all.hidden = true;
    this.wiring.found(null);
  }

  /** @param {HTMLFormElement} form */
  #clear(form) {
    form.reset();
    this.#fields.text.focus();
    this.#changed();
  }

  #changed() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#search.look(this.#query()), WAIT_MS);
  }

  /** Empty fields match everything. @returns {Record<string, string>} */
  #query() {
    const filled = Object.entries(this.#fields).map(([name, field]) => [name, field.value.trim()]);
    return Object.fromEntries(filled.filter(([, value]) => value !== ""));
  }

  /** @param {Findings} found */
  #show(found) {
    const { images, total, problem } = found;
    const some = images.length > 0;
    const asked = Object.keys(this.#query()).length > 0;
    const facts = some ? [plural(total, "image"), t("in {jobs}", { jobs: plural(found.names.size, "job") })] : [];
    if (total > MOST) facts.push(t("showing the newest {most}", { most: thousands(MOST) }));
    if (problem && some) facts.push(problem);
    put(this.#facts, ...facts.map((fact) => h("span", null, fact)));
    this.#nothing.hidden = some;
    this.#all.hidden = !some;
    if (problem) put(this.#nothing, icon("bad", "ij-bad"), h("b", null, t("The search failed")), h("p", { class: "ij-muted" }, problem));
    else if (asked) put(this.#nothing, icon("search", "ij-muted"), h("b", null, t("No matching images")), h("p", { class: "ij-muted" }, t("Use fewer words, or clear a field.")));
    else put(this.#nothing, icon("search", "ij-muted"), h("b", null, t("No images yet")), h("p", { class: "ij-muted" }, t("Images from your jobs will appear here.")));
    this.wiring.found(some ? found : null);
  }
}

/** @param {string} type @param {string} label @param {import("../dom/elements.mjs").Props} [more] */
function input(type, label, more) {
  return h("input", { class: "ij-input", type, placeholder: label, "aria-label": label, autocomplete: "off", spellcheck: "false", maxlength: 1000, ...more });
}

/** @param {string} label @param {string[][]} options */
function select(label, options) {
  return h("select", { class: "ij-input", "aria-label": label }, ...options.map(([value, words]) => h("option", { value }, words)));
}
