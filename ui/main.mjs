// Joins the parts: the state, the views, and what each does when a button of it is pressed.

import { Actions } from "./actions.mjs";
import { request, sentence } from "./api.mjs";
import { attr, put, h } from "./dom.mjs";
import { Draft } from "./draft.mjs";
import { Exports } from "./exports.mjs";
import { plural } from "./format.mjs";
import { currentTab, keepKeys, openTab, queueButton, untilShown, watchVisible } from "./host.mjs";
import { writing } from "./keys.mjs";
import { Marks } from "./marks.mjs";
import { Toasts } from "./parts.mjs";
import { Review } from "./review.mjs";
import { Selection } from "./selection.mjs";
import { State } from "./state.mjs";
import { Compare, MOST } from "./views/compare.mjs";
import { Composer } from "./views/composer.mjs";
import { Derive } from "./views/derive.mjs";
import { Filters } from "./views/filters.mjs";
import { Grid } from "./views/grid.mjs";
import { showKeys } from "./views/keys.mjs";
import { jobList } from "./views/list.mjs";
import { manyBar } from "./views/many.mjs";
import { JobPage } from "./views/page.mjs";
import { banners, queueFoot } from "./views/queue.mjs";
import { selectedBar } from "./views/selected.mjs";
import { startPage } from "./views/start.mjs";
import { TrashPage, trashEntry } from "./views/trash.mjs";
import { Viewer } from "./views/viewer.mjs";

const TAB = "tab_inu_jobs";
const LAST_KEY = "inu-jobs.job";
const NARROW = matchMedia("(max-width: 860px)");

class App {
  state = new State();
  selection = new Selection();
  /** jobs that are acted on together */
  picked = new Selection();
  /** Shows images side by side; one of them beside what it was made from. @param {string[]} ids */
  compare = (ids) => void this.#compareThem(ids);
  /** @type {Compare | undefined} */
  side;
  /** @type {TrashPage | undefined} */
  trash;
  /** @type {HTMLElement | undefined} what opens it */
  entry;
  #composing = false;
  /** the tab to go back to when the composer is closed */
  #from = "tab_txt2img";

  job = h("section", { class: "ij-page", "aria-label": "Job", hidden: true });
  start = h("section", { class: "ij-page", "aria-label": "Start" });
  bin = h("section", { class: "ij-page ij-trash", "aria-label": "Trash", hidden: true });
  layer = h("div", { class: "ij-root ij-layer" });

  /** @param {HTMLElement} root #inu-jobs */
  constructor(root) {
    this.root = root;
    document.body.append(this.layer);
    this.toasts = new Toasts(this.layer);
    this.actions = new Actions(this.state, this.toasts, root);
    this.exports = new Exports(this.toasts, root);
    this.marks = new Marks(this.state, this.toasts, (ids) => this.#undone(ids));
    this.review = new Review(this.marks, {
      help: () => showKeys(root, this.review, () => this.viewer.showAdvance()),
      compare: () => this.compare,
    });
    this.filters = new Filters({
      state: this.state,
      filter: (filter) => this.grid.filter(filter),
      order: (order) => this.grid.order(order),
      all: () => this.selection.set(this.grid.ids()),
      apply: () => this.marks.trashRejected(),
      help: () => this.review.wiring.help(),
    });
    this.page = new JobPage(this.job, {
      state: this.state, actions: this.actions, exports: this.exports, filters: this.filters.element,
      back: () => this.#screen("list"),
      resize: (pixels) => this.grid.resize(pixels),
      apply: () => this.marks.trashRejected(),
    });
    this.grid = new Grid(this.page.scroller, this.page.thumbSize, this.selection, {
      view: (image, zoomed) => this.viewer.open(image.id, zoomed),
      retry: (task) => this.state.job && void this.actions.retry(this.state.job, task.id),
    });
    this.filters.start();
    this.viewer = new Viewer(root, {
      images: (also) => this.grid.images(also),
      title: () => this.state.job?.name ?? "",
      closed: (id) => this.#viewed(id),
      walk: ({ image }) => void this.#walk(image),
      review: this.review, compare: this.compare !== undefined,
    });
    this.#build();
    this.#listen();
    this.#remember();
  }

  #build() {
    const { state, root } = this;
    const list = h("div", { class: "ij-list-body" });
    const entry = h("div", { class: "ij-list-end" });
    const foot = h("div", { class: "ij-status" }); // a <footer> the WebUI would hide
    const above = h("div", { class: "ij-banners" });
    root.classList.add("ij-frame");
    this.#screen("list");
    put(root, h("aside", { class: "ij-list", "aria-label": "Jobs" }, list, entry, foot), above, this.job, this.start, this.bin);
    jobList(list, { state, open: (id) => this.open(id), compose: () => this.#compose(), picked: this.picked });
    manyBar(list, { state, picked: this.picked, toasts: this.toasts, place: root });
    queueFoot(foot, state);
    banners(above, state);
    const { review, seat } = this;
    selectedBar(this.job, {
      selection: this.selection,
      shown: (on) => this.layer.classList.toggle("ij-raised", on),
      acts: [
        { name: "keep", sign: "check", label: "Keep", run: () => review.do({ verdict: "kept" }, seat) },
        { name: "reject", sign: "cross", label: "Reject", run: () => review.do({ verdict: "rejected" }, seat) },
        { name: "img2img", sign: "img2img", label: "Img2img…", kind: "ij-btn-primary", run: (ids) => void this.#derive(ids, "img2img") },
        { name: "upscale", sign: "upscale", label: "Upscale…", kind: "ij-wide", run: (ids) => void this.#derive(ids, "upscale") },
        { name: "variations", sign: "variations", label: "Variations…", kind: "ij-wide", run: (ids) => void this.#derive(ids, "variations") },
        { name: "compare", sign: "compare", label: "Compare", kind: "ij-wide", run: (ids) => this.compare(ids) },
        { name: "export", sign: "download", label: "Export…", kind: "ij-wide", run: (ids) => this.exports.choose(ids) },
        { name: "delete", sign: "trash", label: "Delete", kind: "ij-btn-danger", run: () => review.do({ act: "trash" }, seat) },
      ],
    });
    this.entry = trashEntry(entry, state, () => this.#openTrash());
    startPage(this.start, { state, go: openTab, back: () => this.#screen("list") });
  }

  #listen() {
    const { state, root } = this;
    state.addEventListener("detail", () => {
      const open = state.selected !== null;
      if (open) this.#closeTrash();
      this.job.hidden = !open;
      this.start.hidden = open || !this.bin.hidden;
      this.grid.show(state.detail);
      if (!open && this.bin.hidden) this.#screen("list");
    });
    state.addEventListener("tasks", (event) => {
      this.grid.update(/** @type {CustomEvent<Set<string>>} */ (event).detail);
      this.viewer.update();
      this.side?.update();
    });
    state.addEventListener("jobs", () => this.grid.hold(state.job?.state === "held"));
    state.addEventListener("live", () => this.grid.live(state.live));
    root.addEventListener("keydown", (event) => this.#pressed(event));
    addEventListener("keydown", (event) => {
      if (event.target !== document.body || root.offsetParent === null) return;
      const over = [...document.querySelectorAll("dialog:modal")].pop();
      if (!over) this.#pressed(event);
      else if (over === this.viewer.dialog) this.viewer.press(event);
    }, { capture: true });
    keepKeys(root);
    watchVisible(root, (visible) => {
      state.show(visible);
      if (visible) this.#place();
    });
    addEventListener("resize", () => this.#place());
  }

  /** The images that the keys act on while the grid is what one is at. @type {import("./review.mjs").Seat} */
  seat = {
    ids: () => this.selection.ids,
    shown: () => this.grid.ids(),
    go: (ids) => {
      this.selection.set(ids);
      if (ids[0] !== undefined) this.grid.focusImage(ids[0]);
    },
  };

  /** Keys of the grid, wherever on the job's page the focus is. @param {KeyboardEvent} event */
  #pressed(event) {
    if (this.job.hidden || event.defaultPrevented || writing(event.target)) return;
    if (this.review.press(event, this.seat)) return;
    if (event.key === "Escape") this.selection.clear();
    else if (event.key === "a" && (event.ctrlKey || event.metaKey)) this.selection.set(this.grid.ids());
    else return;
    event.preventDefault();
  }

  /** Back in the grid, where the image is that was seen last. @param {string} id */
  #viewed(id) {
    if (!this.selection.has(id) && !this.grid.picking.touch && this.grid.ids().includes(id)) this.selection.set([id]);
    this.grid.focusImage(id);
  }

  /** @param {string[]} ids what was undone by a toast's button */
  #undone(ids) {
    const shown = new Set(this.grid.ids());
    const there = ids.filter((id) => shown.has(id));
    if (there.length > 0 && !this.viewer.dialog.open) this.seat.go(there);
    this.viewer.go(ids);
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

  #openTrash() {
    const { state, toasts } = this;
    this.trash ??= new TrashPage(this.bin, {
      toasts, back: () => this.#screen("list"), changed: () => void state.refresh(), jobName: (id) => state.jobs.get(id)?.name ?? "",
      shelf: (scroller, selection) => new Grid(scroller, this.page.thumbSize, selection, {
        view: (image) => selection.set([image.id]), retry: () => {},
      }),
      bar: (parent, selection, acts) => selectedBar(parent, { selection, acts, shown: (on) => this.layer.classList.toggle("ij-raised", on) }),
    });
    this.bin.hidden = false;
    if (this.entry) attr(this.entry, "aria-current", "true");
    void state.select(null);
    this.#screen("page");
    void this.trash.load();
  }

  #closeTrash() {
    if (this.bin.hidden) return;
    this.bin.hidden = true;
    if (this.entry) attr(this.entry, "aria-current", null);
    this.trash?.close();
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

  /** @param {string[]} ids of images of the open job */
  async #compareThem(ids) {
    const images = ids.flatMap((id) => this.state.detail?.find(id) ?? []);
    try {
      const [only] = images;
      if (only && images.length === 1) {
        /** @type {import("./types").ImageInfo} */
        const info = await request("GET", `images/${encodeURIComponent(only.id)}/info`);
        const source = info.lineage.sources[0]?.image;
        if (source && !source.trashed) images.unshift(source);
      }
    } catch (error) {
      this.toasts.show(sentence(error), { bad: true });
      return;
    }
    if (images.length < 2 || images.length > MOST) {
      this.toasts.show("Select two to four images to compare, or one that was made from another.");
      return;
    }
    this.side = new Compare(this.root, {
      verdict: (all, verdict) => this.marks.verdict(all, verdict), rating: (all, rating) => this.marks.rating(all, rating),
      undo: () => this.#undone(this.marks.undo()), find: (id) => this.state.detail?.find(id),
      closed: () => this.viewer.dialog.open || this.grid.focusImage(ids[0] ?? ""),
    });
    this.side.open(images);
  }

  /** @param {string[]} ids of images of the open job @param {import("./types").DeriveAction} action */
  async #derive(ids, action) {
    const images = ids.flatMap((id) => this.state.detail?.find(id) ?? []);
    try {
      const catalog = await request("GET", "catalog");
      new Derive(this.root, { images, action, catalog }, {
        ahead: () => this.state.status?.eta ?? null,
        queued: (job) => {
          this.selection.clear();
          this.#queued(job);
          this.open(job.id);
        },
      });
    } catch (error) {
      this.toasts.show(sentence(error), { bad: true });
    }
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

/** @param {unknown} error */
const hasFindings = (error) => error instanceof Error && "findings" in error && Array.isArray(error.findings) && error.findings.length > 0;

/** @type {App | undefined} */
let app;

/** Fills the tab; once. @param {HTMLElement} root */
export function mount(root) {
  app ??= new App(root);
  return app;
}
