// The tab's frame: the list at its side, and which page shows beside it.

import { put, h } from "../dom.mjs";
import { remember, remembered } from "../remember.mjs";

/** @typedef {import("../state.mjs").State} State */

const LAST_KEY = "inu-jobs.job";
const TRAIL = "inuJobs"; // in the state of the browser's history
const NARROW = matchMedia("(max-width: 860px)");

export class Frame {
  job = h("section", { class: "ij-page", "aria-label": "Job", hidden: true });
  start = h("section", { class: "ij-page", "aria-label": "Start" });
  list = h("div", { class: "ij-list-body" });
  /** below the list: ways to other pages */
  entries = h("div", { class: "ij-list-end" });
  foot = h("div", { class: "ij-status" }); // a <footer> the WebUI would hide
  above = h("div", { class: "ij-banners" });
  layer = h("div", { class: "ij-root ij-layer" });
  side = h("aside", { class: "ij-list", "aria-label": "Jobs" }, this.list, this.entries, this.foot);
  /** @type {{ element: HTMLElement, close: () => void }[]} pages that need no open job */
  #others = [];

  /** @param {HTMLElement} root #inu-jobs @param {State} state */
  constructor(root, state) {
    this.root = root;
    this.state = state;
    document.body.append(this.layer);
    root.classList.add("ij-frame");
    this.screen("list");
    put(root, this.side, this.above, this.job, this.start);
    state.addEventListener("detail", () => this.#turn());
    addEventListener("resize", () => this.place());
    addEventListener("popstate", (event) => this.#wentBack(event));
    this.#remember();
  }

  /** Another page beside the list, for what is of no one job; shown by `turnTo`.
   * @param {HTMLElement} element @param {() => void} close what to do when another page takes its place */
  add(element, close) {
    element.hidden = true;
    this.root.append(element);
    this.#others.push({ element, close });
  }

  /** @param {HTMLElement} page one that was added */
  turnTo(page) {
    this.#close(page);
    page.hidden = false;
    void this.state.select(null);
    this.screen("page");
  }

  /** @param {HTMLElement} [but] */
  #close(but) {
    for (const { element, close } of this.#others) {
      if (element.hidden || element === but) continue;
      element.hidden = true;
      close();
    }
  }

  #turn() {
    const open = this.state.selected !== null;
    if (open) this.#close();
    const other = this.#others.some(({ element }) => !element.hidden);
    this.job.hidden = !open;
    this.start.hidden = open || other;
    if (!open && !other) this.screen("list");
  }

  /** @param {"list" | "page"} screen which of the two shows where there is no room for both */
  screen(screen) {
    this.root.dataset.screen = screen;
  }

  /** @param {boolean} on whether something lies at the bottom that the toasts must stay above */
  raise(on) {
    this.layer.classList.toggle("ij-raised", on);
  }

  /** @param {string} id of a job */
  async open(id) {
    remember(LAST_KEY, id);
    this.screen("page");
    const opened = this.state.selected === id ? null : this.state.select(id);
    if (NARROW.matches) this.root.scrollIntoView();
    await opened;
  }

  /** To a job that another one led to: the browser's own Back leads back. @param {string} id */
  async walk(id) {
    const { selected } = this.state;
    if (selected !== null && selected !== id) {
      history.replaceState({ ...history.state, [TRAIL]: selected }, "");
      history.pushState({ [TRAIL]: id }, "");
    }
    await this.open(id);
  }

  /** @param {PopStateEvent} event */
  #wentBack({ state }) {
    const id = state?.[TRAIL];
    if (typeof id !== "string") return;
    for (const viewer of this.root.querySelectorAll(/** @type {"dialog"} */ (".ij-viewer[open]"))) viewer.close();
    void this.open(id);
  }

  /** What the page has above us, so that list and page end at the window's edge. */
  place() {
    if (this.root.offsetParent === null) return;
    const top = this.root.getBoundingClientRect().top + scrollY;
    this.root.style.setProperty("--ij-top", `${Math.round(top) + 16}px`);
  }

  /** Opens the job of last time, or on a wide screen the newest that is not over. */
  #remember() {
    const { state } = this;
    const first = () => {
      if (!state.loaded) return;
      state.removeEventListener("jobs", first);
      if (state.selected !== null || NARROW.matches || state.status?.scheduler.attached === false) return;
      const last = remembered(LAST_KEY) ?? "";
      const jobs = [...state.jobs.values()];
      const choice = state.jobs.get(last) ?? jobs.find((job) => job.state === "running") ?? jobs[0];
      if (choice) void state.select(choice.id);
    };
    state.addEventListener("jobs", first);
  }
}
