// "Queue as job", "Duplicate…" and "Edit…": choices on the left, the resulting plan on the right. Nothing is
// queued or changed before its plan has been shown.

import { plural, thousands } from "../core/format.mjs";
import { t } from "../core/sentences.mjs";
import { openDialog } from "../dom/dialog.mjs";
import { attr, banner, button, h, icon, put, relabel, sync, text } from "../dom/elements.mjs";
import { UnsavedGuard } from "../dom/unsaved-guard.mjs";
import { dialogFoot, findingList, planFacts, sampleList, whyNot } from "../plan/plan-view.mjs";
import { Planner } from "../plan/planner.mjs";
import { StartOptions } from "../runs/start-options.mjs";
import { AxisList } from "./axis-list.mjs";
import { MOST_PER_SETTING } from "./draft.mjs";
import { PromptSource } from "./prompt-source.mjs";
import { RecipeDialog } from "./recipe-dialog.mjs";

/** @typedef {import("../types").Finding} Finding */
/** @typedef {import("./draft.mjs").Draft} Draft */
/** @typedef {{ draft: Draft, catalog: import("../page").Catalog, title: string, from: string, edit?: string, recipes?: boolean }} Start
 *  `from`: where the draft comes from; `edit`: id of the job being edited; `recipes`: open the recipes first */
/** @typedef {{ queued: (job: import("../page").Job) => void, closed: () => void }} Wiring */

const FILES_NAMED = 4;

export class Composer {
  #queued = false;
  #leaving;
  main = h("div", { class: "ij-dialog-main ij-scroll" });
  recipe = h("span");
  #side = h("div", { class: "ij-dialog-side ij-scroll", "aria-live": "polite" });
  #why = h("span", { class: "ij-small ij-line ij-why", id: "ij-why" });
  #queue = button(null, t("Queue"), () => void this.#send(false), {
    kind: "ij-btn-primary", props: { "data-ij": "queue", "aria-describedby": "ij-why" },
  });

  /** @param {HTMLElement} place @param {Start} start @param {Wiring} wiring */
  constructor(place, { draft, catalog, title, from, edit, recipes }, wiring) {
    this.draft = draft;
    this.wiring = wiring;
    this.edits = edit !== undefined;
    const job = `jobs/${encodeURIComponent(edit ?? "")}/edit`;
    this.planner = new Planner({
      plan: this.edits ? `${job}/plan` : "plan", make: this.edits ? job : "jobs",
      spec: (force) => (this.edits ? draft.edit(force) : draft.spec(force)), show: () => this.#render(),
    });
    this.promptSource = new PromptSource(draft, catalog.wildcards, () => this.#changed());
    this.axes = new AxisList(draft, catalog, (moved) => {
      if (moved) this.planner.findings = []; // they refer to rows by position
      this.#changed();
    });
    // For an existing job, its own page has this setting.
    this.when = this.edits ? null : new StartOptions(draft, () => this.planner.moved());
    const foot = dialogFoot(this.#why, this.#queue, this.when);
    const shelf = () => new RecipeDialog(this.dialog, draft, catalog, (name) => this.#taken(name));
    this.dialog = h(
      "dialog",
      { class: "ij-dialog ij-composer", "data-ij": "composer", "aria-label": title, onclose: () => this.#closed() },
      h(
        "div", { class: "ij-dialog-head" }, h("h2", { class: "ij-grow" }, title),
        !this.edits && button("down", t("Recipes"), shelf, { kind: "ij-btn-quiet" }),
        button("cross", t("Close"), () => this.#leaving?.close(), { kind: "ij-btn-quiet", iconOnly: true }),
      ),
      h("div", { class: "ij-dialog-body" }, this.#main(from), this.#side),
      foot,
    );
    const { written } = draft;
    this.#leaving = new UnsavedGuard(this.dialog, foot, () => draft.written !== written);
    this.dialog.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) void this.#send(false);
    });
    openDialog(place, this.dialog);
    this.#changed(0);
    if (recipes) shelf();
  }

  /** @param {string} from */
  #main(from) {
    const { draft } = this;
    const { not_frozen: loose } = draft.capture;
    const name = (this.name = h("input", {
      class: "ij-input", type: "text", value: draft.name, maxlength: 200, autofocus: true, placeholder: t("Named after its prompt"),
      oninput: () => (draft.name = name.value),
    }));
    const each = (this.each = h("input", {
      class: "ij-input", type: "number", min: 1, max: MOST_PER_SETTING, value: draft.each, inputmode: "numeric", oninput: () => this.#changed(),
    }));
    const own = (this.own = h(
      "select", { class: "ij-input", onchange: () => {
        draft.own = own.value === "own";
        this.#changed();
      } },
      h("option", { value: "same" }, t("Same for all settings")), h("option", { value: "own" }, t("Different for each task")),
    ));
    this.seeds = h("label", { class: "ij-field" }, h("span", { class: "ij-label" }, t("Seeds")), own);
    put(
      this.main,
      h(
        "div", { class: "ij-two" },
        h("label", { class: "ij-field" }, h("span", { class: "ij-label" }, t("Name")), name),
        h("label", { class: "ij-field" }, h("span", { class: "ij-label" }, t("Images per setting")), each),
        this.seeds,
      ),
      captured(draft, from, this.recipe), files(draft), this.promptSource.element, this.axes.element,
      loose.length > 0 && banner("warn", "warn", t("Some things could not be captured"), loose),
    );
    return this.main;
  }

  /** Reads the count. Returns what is wrong with it, or "". */
  #count() {
    const { each, draft } = this;
    if (!each) return "";
    const count = Math.floor(Number(each.value));
    const fine = draft.seeded || (count >= 1 && count <= MOST_PER_SETTING);
    each.disabled = draft.seeded;
    attr(each, "title", draft.seeded ? t("Set by the seed axis.") : null);
    attr(each, "aria-invalid", fine ? null : "true");
    if (fine) draft.each = count;
    if (this.own && this.seeds) [this.own.value, this.seeds.hidden] = [draft.ownSeeds ? "own" : "same", !draft.drawsSeeds];
    return fine ? "" : t("Images per setting must be 1 to {most}.", { most: String(MOST_PER_SETTING) });
  }

  /** @param {number} [wait] */
  #changed(wait) {
    this.planner.changed(this.#count() || this.promptSource.wrong || this.axes.wrong, wait);
  }

  /** @param {boolean} force */
  async #send(force) {
    if (this.axes.wrong) this.axes.tried();
    const job = await this.planner.send(force);
    if (!job) return;
    this.#queued = true;
    this.#leaving?.leave();
    this.wiring.queued(job);
  }

  #closed() {
    this.planner.stop();
    this.promptSource.stop();
    if (!this.#queued) this.wiring.closed();
  }

  /** @param {string} recipe its name */
  #taken(recipe) {
    text(this.recipe, t("; recipe “{recipe}”", { recipe }));
    this.planner.findings = [];
    this.#filled();
    this.main.scrollTop = 0;
    this.name?.focus({ preventScroll: true });
  }

  /** @param {Finding} finding */
  #use(finding) {
    this.draft.use(finding);
    this.#filled();
    (this.promptSource.area.hidden ? this.name : this.promptSource.area)?.focus();
  }

  /** The draft was changed from outside these fields. */
  #filled() {
    const { draft } = this;
    if (this.name) this.name.value = draft.name;
    if (this.each) this.each.value = String(draft.each);
    this.promptSource.show();
    this.axes.show();
    this.when?.show();
    this.#changed(0);
  }

  #render() {
    const { planner } = this;
    const { plan, problem, errors, blocked, busy } = planner;
    if (this.edits) relabel(this.#queue, busy ? t("Saving…") : t("Save changes"));
    else relabel(this.#queue, busy ? t("Queueing…") : plan ? t("Queue {tasks}", { tasks: plural(plan.tasks, "task") }) : t("Queue"));
    attr(this.#queue, "aria-disabled", blocked ? "true" : null);
    this.promptSource.mark(planner);
    this.axes.mark(planner, (finding) => this.#cure(finding, "ij-link"));
    const anyway = this.edits ? t("save anyway") : undefined;
    const kind = problem && problem === this.axes.wrong ? "info" : "bad"; // an empty field is not an error yet
    sync(this.#why, [problem, errors.length, plan === null, kind], () =>
      (kind === "info" ? [icon("info", "ij-muted"), problem] : whyNot(planner, () => void this.#send(true), anyway)));
    // Until the next plan arrives, the last one stays, greyed out, so that nothing jumps.
    this.#side.classList.toggle("ij-stale", plan === null && !problem);
    if (plan || problem) put(this.#side, ...(plan ? this.#outcome(plan) : [banner(kind, kind, "", [problem])]));
  }

  /** @param {import("../page").Plan} plan */
  #outcome(plan) {
    const { dynamic } = plan;
    const each = dynamic?.combinatorial ? "" : t(", {batchSize} per task", { batchSize: this.draft.batchSize });
    const images = plan.images === plan.tasks ? "" : `${plural(plan.images, "image")}${each}`;
    const line = [this.draft.line(), images].filter(Boolean).join(", ") || "1 image";
    return [
      h("div", null, h("p", { class: "ij-sum" }, plural(plan.tasks, "task"), this.edits && t(" to run")), h("p", { class: "ij-muted" }, line)),
      this.edits && editFacts(/** @type {import("../page").EditPlan} */ (plan)),
      dynamic && this.#filling(dynamic),
      planFacts(plan, this.draft.windows.length > 0),
      findingList(this.planner.findings, (finding) => finding.suggestion && h("span", { class: "ij-banner-acts" }, this.#cure(finding, ""))),
      sampleList(plan, this.draft.fields),
    ];
  }

  /** What the Dynamic Prompts extension will do. @param {import("../types").Dynamic} dynamic */
  #filling(dynamic) {
    const { combinatorial, images } = dynamic;
    const all = images === null ? t("number of images unknown") : plural(images, "image");
    const says = combinatorial ? t("makes every combination when a task runs ({all}).", { all }) : t("fills in the prompt when a task runs.");
    const take = () => {
      this.draft.takeTemplate(dynamic);
      this.#filled();
    };
    const may = this.draft.mayTake(dynamic);
    const instead = t("With a template, each prompt becomes its own task, and you see it before queueing.");
    return banner("info", "info", "", [t("Dynamic Prompts {says}", { says }), may && instead, may && button(null, t("Use a template"), take)]);
  }

  /** Accepts a suggestion with one click. @param {Finding} finding @param {string} look */
  #cure(finding, look) {
    const name = (finding.suggestion ?? "").replace(/^(lora|swap|replace):/, "");
    const use = () => this.#use(finding);
    return look ? h("button", { type: "button", class: look, onclick: use }, t("Use “{name}”", { name })) : button("check", t("Use “{name}”", { name }), use);
  }
}

/** What happens to the existing tasks. @param {import("../page").EditPlan} plan */
function editFacts({ tasks, kept, dropped, added }) {
  /** @type {[string, number, string][]} */
  const facts = [
    [t("Kept"), kept, t("running or finished, left as they are")],
    [t("Unchanged"), tasks - added, t("still waiting")],
    [t("Removed"), dropped, t("waiting, no longer needed")],
    [t("Added"), added, "new"],
  ];
  return h("dl", { class: "ij-parameters ij-edit" }, ...facts.flatMap(([word, count, says]) => [
    h("dt", null, word), h("dd", null, plural(count, "task"), count > 0 && h("span", { class: "ij-muted" }, ` ${says}`)),
  ]));
}

/** The input files of img2img's Batch tab. @param {Draft} draft */
function files(draft) {
  const names = draft.fileNames;
  if (names.length === 0) return null;
  const more = names.length > FILES_NAMED ? t(" and {names} more", { names: thousands(names.length - FILES_NAMED) }) : "";
  return h(
    "p", { class: "ij-small", "data-ij": "files" }, h("b", null, t("1 task for each of {files}: ", { files: plural(names.length, "file") })),
    `${names.slice(0, FILES_NAMED).join(", ")}${more}`,
  );
}

/** The captured settings in one line, and all of them on demand. @param {Draft} draft @param {string} from @param {HTMLElement} more */
function captured(draft, from, more) {
  const all = h("dl", { class: "ij-parameters ij-payload", hidden: true });
  const toggle = h("button", {
    type: "button", class: "ij-link", "aria-expanded": "false",
    onclick: () => {
      all.hidden = !all.hidden;
      text(toggle, all.hidden ? t("Show all") : t("Show less"));
      attr(toggle, "aria-expanded", String(!all.hidden));
      put(all, ...Object.entries(draft.payload).flatMap(([name, value]) => [
        h("dt", null, name), h("dd", null, typeof value === "string" ? value : JSON.stringify(value)),
      ]));
    },
  }, t("Show all"));
  return h(
    "div", { class: "ij-banner ij-small ij-captured" },
    icon("img2img", "ij-muted"),
    h("div", { class: "ij-grow" }, h("b", null, t("From {from}: ", { from })), draft.capture.summary.join(", "), more, all),
    toggle,
  );
}
