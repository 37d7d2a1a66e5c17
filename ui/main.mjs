// Joins the parts: the state, the views, and what each does when a button of it is pressed.

import { Actions } from "./actions.mjs";
import { request, sentence } from "./api.mjs";
import { put, h } from "./dom.mjs";
import { Draft } from "./draft.mjs";
import { plural } from "./format.mjs";
import { currentTab, keepKeys, openTab, queueButton, untilShown, watchVisible } from "./host.mjs";
import { Toasts } from "./parts.mjs";
import { State } from "./state.mjs";
import { Composer } from "./views/composer.mjs";
import { Grid } from "./views/grid.mjs";
import { jobList } from "./views/list.mjs";
import { JobPage } from "./views/page.mjs";
import { banners, queueFoot } from "./views/queue.mjs";
import { startPage } from "./views/start.mjs";
import { Viewer } from "./views/viewer.mjs";

const TAB = "tab_inu_jobs";
const LAST_KEY = "inu-jobs.job";
const NARROW = matchMedia("(max-width: 860px)");

class App {
  state = new State();
  #composing = false;
  /** the tab to go back to when the composer is closed */
  #from = "tab_txt2img";

  job = h("section", { class: "ij-page", "aria-label": "Job", hidden: true });
  start = h("section", { class: "ij-page", "aria-label": "Start" });
  layer = h("div", { class: "ij-root ij-layer" });

  /** @param {HTMLElement} root #inu-jobs */
  constructor(root) {
    this.root = root;
    document.body.append(this.layer);
    this.toasts = new Toasts(this.layer);
    this.actions = new Actions(this.state, this.toasts, root);
    this.page = new JobPage(this.job, {
      state: this.state, actions: this.actions,
      back: () => this.#screen("list"),
      resize: (pixels) => this.grid.resize(pixels),
      filter: (only) => this.grid.filter(FILTERS[only] ?? everything),
    });
    this.grid = new Grid(this.page.scroller, this.page.thumbSize, {
      view: (image) => this.viewer.open(image.id),
      retry: (task) => this.state.job && void this.actions.retry(this.state.job, task.id),
    });
    this.viewer = new Viewer(root, {
      images: () => this.grid.images(),
      title: () => this.state.job?.name ?? "",
      closed: (id) => this.grid.focusImage(id),
      walk: ({ image }) => void this.#walk(image),
    });
    this.#build();
    this.#listen();
    this.#remember();
  }

  #build() {
    const { state, root } = this;
    const list = h("div", { class: "ij-list-body" });
    const foot = h("div", { class: "ij-status" }); // a <footer> the WebUI would hide
    const above = h("div", { class: "ij-banners" });
    root.classList.add("ij-frame");
    this.#screen("list");
    put(root, h("aside", { class: "ij-list", "aria-label": "Jobs" }, list, foot), above, this.job, this.start);
    jobList(list, { state, open: (id) => this.open(id), compose: () => this.#compose() });
    queueFoot(foot, state);
    banners(above, state);
    startPage(this.start, { state, go: openTab, back: () => this.#screen("list") });
  }

  #listen() {
    const { state, root } = this;
    state.addEventListener("detail", () => {
      const open = state.selected !== null;
      this.job.hidden = !open;
      this.start.hidden = open;
      this.grid.show(state.detail);
      if (!open) this.#screen("list");
    });
    state.addEventListener("tasks", (event) => {
      this.grid.update(/** @type {CustomEvent<Set<string>>} */ (event).detail);
      this.viewer.update();
    });
    state.addEventListener("jobs", () => this.grid.hold(state.job?.state === "held"));
    state.addEventListener("live", () => this.grid.live(state.live));
    keepKeys(root);
    watchVisible(root, (visible) => {
      state.show(visible);
      if (visible) this.#place();
    });
    addEventListener("resize", () => this.#place());
  }

  /** What the page has above us, so that list and page end at the window's edge. */
  #place() {
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
      const last = localStorage.getItem(LAST_KEY) ?? "";
      const jobs = [...state.jobs.values()];
      const choice = state.jobs.get(last) ?? jobs.find((job) => job.state === "running") ?? jobs[0];
      if (choice) void state.select(choice.id);
    };
    state.addEventListener("jobs", first);
  }

  /** @param {"list" | "page"} screen which of the two shows where there is room for one */
  #screen(screen) {
    this.root.dataset.screen = screen;
  }

  /** @param {string} id */
  open(id) {
    localStorage.setItem(LAST_KEY, id);
    this.#screen("page");
    if (this.state.selected !== id) void this.state.select(id);
    if (NARROW.matches) this.root.scrollIntoView();
  }

  /** To an image of the lineage, in its own job. @param {import("./types").Image} image */
  async #walk({ id, job }) {
    this.viewer.dialog.close();
    localStorage.setItem(LAST_KEY, job);
    if (this.state.selected !== job) await this.state.select(job);
    if (this.grid.images().some((image) => image.id === id)) this.viewer.open(id);
  }

  /** A new job begins as the page of txt2img, or of img2img if that was used last. */
  #compose() {
    const kind = this.#from === "tab_img2img" ? "img2img" : "txt2img";
    const capture = queueButton(kind);
    if (capture) capture.click();
    else openTab(`tab_${kind}`);
  }

  /** @param {string | { error?: string }} answer a capture's id, or why there is none @param {boolean} shift */
  async captured(answer, shift) {
    if (typeof answer !== "string") {
      this.toasts.show(answer.error || "The page could not be captured.", { bad: true });
      return;
    }
    if (this.#composing) return;
    this.#composing = true;
    try {
      /** @type {import("./types").Capture} */
      const capture = await request("GET", `captures/${encodeURIComponent(answer)}`);
      this.#from = `tab_${capture.kind}`;
      if (shift) await this.#queueAtOnce(capture);
      else await this.#openComposer(capture);
    } catch (error) {
      this.#composing = false;
      this.toasts.show(sentence(error), { bad: true });
    }
  }

  /** @param {import("./types").Capture} capture */
  async #queueAtOnce(capture) {
    try {
      this.#queued(await request("POST", "jobs", { body: new Draft(capture).spec() }));
    } catch (error) {
      // What the preflight found can be cured in the composer.
      if (!hasFindings(error)) throw error;
      await this.#openComposer(capture);
    }
  }

  /** @param {import("./types").Capture} capture */
  async #openComposer(capture) {
    const before = currentTab();
    openTab(TAB);
    await untilShown(this.root);
    new Composer(this.root, capture, {
      ahead: () => this.state.status?.eta ?? null,
      queued: (job) => {
        this.#queued(job);
        this.open(job.id);
      },
      closed: () => {
        this.#composing = false;
        if (before !== TAB) openTab(before);
      },
    });
  }

  /** @param {import("./types").Job} job */
  #queued(job) {
    this.#composing = false;
    this.state.put(job);
    const show = () => {
      openTab(TAB);
      this.open(job.id);
    };
    const here = currentTab() === TAB;
    this.toasts.show(`${plural(job.tasks.total ?? 0, "task")} queued as “${job.name}”.`, here ? {} : { action: { label: "Show job", run: show } });
  }
}

const everything = () => true;

/** @type {Record<string, (slot: import("./slots.mjs").Slot) => boolean>} */
const FILTERS = {
  images: ({ image }) => image !== null,
  failed: ({ image, task }) => image === null && ["failed", "lost", "interrupted", "cancelled"].includes(task.state),
};

/** @param {unknown} error */
const hasFindings = (error) => error instanceof Error && "findings" in error && Array.isArray(error.findings) && error.findings.length > 0;

/** @type {App | undefined} */
let app;

/** Fills the tab; once. @param {HTMLElement} root */
export function mount(root) {
  app ??= new App(root);
  return app;
}
