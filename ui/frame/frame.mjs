// The tab's frame: the list, and the page next to it.

import { remember, remembered } from "../core/browser-storage.mjs";
import { t } from "../core/sentences.mjs";
import { BackNavigation } from "../dom/back-navigation.mjs";
import { h, put } from "../dom/elements.mjs";

/** @typedef {import("../core/state.mjs").State} State */

const LAST_KEY = "inu-jobs.job";
const NARROW = matchMedia("(max-width: 860px)");

export class Frame {
  job = h("section", { class: "ij-page", "aria-label": t("Job"), hidden: true });
  start = h("section", { class: "ij-page", "aria-label": t("Start") });
  list = h("div", { class: "ij-list-body" });
  /** below the list: links to other pages */
  entries = h("div", { class: "ij-list-end" });
  foot = h("div", { class: "ij-status" }); // the WebUI would hide a <footer>
  above = h("div", { class: "ij-banners" });
  layer = h("div", { class: "ij-root ij-layer" });
  below = h("div", { class: "ij-list-foot" }, this.entries, this.foot);
  side = h("aside", { class: "ij-list", "aria-label": t("Jobs") }, this.list, this.below);
  /** @type {{ element: HTMLElement, close: () => void }[]} pages without an open job */
  #others = [];
  /** whether a page replaced the list, on a narrow screen */
  #paged = false;
  /** how many jobs or other pages were visited on the way here */
  #walks = 0;
  /** the list's scroll position */
  #listAt = 0;

  /** @param {HTMLElement} root #inu-jobs @param {State} state */
  constructor(root, state) {
    this.root = root;
    this.state = state;
    document.body.append(this.layer);
    root.classList.add("ij-frame");
    this.backNavigation = new BackNavigation({
      place: () => ({ job: state.selected, screen: root.dataset.screen ?? "list", paged: this.#paged, walks: this.#walks }), go: (place) => this.#go(place),
    });
    this.screen("list");
    put(root, this.above, this.side, this.job, this.start);
    state.addEventListener("detail", () => {
      this.#turn();
      this.backNavigation.settle();
    });
    addEventListener("resize", () => this.place());
    new ResizeObserver(() => root.style.setProperty("--ij-foot", `${this.below.offsetHeight}px`)).observe(this.below);
    this.#remember();
  }

  /** Adds a page that belongs to no single job; shown by `turnTo`.
   * @param {HTMLElement} element @param {() => void} close called when another page replaces it */
  add(element, close) {
    element.hidden = true;
    this.root.append(element);
    this.#others.push({ element, close });
  }

  /** @param {HTMLElement} page added with `add` */
  turnTo(page) {
    if (!this.narrow && !this.#other) this.#walks += 1; // so that Back returns here
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
    this.job.hidden = !open;
    this.start.hidden = open || this.#other;
    if (!open && !this.#other) this.screen("list");
  }

  /** Whether a page without a job is shown. */
  get #other() {
    return this.#others.some(({ element }) => !element.hidden);
  }

  /** Whether there is no room for list and page side by side. */
  get narrow() {
    return NARROW.matches;
  }

  /** @param {"list" | "page"} screen which one to show if there is no room for both */
  screen(screen) {
    const { dataset } = this.root;
    const before = dataset.screen;
    const at = scrollY; // the page may be shorter than the list
    dataset.screen = screen;
    if (this.narrow && before === "list" && screen === "page") {
      this.#listAt = at;
      this.#paged = true;
    } else if (screen === "list") {
      this.#paged = false;
      if (this.narrow) this.#walks = 0;
      if (this.narrow && before === "page" && this.root.offsetParent !== null) scrollTo(0, this.#listAt);
    }
    this.backNavigation.settle();
  }

  /** Returns from a page, like the browser's Back. */
  back() {
    if (this.#paged) history.back();
    else this.screen("list");
  }

  /** @param {boolean} on whether toasts must stay above a bar at the bottom */
  raise(on) {
    this.layer.classList.toggle("ij-raised", on);
  }

  /** @param {string} id of a job */
  async open(id) {
    remember(LAST_KEY, id);
    this.screen("page");
    const opened = this.state.selected === id ? this.state.opened : this.state.select(id); // it may still be loading
    if (NARROW.matches) this.root.scrollIntoView();
    await opened;
  }

  /** Opens a linked job, so that the browser's Back returns from it. @param {string} id */
  async walk(id) {
    const { selected } = this.state;
    if (selected !== null && selected !== id) this.#walks += 1;
    await this.open(id);
  }

  /** The browser's Back or Forward was used. @param {import("../dom/back-navigation.mjs").Place} place */
  #go({ job, screen, paged, walks }) {
    this.#walks = walks;
    this.#paged = paged;
    const shows = job === this.state.selected && (!this.narrow || this.root.dataset.screen === "page");
    if (this.narrow && screen === "list") this.screen("list");
    else if (job !== null && !shows) void this.open(job);
    else if (screen === "page" && job === null && !this.#other) this.screen("list"); // that page cannot be opened from here
    else if (screen === "list" && this.#other) {
      this.#close();
      this.#turn();
    }
  }

  /** Measures what is above us, so that list and page end at the window's edge. */
  place() {
    if (this.root.offsetParent === null) return;
    const top = this.root.getBoundingClientRect().top + scrollY;
    this.root.style.setProperty("--ij-top", `${Math.round(top) + 16}px`);
  }

  /** Reopens the job that was open before a reload; on a wide screen otherwise the last opened or the newest unfinished
   * one. */
  #remember() {
    const { state } = this;
    const first = () => {
      if (!state.loaded) return;
      state.removeEventListener("jobs", first);
      const { job, screen, walks } = this.backNavigation.here;
      const untouched = state.selected === null && !this.#other;
      if (untouched && this.narrow && screen === "page" && job !== null) {
        this.#walks = walks;
        void this.open(job);
      } else if (untouched && !this.narrow && state.status?.scheduler.attached !== false) {
        this.#walks = walks;
        const last = state.jobs.get(job ?? "") ?? state.jobs.get(remembered(LAST_KEY) ?? "");
        const jobs = [...state.jobs.values()];
        const choice = last ?? jobs.find(({ state }) => state === "running") ?? jobs[0];
        if (choice) void state.select(choice.id);
      }
      this.backNavigation.start();
    };
    state.addEventListener("jobs", first);
  }
}
