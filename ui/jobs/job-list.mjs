// The job list: grouped by state, with search and a state filter.

import { url } from "../core/api.mjs";
import { about, duration, plural, thousands, when } from "../core/format.mjs";
import { t } from "../core/sentences.mjs";
import { JOB_STATES, unfinished, VERDICTS } from "../core/state-labels.mjs";
import { drawn } from "../core/timing.mjs";
import { attr, button, h, icon, put, sync, text } from "../dom/elements.mjs";
import { letter } from "../dom/keyboard.mjs";
import { hosted, ownPage } from "../host/webui-page.mjs";
import { moment, priorityWords } from "../runs/run-labels.mjs";
import { progressBar } from "./progress-bar.mjs";

/** @typedef {import("../page").Job} Job */
/** @typedef {import("../types").JobState} JobState */
/** @typedef {{ state: import("../core/state.mjs").State, open: (id: string) => Promise<void>, enter: () => void, compose: () => void,
 *   picked: import("../core/selection.mjs").Selection }} Wiring
 *  `enter`: moves the focus to the open job's images; `picked`: the selected jobs */

const SEARCH_MS = 250;

/** The link to the standalone page, or back to the WebUI. */
function elsewhere() {
  const label = hosted() ? t("Open jobs in a new window") : t("Open the WebUI");
  return h("a", { class: "ij-btn ij-btn-icon", href: hosted() ? ownPage() : document.baseURI, target: "_blank", title: label, "aria-label": label }, icon("window"));
}

/** @param {HTMLElement} parent @param {Wiring} wiring */
export function jobList(parent, { state, open, enter, compose, picked }) {
  let picking = false;
  const pick = button("select", t("Select jobs"), () => choose(!picking), { iconOnly: true, props: { "aria-pressed": "false" } });
  const search = h("input", { class: "ij-input", type: "search", placeholder: t("Search"), oninput: typed });
  const filter = h(
    "select",
    { class: "ij-input ij-list-filter", onchange: () => void state.search({ state: filter.value }) },
    h("option", { value: "" }, t("All states")),
    ...Object.entries(JOB_STATES).map(([value, { word }]) => h("option", { value }, word)), h("option", { value: "archived" }, t("Archived")),
  );
  const find = h(
    "div",
    { class: "ij-toolbar ij-list-find" },
    h("label", { class: "ij-search" }, icon("search"), h("span", { class: "ij-sr" }, t("Search jobs")), search),
    h("label", null, h("span", { class: "ij-sr" }, t("State")), filter),
  );
  const groups = /** @type {JobState[]} */ (Object.keys(JOB_STATES)).map((name) => new Group(name, clicked));
  const nothing = h("div", { class: "ij-list-nothing" });
  const more = button(null, t("Show more"), () => void state.more(), { kind: "ij-btn-quiet ij-list-more" });
  put(
    parent,
    h("div", { class: "ij-toolbar" }, button("plus", t("New job"), compose, { kind: "ij-list-new", props: hosted() ? {} : { title: t("In the WebUI, set up the page, then press Queue as job") } }), pick, elsewhere()),
    find,
    h("div", { class: "ij-scroll" }, nothing, ...groups.map((group) => group.element), more),
  );

  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  function typed() {
    clearTimeout(timer);
    timer = setTimeout(() => void state.search({ text: search.value.trim() }), SEARCH_MS);
  }

  /** @param {boolean} on whether a plain click selects */
  function choose(on) {
    picking = on;
    attr(pick, "aria-pressed", String(on));
    if (!on) picked.clear();
  }

  /** As in a file manager: a plain click sets where a range starts.
   * @param {HTMLElement} row @param {string} id @param {MouseEvent} event */
  function clicked(row, id, { ctrlKey, metaKey, shiftKey }) {
    const more = ctrlKey || metaKey;
    const ids = rows().map((shown) => shown.dataset.id ?? "");
    const fresh = picked.size === 0;
    if (fresh && (picked.anchor !== state.selected || !ids.includes(picked.anchor ?? ""))) picked.anchor = null;
    if (shiftKey) picked.range(ids, id, more);
    else if (more && fresh && picked.anchor !== null) picked.set([picked.anchor, id], id);
    else if (more || picking) picked.toggle(id);
    else void turnTo(row, id);
  }

  /** @param {HTMLElement} row @param {string} id */
  async function turnTo(row, id) {
    picked.clear();
    picked.anchor = id;
    await open(id);
    await drawn(); // wait for the images: focusing them now would force a layout
    const { activeElement } = document;
    if (activeElement === row || activeElement === document.body) enter(); // otherwise the user has moved on
  }

  const rows = () => [...parent.querySelectorAll(/** @type {"button"} */ (".ij-group[open] .ij-row"))];
  const stops = new Stops(parent);
  const mark = () => {
    for (const row of rows()) attr(row, "aria-pressed", picked.size > 0 || picking ? String(picked.has(row.dataset.id)) : null);
  };
  pick.addEventListener("click", mark);
  picked.addEventListener("change", mark);
  parent.addEventListener("keydown", (event) => {
    if (stops.press(event)) return;
    if (event.key === "Escape") choose(false);
    else if (letter(event) === "a" && (event.ctrlKey || event.metaKey) && event.target instanceof Element && event.target.matches(".ij-row")) picked.set(rows().map((row) => row.dataset.id ?? ""));
    else return;
    event.preventDefault();
    event.stopPropagation(); // the images have their own selection
  });

  state.addEventListener("jobs", () => {
    picked.retain(() => state.shown);
    const jobs = [...state.jobs.values()].filter((job) => state.shown.has(job.id));
    const searching = Boolean(state.query.text || state.query.state);
    for (const group of groups) {
      const members = jobs.filter((job) => job.state === group.name);
      group.show(inOrder(group.name, members), searching ? members.length : (state.states[group.name] ?? 0), state.selected);
    }
    const archived = jobs.length === 0 && (state.status?.store.jobs ?? 0) > 0; // otherwise the list would have some
    find.hidden = state.loaded && jobs.length === 0 && !searching && !archived;
    more.hidden = jobs.length >= state.total;
    mark();
    stops.show();
    sync(nothing, [state.loaded, jobs.length === 0, searching, archived], () => emptyWords(state.loaded, jobs.length, searching, archived));
  });
}

/** @param {boolean} loaded @param {number} count @param {boolean} searching @param {boolean} archived */
function emptyWords(loaded, count, searching, archived) {
  if (!loaded || count > 0) return [];
  if (searching) return [h("b", null, t("No matching jobs")), h("p", null, t("Try another word, or all states."))];
  if (archived) return [h("b", null, t("All jobs are archived")), h("p", null, t("Choose “Archived” above to see them."))];
  return [h("b", null, t("No jobs yet")), h("p", null, t("A job is everything you queue in one go: its tasks and its images."))];
}

/** In queue order; finished jobs newest first. @param {JobState} name @param {Job[]} jobs */
function inOrder(name, jobs) {
  const queue = name === "waiting" || name === "running";
  return jobs.sort((a, b) => (queue ? b.priority - a.priority || a.created - b.created : b.created - a.created));
}

class Group {
  /** @type {Map<string, { row: HTMLButtonElement, item: HTMLLIElement }>} */
  #rows = new Map();
  #count = h("span");
  #list = h("ul");

  /** @param {JobState} name @param {(row: HTMLElement, id: string, event: MouseEvent) => void} clicked */
  constructor(name, clicked) {
    this.name = name;
    this.element = h(
      "details",
      { class: "ij-group", open: true, hidden: true },
      h("summary", null, icon("down"), JOB_STATES[name].word, this.#count),
      this.#list,
    );
    this.#list.addEventListener("click", (event) => {
      const row = event.target instanceof Element ? event.target.closest(/** @type {"button"} */ ("[data-id]")) : null;
      if (row?.dataset.id) clicked(row, row.dataset.id, event);
    });
  }

  /** @param {Job[]} jobs @param {number} count @param {string | null} selected */
  show(jobs, count, selected) {
    this.element.hidden = jobs.length === 0;
    text(this.#count, String(Math.max(count, jobs.length)));
    const gone = new Set(this.#rows.keys());
    jobs.forEach((job, place) => {
      gone.delete(job.id);
      const item = this.#item(job, place);
      // Moving an element loses its focus: only move if the order really changed.
      if (this.#list.children[place] !== item) this.#list.insertBefore(item, this.#list.children[place] ?? null);
    });
    for (const id of gone) {
      this.#rows.get(id)?.item.remove();
      this.#rows.delete(id);
    }
    for (const [id, { row }] of this.#rows) attr(row, "aria-current", id === selected ? "true" : null);
  }

  /** @param {Job} job @param {number} place */
  #item(job, place) {
    let known = this.#rows.get(job.id);
    if (!known) {
      const row = h("button", { type: "button", class: "ij-row", "data-ij": "job", "data-id": job.id });
      known = { row, item: h("li", null, row) };
      this.#rows.set(job.id, known);
    }
    sync(known.row, [job, place === 0], () => rowParts(job, place === 0));
    return known.item;
  }
}

/** The list is one Tab stop: the arrow keys move between rows and the headings between them. */
class Stops {
  /** @type {Element | null} the last focused stop */
  #last = null;

  /** @param {HTMLElement} parent */
  constructor(parent) {
    this.parent = parent;
    parent.addEventListener("focusin", ({ target }) => {
      if (!(target instanceof Element) || !this.#all().some((stop) => stop === target)) return;
      this.#last = target;
      this.show();
    });
    parent.addEventListener("toggle", () => this.show(), { capture: true });
  }

  #all() {
    return [...this.parent.querySelectorAll(/** @type {"button"} */ (".ij-group:not([hidden]) > summary, .ij-group:not([hidden])[open] .ij-row"))];
  }

  /** Puts the Tab stop on the last focused row, or else on the open job. */
  show() {
    const all = this.#all();
    const rows = all.filter((stop) => stop.matches(".ij-row"));
    const here = all.find((stop) => stop === this.#last) ?? rows.find((row) => row.ariaCurrent === "true") ?? rows[0] ?? all[0];
    for (const stop of all) attr(stop, "tabindex", stop === here ? 0 : -1);
  }

  /** @param {KeyboardEvent} event @returns {boolean} whether it was handled */
  press(event) {
    const all = this.#all();
    const at = all.findIndex((stop) => stop === event.target);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[event.key];
    if (at < 0 || to === undefined || event.ctrlKey || event.altKey || event.metaKey) return false;
    all[to]?.focus();
    event.preventDefault();
    return true;
  }
}

/** @param {Job} job @param {boolean} first of its group */
function rowParts(job, first) {
  return [cover(job), h("span", { class: "ij-row-name" }, job.name), side(job, first), meta(job)];
}

/** @param {Job} job */
function cover(job) {
  const empty = () => h("span", { class: "ij-row-cover" }, icon(JOB_STATES[job.state].sign));
  if (!job.cover) return empty();
  const image = h("img", {
    class: "ij-row-cover", alt: "", loading: "lazy", decoding: "async", src: url(`images/${encodeURIComponent(job.cover)}/thumb`),
    onerror: () => image.replaceWith(empty()),
  });
  return image;
}

/** @param {Job} job @param {boolean} first */
function side(job, first) {
  const box = h("span", { class: "ij-row-side" });
  if (job.state === "running" && job.eta !== null) put(box, duration(job.eta));
  else if (job.state === "waiting" && first && job.opens === null) put(box, "next");
  else if (job.state === "review") put(box, counted(job.images.unreviewed, t("to review"), icon("eye"), "ij-row-left"));
  else if (job.state === "done" || job.state === "failed" || job.state === "cancelled") put(box, when(job.finished ?? job.created));
  return box;
}

/** @param {Job} job */
function meta(job) {
  const { total, expected } = job.images;
  /** @type {HTMLElement[]} */
  const parts = [];
  if (job.state === "running") parts.push(progressBar(job), h("span", null, `${thousands(total)} / ${thousands(expected)}`));
  else if (job.state === "held") parts.push(h("span", null, icon("held", "ij-warn"), heldWords(job)));
  else if (job.state === "waiting") {
    if (job.opens !== null) parts.push(h("span", null, icon("clock"), t("from {moment}", { moment: moment(job.opens, Date.now() / 1000) })));
    else parts.push(h("span", null, plural(expected, "image") + (job.eta === null ? "" : `, ${about(job.eta)}`)));
  } else if (job.state === "cancelled") parts.push(h("span", null, job.tasks.total ? t("{tasks} cancelled", { tasks: plural(job.tasks.total, "task") }) : t("no tasks")));
  else parts.push(h("span", null, plural(total, "image")), ...decided(job));
  if (job.priority !== 0 && unfinished(job) > 0) parts.push(h("span", null, priorityWords(job.priority).toLowerCase()));
  const failed = job.tasks.failed ?? 0;
  const { findings } = job.images;
  const roomy = () => parts.length === 1 && job.state !== "held"; // otherwise the words are for screen readers only
  if (findings > 0) parts.push(counted(findings, t({ one: "finding", other: "findings" }, { n: findings }), icon("warn"), "ij-warn", roomy()));
  if (failed > 0 && job.state !== "held" && job.state !== "running") parts.push(counted(failed, t("failed"), icon("bad"), "ij-bad", roomy()));
  if (job.state === "review" && parts.length === 1) parts.push(h("span", null, when(job.finished ?? job.created))); // tells jobs of the same name apart
  return h("span", { class: "ij-row-meta" }, ...parts);
}

/** How many images were kept and rejected. @param {Job} job */
function decided({ images }) {
  return /** @type {const} */ (["kept", "rejected"]).filter((verdict) => images[verdict] > 0).map((verdict) => {
    const { word, sign, tone } = VERDICTS[verdict];
    return counted(images[verdict], word.toLowerCase(), icon(sign, tone));
  });
}

/** @param {number} count @param {string} word @param {SVGElement} sign @param {string} [tone] @param {boolean} [spelt] whether the word is visible */
function counted(count, word, sign, tone = "", spelt = false) {
  const words = `${thousands(count)} ${word}`;
  return h("span", { class: tone, title: words }, sign, h("span", null, thousands(count), h("span", { class: spelt ? "" : "ij-sr" }, ` ${word}`)));
}

/** @param {Job} job */
function heldWords(job) {
  const done = job.images.total > 0 ? t(", {total} of {expected} images", { total: thousands(job.images.total), expected: thousands(job.images.expected) }) : `, ${plural(unfinished(job), "task")}`;
  return (job.hold?.title ?? JOB_STATES.held.word) + done;
}
