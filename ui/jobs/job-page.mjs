// A job's page: its name, facts, progress, actions and images.

import { remember, remembered } from "../core/browser-storage.mjs";
import { axesLine } from "../core/fields.mjs";
import { about, clock, duration, plural, thousands, when } from "../core/format.mjs";
import { parameterFacts, settled } from "../core/parameters.mjs";
import { JOB_STATES, retryable, unfinished } from "../core/state-labels.mjs";
import { t } from "../core/sentences.mjs";
import { attr, banner, button, h, icon, put, relabel, sync, text } from "../dom/elements.mjs";
import { menu } from "../dom/menu.mjs";
import { endWords, moment, priorityWords, windowWords } from "../runs/run-labels.mjs";
import { CONTROLS, PRIORITY_ACTIONS } from "./action-table.mjs";
import { jobLinks } from "./job-links.mjs";
import { progressBar } from "./progress-bar.mjs";

/** @typedef {import("../page").Job} Job */
/** @typedef {import("../core/state.mjs").State} State */
/** @typedef {{ state: State, actions: import("./job-actions.mjs").JobActions, back: () => void, roomy: boolean,
 *   exports: import("../export/export-dialog.mjs").ExportDialog,
 *   resize: (pixels: number) => void, filters: HTMLElement, apply: () => void, again: () => void, check: (job: Job) => void, walk: (job: string) => void,
 *   windows: (job: Job) => void, lay: (matrix: boolean) => void, compose: (job: Job, edit: boolean) => void }} Wiring
 *  `roomy`: there is room for larger thumbnails than in the WebUI's tab; `again`: makes images with findings again; `check`: looks for defects;
 *  `compose`: opens a copy of the job, or the job itself, in the composer; `walk`: opens a linked job */

const SIZE_KEY = "inu-jobs.size";
const SIZES = [96, 136, 208, 320]; // thumbnail sizes on a phone

export class JobPage {
  #title = h("h2", { class: "ij-title" });
  #badge = h("span", { class: "ij-badge-box" });
  #facts = h("div", { class: "ij-facts ij-wide" });
  #kin = h("div", { class: "ij-kin-box" });
  #troubles = h("div", { class: "ij-troubles" });
  #progress = h("div", { class: "ij-line ij-wrap ij-small ij-progress" });
  #thumbs = h("input", {
    type: "range", min: 96, max: 320, step: 8, title: t("Thumbnail size"), oninput: () => this.#resize(),
  });

  /** @param {HTMLElement} parent @param {Wiring} wiring */
  constructor(parent, wiring) {
    const { state } = wiring;
    this.wiring = wiring;
    /** @type {Map<string, HTMLButtonElement[]>} */
    this.buttons = new Map(CONTROLS.map(({ name }) => [name, []]));
    this.rename = button("pencil", t("Rename"), () => this.#rename(), { kind: "ij-btn-quiet ij-wide", iconOnly: true });
    this.scroller = h("div", { class: "ij-scroll ij-grid-box" });
    this.table = h("div", { class: "ij-table" });
    this.lays = [false, true].map((matrix) => h("button", { type: "button", "aria-pressed": "false", onclick: () => {
      wiring.lay(matrix);
      this.showLays(true, matrix);
    } }, matrix ? t("Matrix") : t("Grid")));
    this.layBox = h("span", { class: "ij-seg ij-wide", role: "group", "aria-label": t("Image layout"), hidden: true }, ...this.lays);
    this.#thumbs.value = remembered(SIZE_KEY) ?? (wiring.roomy ? "176" : "136");
    put(
      parent,
      h(
        "header", { class: "ij-head" },
        h(
          "div", { class: "ij-toolbar" },
          button("left", t("Back to the job list"), wiring.back, { kind: "ij-btn-quiet ij-narrow", iconOnly: true }),
          this.#title, this.rename, this.#badge,
          h(
            "span", { class: "ij-line ij-head-acts" }, this.layBox,
            h("label", { class: "ij-line ij-wide ij-size" }, h("span", { class: "ij-sr" }, t("Thumbnail size")), this.#thumbs),
            ...this.#buttons("ij-wide"), menu(t("More actions"), () => this.#menu()),
          ),
        ),
        this.#facts, this.#kin, this.#troubles, this.#progress,
        h("div", { class: "ij-toolbar" }, wiring.filters),
      ),
      this.scroller, this.table,
      h("div", { class: "ij-actions ij-narrow" }, ...this.#buttons("")),
    );
    state.addEventListener("jobs", () => this.#show());
    state.addEventListener("detail", () => this.#opened());
    state.addEventListener("live", () => this.#show());
  }

  /** @param {boolean} possible whether there is a choice @param {boolean} matrix which one is shown */
  showLays(possible, matrix) {
    this.layBox.hidden = !possible;
    this.lays.forEach((lay, nth) => attr(lay, "aria-pressed", String(matrix === (nth === 1))));
  }

  /** The current thumbnail size. */
  get thumbSize() {
    return Number(this.#thumbs.value);
  }

  /** @param {string} kind */
  #buttons(kind) {
    return CONTROLS.map((action) => {
      const { name, sign, label } = action;
      const run = () => {
        const job = this.wiring.state.job;
        if (job) void this.wiring.actions.run(action, job);
      };
      const made = button(sign, label, run, { kind: `${kind}${name === "resume" ? " ij-btn-primary" : ""}`, props: { "data-act": name } });
      this.buttons.get(name)?.push(made);
      return made;
    });
  }

  #menu() {
    const job = this.wiring.state.job;
    if (!job) return [];
    const images = this.wiring.state.detail?.all() ?? [];
    const rejected = images.filter(({ verdict }) => verdict === "rejected").length;
    const findings = images.filter((image) => image.findings.length > 0).length;
    return [
      { sign: "pencil", label: t("Rename"), run: () => this.#rename() },
      ...composing(job, this.wiring.compose),
      ...(unfinished(job) > 0 ? this.#queueing(job) : []),
      ...(rejected > 0 ? [{ sign: "cross", label: t("Delete all {rejected} rejected", { rejected: thousands(rejected) }), run: () => this.wiring.apply() }] : []),
      ...(findings > 0 ? [{ sign: "retry", label: t("Make {findings} with findings again", { findings: thousands(findings) }), run: () => this.wiring.again() }] : []),
      ...(images.length > 0 ? [{ sign: "eye", label: t("Check all images"), run: () => this.wiring.check(job) }] : []),
      ...this.wiring.exports.choices(job),
      ...(this.#thumbs.offsetParent === null ? [...this.#layouts(), this.#sizes()] : []),
      { sign: "trash", label: t("Delete job…"), danger: true, run: () => void this.wiring.actions.remove(job) },
    ];
  }

  /** The other image layout, if there is one. */
  #layouts() {
    const other = this.lays.find((lay) => lay.getAttribute("aria-pressed") === "false");
    if (this.layBox.hidden || !other) return [];
    return [{ sign: "table", label: t("Show as {textContent}", { textContent: (other.textContent ?? "").toLowerCase() }), run: () => other.click() }];
  }

  /** Run windows and priority. @param {Job} job */
  #queueing(job) {
    const levels = PRIORITY_ACTIONS.filter(({ takes }) => takes(job));
    return [
      { sign: "clock", label: t("When to run…"), run: () => this.wiring.windows(job) },
      ...levels.map((action) => ({ sign: action.sign, label: action.label, run: () => void this.wiring.actions.run(action, job) })),
    ];
  }

  #opened() {
    this.#endRename?.();
    this.#show();
  }

  #show() {
    const { state, actions } = this.wiring;
    const job = state.job;
    if (!job) return;
    text(this.#title, job.name);
    attr(this.#title, "title", job.name);
    const { word, sign, tone } = JOB_STATES[job.state];
    sync(this.#badge, job.state, () => [
      h("span", { class: `ij-badge ${tone}` }, icon(sign, job.state === "running" ? "ij-spin" : ""), word),
    ]);
    for (const { name, label, labelOf, takes } of CONTROLS) {
      for (const made of this.buttons.get(name) ?? []) {
        made.hidden = !takes(job);
        relabel(made, labelOf?.(job) ?? label);
      }
    }
    sync(this.#facts, [job.recipe, job.kind, job.started, job.finished, job.priority, unfinished(job) > 0, state.detail?.axes], () =>
      facts(job, state.detail?.axes ?? [], state.detail?.axesWords ?? []).map((fact) => h("span", null, fact)));
    const { parents = [], children = [] } = state.detail ?? {};
    sync(this.#kin, [job.id, parents, children], () => jobLinks(parents, children, this.wiring.walk));
    sync(this.#troubles, [job.hold, job.error, job.state, job.opens, job.windows, retryable(job) > 0], () => troubles(job, () => {
      if (state.job) void actions.retry(state.job);
    }));
    sync(this.#progress, [job.tasks, job.images, job.eta, endWords(job), job.error, job.state, live(state)], () => progress(job, state));
  }

  /** Replaces the slider if it does not fit. */
  #sizes() {
    const step = (/** @type {number} */ by) => {
      const at = SIZES.filter((pixels) => pixels <= this.thumbSize).length - 1;
      this.#thumbs.value = String(SIZES[Math.min(SIZES.length - 1, Math.max(0, at + by))]);
      this.#resize();
    };
    return { label: t("Thumbnail size"), row: [
      { sign: "minus", label: t("Smaller thumbnails"), text: t("Smaller"), stay: true, run: () => step(-1) },
      { sign: "plus", label: t("Larger thumbnails"), text: t("Larger"), stay: true, run: () => step(1) },
    ] };
  }

  #resize() {
    remember(SIZE_KEY, this.#thumbs.value);
    this.wiring.resize(this.thumbSize);
  }

  /** @type {(() => void) | undefined} */
  #endRename;

  #rename() {
    const job = this.wiring.state.job;
    if (!job || this.#endRename) return;
    const field = h("input", { class: "ij-input ij-title-edit", type: "text", value: job.name, maxlength: 200, "aria-label": t("Job name") });
    this.#endRename = () => {
      this.#endRename = undefined;
      field.replaceWith(this.#title);
      this.rename.hidden = false;
    };
    const save = () => {
      const name = field.value.trim();
      this.#endRename?.();
      if (name && name !== job.name) void this.wiring.actions.rename(job, name);
    };
    field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault();
      if (event.key === "Enter") save();
      else this.#endRename?.();
      this.rename.focus();
    });
    field.addEventListener("blur", () => this.#endRename && save());
    this.#title.replaceWith(field);
    this.rename.hidden = true;
    field.select();
    field.focus();
  }
}

/** @param {Job} job @param {Wiring["compose"]} compose */
function composing(job, compose) {
  const { held = 0, queued = 0 } = job.tasks;
  if (!job.composed) return [{ sign: "pencil", label: job.not_composed, off: true, why: true, run: () => {} }];
  return [
    ...(held + queued > 0 ? [{ sign: "pencil", label: t("Edit…"), run: () => compose(job, true) }] : []),
    { sign: "retry", label: t("Duplicate…"), run: () => compose(job, false) },
  ];
}

/** @param {Job} job @param {import("../types").Axis[]} axes @param {import("../types").AxisWords[]} words */
function facts(job, axes, words) {
  const { started, finished } = job;
  let time = t("queued {created}", { created: when(job.created) });
  if (started !== null && finished !== null) time = t("{started}, took {duration}", { started: when(started), duration: duration(finished - started) });
  else if (started !== null) time = t("started {started}", { started: when(started) });
  const urgency = job.priority !== 0 && unfinished(job) > 0 && priorityWords(job.priority);
  return [job.kind, ...parameterFacts(settled(job.recipe, axes)), job.recipe.mixed && t("various settings"), axes.length > 0 && axesLine(axes, words), time, urgency].filter(Boolean);
}

/** Why it is not running, or why it made nothing. @param {Job} job @param {() => void} again */
function troubles(job, again) {
  const list = [];
  if (job.hold) list.push(banner("warn", "held", job.hold.title, [job.hold.message || t("Nothing runs until you resume it.")]));
  else if (job.opens !== null) list.push(banner("info", "clock", t("Waiting for its run window: {windowWords}", { windowWords: windowWords(job.windows) }), [t("It opens {moment}.", { moment: moment(job.opens, Date.now() / 1000) })]));
  else if (job.state === "failed") list.push(banner("bad", "bad", t("This job produced no images"), [job.error || t("No reason was given.")]));
  else if (job.state === "cancelled" && retryable(job) === 0) list.push(banner("info", "cross", t("This job has no tasks."), []));
  else if (job.state === "cancelled") list.push(banner("info", "cross", t("Cancelled before anything was made."), [], [button("retry", t("Requeue"), again)]));
  return list;
}

/** The parts of the running task's state that are shown. @param {State} state */
function live({ live: now, selected }) {
  return now.job === selected ? [now.step, now.steps, Math.round(now.fraction * 100)] : null;
}

/** @param {Job} job @param {State} state */
function progress(job, state) {
  const { total, expected } = job.images;
  const now = live(state) ? state.live : null;
  const task = now?.task ? state.detail?.tasks.get(now.task) : undefined;
  const counts = job.tasks;
  const ends = endWords(job, job.windows.length > 0);
  const failed = (counts.failed ?? 0) + (counts.lost ?? 0);
  const stopped = (counts.interrupted ?? 0) + (counts.cancelled ?? 0);
  return [
    h("span", { class: "ij-line ij-progress-bar" }, progressBar(job, now?.fraction ?? 0)),
    h("b", null, t("{total} of {images}", { total: thousands(total), images: plural(expected, "image") })),
    failed > 0 && h("span", { class: "ij-bad ij-line" }, icon("bad"), t("{failed} failed", { failed })),
    stopped > 0 && h("span", { class: "ij-muted" }, t("{stopped} cancelled or interrupted", { stopped })),
    (counts.held ?? 0) > 0 && job.state === "held" && h("span", { class: "ij-muted" }, t("{held} on hold", { held: thousands(counts.held ?? 0) })),
    task && now && now.steps > 0 && h("span", { class: "ij-muted ij-wide" }, t("Task {index}: step {step} of {steps}", { index: task.index + 1, step: now.step, steps: now.steps })),
    unfinished(job) > 0 && job.eta !== null && h("span", { class: "ij-muted" }, [t("{eta} left", { eta: about(job.eta) }), ends && t("done {ends}", { ends })].filter(Boolean).join(", ")),
    job.finished !== null && unfinished(job) === 0 && h("span", { class: "ij-muted" }, t("ended {finished}", { finished: clock(job.finished) })),
    failed > 0 && job.error && !job.hold && job.state !== "failed" && h("span", { class: "ij-progress-why" }, t("Last failure: {error}", { error: job.error })),
  ];
}
