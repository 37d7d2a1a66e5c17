// "Queue as job": left what you choose, right what comes of it. Nothing is queued before its plan was shown.

import { attr, banner, button, h, icon, put, relabel, sync, text } from "../dom.mjs";
import { Draft, MOST_PER_SETTING } from "../draft.mjs";
import { plural } from "../format.mjs";
import { openDialog } from "../parts.mjs";
import { dialogFoot, findingList, planFacts, sampleList, whyNot } from "../planned.mjs";
import { Planner } from "../planner.mjs";
import { axesLine } from "../words.mjs";

/** @typedef {import("../types").Finding} Finding */
/** @typedef {{ queued: (job: import("../types").Job) => void, closed: () => void, ahead: () => number | null }} Wiring
 *  `ahead`: seconds until what waits already is done */

export class Composer {
  /** what is typed in and makes no sense, one sentence */
  #wrong = "";
  #queued = false;
  #side = h("div", { class: "ij-dialog-side ij-scroll", "aria-live": "polite" });
  #why = h("span", { class: "ij-small ij-line ij-why", id: "ij-why" });
  #queue = button(null, "Queue", () => void this.#send(false), {
    kind: "ij-btn-primary", props: { "data-ij": "queue", "aria-describedby": "ij-why" },
  });

  /** @param {HTMLElement} place @param {import("../types").Capture} capture @param {Wiring} wiring */
  constructor(place, capture, wiring) {
    this.draft = new Draft(capture);
    this.wiring = wiring;
    this.planner = new Planner({
      plan: "plan", make: "jobs", spec: (force) => this.draft.spec(force), show: () => this.#render(),
    });
    this.dialog = h(
      "dialog",
      { class: "ij-dialog ij-composer", "data-ij": "composer", "aria-label": "Queue as job", onclose: () => this.#closed() },
      h(
        "div", { class: "ij-dialog-head" }, h("h2", { class: "ij-grow" }, "Queue as job"),
        button("cross", "Close", () => this.dialog.close(), { kind: "ij-btn-quiet", iconOnly: true }),
      ),
      h("div", { class: "ij-dialog-body" }, this.#main(capture), this.#side),
      dialogFoot(this.#why, this.#queue, (hold) => (this.draft.hold = hold)),
    );
    this.dialog.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void this.#send(false);
    });
    openDialog(place, this.dialog);
    this.#changed(0);
  }

  /** @param {import("../types").Capture} capture */
  #main(capture) {
    const { draft } = this;
    const name = h("input", {
      class: "ij-input", type: "text", value: draft.name, maxlength: 200, autofocus: true, placeholder: "Named by its prompt",
      oninput: () => (draft.name = name.value),
    });
    const each = h("input", {
      class: "ij-input", type: "number", min: 1, max: MOST_PER_SETTING, value: draft.each, inputmode: "numeric",
      oninput: () => this.#count(each),
    });
    this.prompts = h("textarea", { class: "ij-input ij-prompts", id: "ij-prompts", rows: 6, spellcheck: "false", oninput: () => this.#typed() });
    this.prompts.value = draft.text;
    this.label = h("label", { class: "ij-label ij-grow", for: "ij-prompts" });
    this.lines = h("input", { type: "checkbox", onchange: () => this.#typed() });
    this.lines.checked = draft.split;
    this.note = h("p", { class: "ij-note ij-small ij-muted" });
    this.#describe();
    return h(
      "div", { class: "ij-dialog-main ij-scroll" },
      h(
        "div", { class: "ij-two" },
        h("label", { class: "ij-field" }, h("span", { class: "ij-label" }, "Name"), name),
        h("label", { class: "ij-field" }, h("span", { class: "ij-label" }, "Images per setting"), each),
      ),
      captured(capture),
      h(
        "div", { class: "ij-field" },
        h("div", { class: "ij-line ij-wrap" }, this.label, h("label", { class: "ij-check ij-small" }, this.lines, "One prompt a line")),
        this.prompts, this.note,
      ),
      capture.not_frozen.length > 0 && banner("warn", "warn", "Not everything could be kept for later", capture.not_frozen),
    );
  }

  /** @param {HTMLInputElement} field */
  #count(field) {
    const count = Math.floor(Number(field.value));
    const fine = count >= 1 && count <= MOST_PER_SETTING;
    attr(field, "aria-invalid", fine ? null : "true");
    this.#wrong = fine ? "" : `Images per setting goes from 1 to ${MOST_PER_SETTING}.`;
    if (fine) this.draft.each = count;
    this.#changed();
  }

  #typed() {
    this.draft.text = this.prompts?.value ?? "";
    this.draft.split = this.lines?.checked ?? true;
    this.#describe();
    this.#changed();
  }

  /** Says how the text is understood, so that nothing is split, or left whole, behind one's back. */
  #describe() {
    const { draft } = this;
    const count = draft.prompts().length;
    if (this.label) text(this.label, draft.split ? `Prompts, one a line (${count})` : "Prompt (1)");
    const lines = draft.text.trim().split("\n").length;
    if (this.note) {
      text(this.note, !draft.split && lines > 1 ? `These ${lines} lines are one prompt. Tick “One prompt a line” to make them ${lines}.` : "");
      this.note.hidden = this.note.textContent === "";
    }
  }

  /** @param {number} [wait] */
  #changed(wait) {
    this.planner.changed(this.#wrong, wait);
  }

  /** @param {boolean} force */
  async #send(force) {
    const job = await this.planner.send(force);
    if (!job) return;
    this.#queued = true;
    this.dialog.close();
    this.wiring.queued(job);
  }

  #closed() {
    this.planner.stop();
    if (!this.#queued) this.wiring.closed();
  }

  /** @param {Finding} finding */
  #use(finding) {
    this.draft.use(finding);
    if (this.prompts) this.prompts.value = this.draft.text;
    this.#describe();
    this.#changed(0);
    this.prompts?.focus();
  }

  #render() {
    const { planner } = this;
    const { plan, problem, errors, blocked, busy } = planner;
    relabel(this.#queue, busy ? "Queueing…" : plan ? `Queue ${plural(plan.tasks, "task")}` : "Queue");
    attr(this.#queue, "aria-disabled", blocked ? "true" : null);
    if (this.prompts) attr(this.prompts, "aria-invalid", errors.some(({ field }) => field === "prompt") ? "true" : null);
    sync(this.#why, [problem, errors.length, plan === null], () => whyNot(planner, () => void this.#send(true)));
    // While the next plan is on its way the last one stays, greyed: nothing jumps.
    this.#side.classList.toggle("ij-stale", plan === null && !problem);
    if (plan || problem) put(this.#side, ...(plan ? this.#outcome(plan) : [banner("bad", "bad", "", [problem])]));
  }

  /** @param {import("../types").Plan} plan */
  #outcome(plan) {
    const axes = axesLine(this.draft.spec().axes);
    const images = plan.images === plan.tasks ? "" : `${plural(plan.images, "image")}, ${this.draft.batchSize} a task`;
    return [
      h("div", null, h("p", { class: "ij-sum" }, plural(plan.tasks, "task")), h("p", { class: "ij-muted" }, [axes, images].filter(Boolean).join(", ") || "1 image")),
      planFacts(plan, this.wiring.ahead() ?? 0),
      findingList(this.planner.findings, (finding) => this.#cure(finding)),
      sampleList(plan),
    ];
  }

  /** @param {Finding} finding */
  #cure(finding) {
    const use = button("check", `Use “${finding.suggestion}”`, () => this.#use(finding));
    return h("span", { class: "ij-banner-acts" }, use);
  }
}

/** What was captured, in a line, and all of it on demand. @param {import("../types").Capture} capture */
function captured(capture) {
  const all = h(
    "dl", { class: "ij-recipe ij-payload", hidden: true },
    ...Object.entries(capture.payload).flatMap(([name, value]) => [
      h("dt", null, name), h("dd", null, typeof value === "string" ? value : JSON.stringify(value)),
    ]),
  );
  const toggle = h("button", {
    type: "button", class: "ij-link", "aria-expanded": "false",
    onclick: () => {
      all.hidden = !all.hidden;
      text(toggle, all.hidden ? "Show all" : "Show less");
      attr(toggle, "aria-expanded", String(!all.hidden));
    },
  }, "Show all");
  return h(
    "div", { class: "ij-banner ij-small ij-captured" },
    icon("img2img", "ij-muted"),
    h("div", { class: "ij-grow" }, h("b", null, `From ${capture.kind}: `), capture.summary.join(", "), all),
    toggle,
  );
}
