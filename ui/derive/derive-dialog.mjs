// "Make more": new images from chosen ones. Changes on the left, the resulting plan on the right.

import { about, plural, thousands } from "../core/format.mjs";
import { t } from "../core/sentences.mjs";
import { openDialog } from "../dom/dialog.mjs";
import { attr, banner, button, h, icon, put, relabel, sync, text } from "../dom/elements.mjs";
import { UnsavedGuard } from "../dom/unsaved-guard.mjs";
import { dialogFoot, findingList, planFacts, sampleList, whyNot } from "../plan/plan-view.mjs";
import { Planner } from "../plan/planner.mjs";
import { StartOptions } from "../runs/start-options.mjs";
import { ACTIONS, DeriveForm, EVERY } from "./derive-form.mjs";

/** @typedef {import("../types").DeriveAction} DeriveAction */
/** @typedef {import("./derive-form.mjs").Field} Field */
/** @typedef {{ selection: import("../types").Selection, count: number, pictures: string[] }} From
 *  `count`: of selected images; `pictures`: some of their thumbnails' addresses */
/** @typedef {{ from: From, action: DeriveAction, catalog: import("../page").Catalog }} Start */
/** @typedef {{ queued: (job: import("../page").Job) => void }} Wiring */
/** @typedef {{ field: Field, element: HTMLElement, inputs: HTMLInputElement[], note: HTMLElement,
 *   lora: HTMLSelectElement | null }} Row `lora`: which LoRA's strength */

const SOURCES = 7;
/** The purpose of a second input. @type {Partial<Record<import("./derive-form.mjs").Mode, { name: string, example: string }>>} */
const SECOND = { replace: { name: "with", example: t("with this") }, sides: { name: "height", example: "height" } };

export class DeriveDialog {
  /** @type {Row[]} */
  #rows = [];
  /** @type {Set<string>} in the prompts */
  #loras = new Set();
  #leaving;
  #says = h("p", { class: "ij-muted" });
  #changes = h("div", { class: "ij-changes" });
  #side = h("div", { class: "ij-dialog-side ij-scroll", "aria-live": "polite" });
  #why = h("span", { class: "ij-small ij-line ij-why", id: "ij-derive-why" });
  #queue = button(null, t("Queue"), () => void this.#send(false), {
    kind: "ij-btn-primary", props: { "data-ij": "queue", "aria-describedby": "ij-derive-why" },
  });

  /** @param {HTMLElement} place @param {Start} start @param {Wiring} wiring */
  constructor(place, { from, action, catalog }, wiring) {
    this.wiring = wiring;
    this.draft = new DeriveForm(from.selection, from.count, action, catalog);
    this.planner = new Planner({
      plan: "derive/plan", make: "derive", spec: (force) => this.draft.spec(force), show: () => this.#render(),
    });
    const foot = dialogFoot(this.#why, this.#queue, new StartOptions(this.draft, () => this.planner.moved()));
    const title = t("Make more from {images}", { images: plural(from.count, "image") });
    this.dialog = h(
      "dialog", { class: "ij-dialog ij-derive", "data-ij": "derive", "aria-label": title, onclose: () => this.planner.stop() },
      h(
        "div", { class: "ij-dialog-head" }, h("h2", { class: "ij-grow" }, title),
        button("cross", t("Close"), () => this.#leaving?.close(), { kind: "ij-btn-quiet", iconOnly: true }),
      ),
      h("div", { class: "ij-dialog-body" }, this.#main(from), this.#side),
      foot,
    );
    this.#leaving = new UnsavedGuard(this.dialog, foot, () => this.draft.touched);
    this.dialog.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void this.#send(false);
    });
    this.#choose(action, 0);
    openDialog(place, this.dialog);
    this.#rows[0]?.inputs[0]?.focus();
  }

  /** @param {From} from */
  #main({ count, pictures }) {
    const { draft } = this;
    const shown = pictures.slice(0, SOURCES);
    const more = count - shown.length;
    const name = h("input", {
      class: "ij-input", type: "text", maxlength: 200, placeholder: t("Named after the action"), oninput: () => (draft.name = name.value),
    });
    this.skips = h("input", { type: "checkbox", onchange: (/** @type {Event} */ event) => this.#skip(/** @type {HTMLInputElement} */ (event.target).checked) });
    this.skip = h("label", { class: "ij-check", hidden: true }, this.skips, t("Skip images already made with the same settings"));
    const keeps = h("input", { type: "checkbox", checked: true, onchange: () => {
      draft.controlnet = keeps.checked;
      this.#changed(0);
    } });
    this.controlled = h("span");
    this.controlnet = h("label", { class: "ij-check", hidden: true, "data-ij": "controlnet" }, keeps, this.controlled);
    const picks = /** @type {DeriveAction[]} */ (Object.keys(ACTIONS)).map((key) =>
      h("button", { type: "button", "data-action": key, onclick: () => this.#choose(key, 0) }, ACTIONS[key].label));
    this.picks = h("div", { class: "ij-seg ij-wrap", role: "group", "aria-label": t("What to make") }, ...picks);
    return h(
      "div", { class: "ij-dialog-main ij-scroll" }, this.picks,
      h(
        "div", { class: "ij-sources", "aria-hidden": "true" },
        ...shown.map((src) => h("img", { src, alt: "", decoding: "async" })),
        more > 0 && h("b", null, `+${thousands(more)}`),
      ),
      h("label", { class: "ij-field" }, h("span", { class: "ij-label" }, t("Name")), name),
      h("div", null, this.#says, h("p", { class: "ij-muted" }, t("Numbers and names can have several values: 0.3, 0.4 makes one image for each."))),
      this.#changes, this.controlnet, this.skip,
    );
  }

  /** @param {DeriveAction} action @param {number} [wait] */
  #choose(action, wait) {
    this.draft.action = action;
    for (const pick of this.picks?.children ?? []) attr(pick, "aria-pressed", String(pick.getAttribute("data-action") === action));
    text(this.#says, ACTIONS[action].says);
    this.#rows = this.draft.fields.map((field, nth) => this.#row(field, `ij-change-${nth}`));
    put(this.#changes, ...this.#rows.map(({ element }) => element));
    this.#changed(wait);
  }

  /** @param {Field} field @param {string} id @returns {Row} */
  #row(field, id) {
    const entry = this.draft.entry(field);
    const { names } = field;
    const value = h("input", {
      class: "ij-input", id, type: "text", value: entry.text, autocomplete: "off", spellcheck: "false", list: names.length > 0 ? `${id}-names` : null,
      "aria-describedby": `${id}-note`,
      oninput: () => {
        entry.text = value.value;
        this.#changed();
      },
    });
    const two = field.modes.find((mode) => mode in SECOND);
    const by = two && h("input", {
      class: "ij-input", type: "text", value: entry.by, "aria-label": `${field.label}: ${SECOND[two]?.name}`, placeholder: SECOND[two]?.example, spellcheck: "false",
      oninput: (/** @type {Event} */ event) => {
        entry.by = /** @type {HTMLInputElement} */ (event.target).value;
        this.#changed();
      },
    });
    const hint = h("span", { class: "ij-muted ij-small" }, field.hint);
    const note = h("p", { class: "ij-change-note ij-small", id: `${id}-note` });
    const fit = () => {
      const keep = entry.mode === "keep";
      [value.hidden, hint.hidden] = [keep, !keep];
      if (by) by.hidden = entry.mode !== two;
      if (lora) lora.hidden = keep;
      attr(value, "placeholder", example(field, entry.mode));
    };
    const lora = field.path === `lora:${EVERY}` ? this.#whose(entry) : null;
    const modes = h("select", {
      class: "ij-input", "aria-label": t("{label}: what to do", { label: field.label }), onchange: () => {
        entry.mode = /** @type {import("./derive-form.mjs").Mode} */ (modes.value);
        fit();
        if (!value.hidden) value.focus();
        this.#changed();
      },
    }, ...field.modes.map((mode) => h("option", { value: mode }, (mode === "keep" && field.keep) || this.draft.modeLabel(mode))));
    modes.value = entry.mode;
    fit();
    const element = h(
      "div", { class: "ij-change" }, h("label", { class: "ij-label", for: id }, field.label), field.modes.length > 1 && modes,
      h("span", { class: "ij-change-value" }, value, by, lora, hint), note,
      names.length > 0 && h("datalist", { id: `${id}-names` }, ...names.map((known) => h("option", { value: known }))),
    );
    return { field, element, inputs: by ? [value, by] : [value], note, lora };
  }

  /** @param {import("./derive-form.mjs").Entry} entry */
  #whose(entry) {
    const select = h("select", {
      class: "ij-input", "aria-label": t("Which LoRA"), onchange: () => {
        entry.lora = select.value;
        this.#changed();
      },
    });
    return select;
  }

  /** Fills in the LoRAs to choose from, which come with the plan. */
  #nameLoras() {
    const names = this.planner.plan?.loras ?? [];
    for (const name of names) this.#loras.add(name);
    const { lora, field } = this.#rows.find((row) => row.lora) ?? {};
    if (!lora || !field) return;
    const known = [...this.#loras].sort();
    sync(lora, known, () => [h("option", { value: EVERY }, t("of all LoRAs")), ...known.map((name) => h("option", { value: name }, t("of {name}", { name })))]);
    lora.value = this.draft.entry(field).lora;
  }

  /** @param {number} [wait] */
  #changed(wait) {
    const wrong = this.#rows.map(({ field }) => field).filter((field) => this.draft.wrong(field));
    const first = wrong[0];
    this.planner.changed(first ? `${first.label}: ${this.draft.wrong(first)}` : "", wait);
  }

  /** @param {boolean} on whether to skip images already made */
  #skip(on) {
    this.draft.skip = on;
    if (this.skips) this.skips.checked = on;
    this.#changed(0);
  }

  /** @param {boolean} force */
  async #send(force) {
    if (this.planner.plan?.tasks === 0) return;
    const job = await this.planner.send(force);
    if (!job) return;
    this.#leaving?.leave();
    this.wiring.queued(job);
  }

  #render() {
    const { planner } = this;
    const { plan, problem, errors, blocked, busy } = planner;
    const made = planner.findings.some(({ code }) => code === "already_made");
    const nothing = plan?.tasks === 0;
    relabel(this.#queue, busy ? t("Queueing…") : nothing ? t("Nothing to queue") : plan ? t("Queue {tasks}", { tasks: plural(plan.tasks, "task") }) : t("Queue"));
    attr(this.#queue, "aria-disabled", blocked || nothing ? "true" : null);
    sync(this.#why, [problem, errors.length, plan === null, nothing && made], () =>
      (nothing && made ? [icon("check"), t("Everything was already made and is skipped.")] : whyNot(planner, () => void this.#send(true))));
    const typed = this.#rows.some(({ field }) => this.draft.wrong(field)); // shown below its field
    this.#inPlace(typed);
    this.#nameLoras();
    if (plan) this.#askControlNet(plan);
    if (this.skip && plan) this.skip.hidden = !made && !this.draft.skip;
    // Until the next plan arrives, the last one stays, greyed out, so that nothing jumps.
    this.#side.classList.toggle("ij-stale", plan === null && (typed || !problem));
    if (plan || (problem && !typed)) put(this.#side, ...(plan ? this.#outcome(plan) : [banner("bad", "bad", "", [problem])]));
  }

  /** Hidden for upscaling, which does not use ControlNet. @param {import("../page").Plan} plan */
  #askControlNet({ controlnet }) {
    if (!this.controlnet || !this.controlled) return;
    this.controlnet.hidden = controlnet === 0 || this.draft.action === "upscale";
    const some = controlnet < this.draft.images ? ` (${plural(controlnet, "image")})` : "";
    text(this.controlled, t("Keep ControlNet, with its images{some}", { some }));
  }

  /** Shows problems below their fields. @param {boolean} typed an input is invalid, so there is no request to report on */
  #inPlace(typed) {
    const { draft, planner } = this;
    const whole = !typed;
    for (const { field, element, inputs, note } of this.#rows) {
      const finding = whole ? planner.findings.find((found) => draft.about(found.field ?? "") === field) : undefined;
      const refused = whole && planner.field && draft.about(planner.field) === field ? planner.problem : "";
      const bad = draft.wrong(field) || refused || (finding?.severity === "error" ? finding.message : "");
      const words = bad || finding?.message || "";
      for (const input of inputs) attr(input, "aria-invalid", bad ? "true" : null);
      element.classList.toggle("ij-change-bad", bad !== "");
      sync(note, [words, bad !== ""], () => (words ? [icon(bad ? "bad" : "warn", bad ? "ij-bad" : "ij-warn"), words] : []));
    }
  }

  /** Skips images already made, or accepts a suggestion, with one click. @param {import("../types").Finding} finding */
  #cure(finding) {
    if (finding.code === "already_made") {
      const skip = !this.draft.skip;
      const press = () => {
        this.#skip(skip);
        this.#queue.focus();
      };
      return h("span", { class: "ij-banner-acts" }, button(skip ? "check" : "retry", skip ? t("Skip them") : t("Make them again"), press));
    }
    const cure = this.draft.cure(finding);
    if (!cure) return null;
    const use = () => {
      cure();
      this.#choose(this.draft.action, 0);
      this.#rows[0]?.inputs[0]?.focus();
    };
    return h("span", { class: "ij-banner-acts" }, button("check", t("Use “{suggestion}”", { suggestion: finding.suggestion }), use));
  }

  /** @param {import("../page").Plan} plan */
  #outcome(plan) {
    const { seconds } = plan;
    const sum = [plural(plan.tasks, "task"), seconds !== null && plan.tasks > 0 && about(seconds)].filter(Boolean).join(", ");
    return [
      h("div", null, h("p", { class: "ij-sum" }, sum), h("p", { class: "ij-muted" }, this.draft.line())),
      plan.tasks > 0 && planFacts(plan, this.draft.windows.length > 0),
      findingList(this.planner.findings, (finding) => this.#cure(finding)),
      plan.tasks > 0 && sampleList(plan, this.draft.known),
    ];
  }
}

/** The placeholder. @param {Field} field @param {import("./derive-form.mjs").Mode} mode */
function example({ kind }, mode) {
  if (kind === "text") return mode === "replace" ? "this" : mode === "set" ? "" : mode === "before" ? "masterpiece, " : t(", at night");
  if (kind === "size") return mode === "times" ? "1.5" : mode === "sides" ? t("width, or × 1.5") : "1024 × 768";
  if (kind === "name") return t("one, or several separated by commas");
  if (kind === "seeds") return mode === "set" ? "1, 2, 3" : "4";
  return mode === "times" ? "0.6, 0.8, 1" : kind === "whole" ? "20, 30 or 20-40 [3]" : "0.3, 0.5 or 0.3-0.6 (+0.1)";
}
