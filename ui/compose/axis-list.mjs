// The composer's axes, one row each: the field, its values, and buttons to move and remove it.

import { plural } from "../core/format.mjs";
import { t } from "../core/sentences.mjs";
import { attr, button, h, icon, put, sync, text } from "../dom/elements.mjs";
import { AxisRow, OF_LORA, OTHER } from "./axis-row.mjs";

/** @typedef {{ row: AxisRow, element: HTMLElement, input: HTMLInputElement | HTMLTextAreaElement, count: HTMLElement, note: HTMLElement }} Shown */

export class AxisList {
  /** @type {Shown[]} */
  #shown = [];
  #rows = h("div", { class: "ij-axes-rows", role: "list", "aria-label": t("Axes") });
  /** shared by all rows: there can be many names */
  #lists = h("div", { hidden: true });
  /** rows that lost focus or that the user tried to queue: missing values are only reported for these @type {WeakSet<AxisRow>} */
  #left = new WeakSet();
  #mark = () => {};
  /** LoRAs in the prompts of the last plan @type {string[]} */
  #loras = [];

  /** @param {import("./draft.mjs").Draft} draft @param {import("../page").Catalog} catalog @param {(moved: boolean) => void} changed `moved`: rows were added, removed, replaced or moved */
  constructor(draft, catalog, changed) {
    this.draft = draft;
    this.catalog = catalog;
    this.changed = changed;
    this.add = button("plus", t("Add axis"), () => this.#add(), { kind: "ij-btn-quiet" });
    this.element = h(
      "div", { class: "ij-field" },
      h("span", { class: "ij-label" }, t("Axes "), h("span", { class: "ij-small" }, t("(every combination)"))),
      h("div", { class: "ij-axes" }, this.#rows, h("div", { class: "ij-axes-add" }, this.add)), this.#lists,
    );
    this.show();
  }

  /** Shows the draft's current rows. */
  show() {
    put(this.#lists, h("datalist", { id: "ij-axis-loras" }, ...this.catalog.loras.map((value) => h("option", { value }))));
    this.#shown = this.draft.rows.map((row, at) => this.#row(row, at));
    put(this.#rows, ...this.#shown.map(({ element }) => element));
  }

  /** What the first incomplete row is missing, as a sentence, or "". */
  get wrong() {
    return this.draft.rows.map((row) => row.wrong).find(Boolean) ?? "";
  }

  /** The user tried to queue: report what is missing, and move the focus there. */
  tried() {
    for (const row of this.draft.rows) this.#left.add(row);
    this.#mark();
    const wanting = this.#shown.find(({ row }) => row.wrong);
    const whose = wanting?.element.querySelector(/** @type {"input"} */ (".ij-axis-whose"));
    (whose && !whose.value && wanting?.row.id !== "lora:" ? whose : wanting?.input)?.focus();
    wanting?.element.scrollIntoView({ block: "nearest" }); // the message is below the field
  }

  #add() {
    const taken = new Set(this.draft.rows.map(({ id }) => id));
    const next = ["steps", "cfg_scale", "sampler_name", "denoising_strength"].find((id) => !taken.has(id)) ?? "replace:";
    this.draft.rows.push(new AxisRow(this.draft.fields.of(next) ?? OTHER));
    this.#again(() => this.#shown.at(-1)?.element.querySelector("select"));
  }

  /** @param {() => HTMLElement | null | undefined} [then] gets the focus afterwards */
  #again(then) {
    this.show();
    then?.()?.focus();
    this.changed(true);
  }

  /** @param {number} at @param {number} by */
  #move(at, by) {
    const { rows } = this.draft;
    const to = at + by;
    const [row] = rows.splice(at, 1);
    if (row) rows.splice(to, 0, row);
    const which = by < 0 ? "up" : "down";
    // At either end of the list the pressed button is disabled.
    const button = (/** @type {string} */ way) => this.#shown[to]?.element.querySelector(/** @type {"button"} */ (`[data-move${way}]:not(:disabled)`));
    this.#again(() => button(`=${which}`) ?? button(""));
  }

  /** @param {number} at */
  #remove(at) {
    this.draft.rows.splice(at, 1);
    this.#again(() => this.#shown[Math.min(at, this.#shown.length - 1)]?.element.querySelector("select") ?? this.add);
  }

  /** @param {AxisRow} row @param {number} at @returns {Shown} */
  #row(row, at) {
    const id = `ij-axis-${at}`;
    const { field, label } = row;
    const count = h("span", { class: "ij-muted ij-small ij-axis-count" });
    const note = h("p", { class: "ij-change-note ij-small", id: `${id}-note`, "aria-live": "polite" });
    const typed = () => {
      row.type(input.value);
      this.#count(count, row);
      this.changed(false);
    };
    const left = (/** @type {FocusEvent} */ { relatedTarget: to }) => {
      if (!(to instanceof Node) || element.contains(to)) return;
      this.#left.add(row);
      this.#mark();
    };
    const many = row.kind === "lines";
    const look = {
      class: "ij-input", "aria-label": t("{label}: values", { label }), "aria-describedby": `${id}-note`, placeholder: field.example,
      autocomplete: "off", spellcheck: "false", oninput: typed,
    };
    const input = many ? h("textarea", { ...look, rows: 3 }) : h("input", { ...look, type: "text" });
    input.value = row.text;
    this.#count(count, row);
    const element = h(
      "div", { class: "ij-axis", role: "listitem", "aria-label": t("Axis {at}: {label}", { at: at + 1, label }) },
      this.#picker(row, at), h("span", { onfocusout: left, class: `ij-axis-values${field.whose && row.kind !== "numbers" ? " ij-axis-long" : ""}` }, this.#whose(row), input, this.#names(row, input, typed)),
      count, this.#buttons(label, at), note,
    );
    return { row, element, input, count, note };
  }

  /** @param {HTMLElement} element @param {AxisRow} row */
  #count(element, row) {
    text(element, row.count > 0 ? plural(row.count, "value") : "");
  }

  /** @param {AxisRow} row @param {number} at */
  #picker(row, at) {
    const fields = [...this.draft.fields.axes(this.draft.kind), OTHER];
    const groups = [...new Set(fields.map(({ group }) => group))].map((label) =>
      h("optgroup", { label }, ...fields.filter(({ group }) => group === label).map((field) => h("option", { value: field.path }, field.label))));
    const select = h("select", {
      class: "ij-input", "aria-label": t("What varies"), onchange: () => {
        row.become(fields.find(({ path }) => path === select.value) ?? OTHER);
        this.#left.delete(row);
        if (OF_LORA.has(row.id)) row.name = this.draft.loras[0] ?? this.#loras[0] ?? "";
        this.#again(() => this.#shown[at]?.element.querySelector("select"));
      },
    }, ...groups);
    select.value = row.id;
    return select;
  }

  /** Which LoRA, which text, which path. @param {AxisRow} row */
  #whose(row) {
    const { label, field: { whose } } = row;
    if (!whose) return null;
    const input = h("input", {
      class: "ij-input ij-axis-whose", type: "text", value: row.name, placeholder: row.id === "lora:" ? t("all LoRAs") : whose, title: whose, "aria-label": `${label}: ${whose.toLowerCase().replace("lora", "LoRA")}`,
      autocomplete: "off", spellcheck: "false", list: OF_LORA.has(row.id) ? "ij-axis-loras" : null,
      oninput: () => {
        row.name = input.value;
        this.changed(false);
      },
    });
    return input;
  }

  /** Appends a known name to the typed ones. @param {AxisRow} row @param {HTMLInputElement | HTMLTextAreaElement} input @param {() => void} typed */
  #names(row, input, typed) {
    const names = this.draft.fields.choices(row.field);
    if (names.length === 0) return null;
    const select = h("select", {
      class: "ij-input ij-axis-more", "aria-label": t("{label}: add a value", { label: row.label }), onchange: () => {
        row.add(select.value);
        [input.value, select.value] = [row.text, ""];
        typed();
      },
    }, h("option", { value: "" }, t("Add…")), ...names.map((known) => h("option", { value: known }, known)));
    return select;
  }

  /** @param {string} label @param {number} at */
  #buttons(label, at) {
    /** @param {string} sign @param {string} words @param {() => void} run @param {import("../dom/elements.mjs").Props} [props] */
    const make = (sign, words, run, props) => button(sign, words, run, { kind: "ij-btn-quiet", iconOnly: true, props });
    return h(
      "span", { class: "ij-line ij-axis-acts" },
      make("up", t("Move {label} up", { label }), () => this.#move(at, -1), { "data-move": "up", disabled: at === 0 }),
      make("down", t("Move {label} down", { label }), () => this.#move(at, 1), { "data-move": "down", disabled: at === this.draft.rows.length - 1 }),
      make("cross", t("Remove {label}", { label }), () => this.#remove(at)),
    );
  }

  /** Shows problems below their rows. @param {import("../plan/planner.mjs").Planner} planner @param {(finding: import("../types").Finding) => import("../dom/elements.mjs").Child} cure */
  mark(planner, cure) {
    this.#mark = () => this.mark(planner, cure);
    this.#loras = planner.plan?.loras ?? this.#loras;
    const sent = this.wrong === "";
    for (const { row, element, input, note } of this.#shown) {
      const about = (/** @type {string | undefined} */ field) => sent && Boolean(field) && this.draft.about(field ?? "") === row;
      const finding = planner.findings.find(({ field }) => about(field));
      const refused = about(planner.field) ? planner.problem : "";
      const missing = this.#left.has(row) ? row.wrong : "";
      const bad = missing || refused || (finding?.severity === "error" ? finding.message : "");
      const words = bad || finding?.message || "";
      const cured = finding?.suggestion && words === finding.message ? finding : null;
      attr(input, "aria-invalid", bad ? "true" : null);
      element.classList.toggle("ij-change-bad", bad !== "");
      sync(note, [words, bad !== "", cured], () =>
        (words ? [icon(bad ? "bad" : "warn", bad ? "ij-bad" : "ij-warn"), h("span", null, words, " ", cured && cure(cured))] : []));
    }
  }
}
