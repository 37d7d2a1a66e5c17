// The open job under review: its page, grid and viewer, and the keys that act on what is selected there.

import { Exports } from "../exports.mjs";
import { writing } from "../keys.mjs";
import { Marks } from "../marks.mjs";
import { Review } from "../review.mjs";
import { Selection } from "../selection.mjs";
import { Filters } from "../views/filters.mjs";
import { Grid } from "../views/grid.mjs";
import { showKeys } from "../views/keys.mjs";
import { JobPage } from "../views/page.mjs";
import { selectedBar } from "../views/selected.mjs";
import { Viewer } from "../views/viewer.mjs";
import { Comparing } from "./comparing.mjs";

/** @typedef {import("../types").DeriveAction} DeriveAction */
/** @typedef {{ frame: import("./frame.mjs").Frame, state: import("../state.mjs").State, toasts: import("../parts.mjs").Toasts,
 *   actions: import("../actions.mjs").Actions, making: import("./making.mjs").Making }} Wiring */

export class Reviewing {
  selection = new Selection();

  /** @param {Wiring} wiring */
  constructor(wiring) {
    this.wiring = wiring;
    const { frame, state, toasts, actions } = wiring;
    const { root } = frame;
    this.exports = new Exports(toasts, root);
    this.marks = new Marks(state, toasts, (ids) => this.#undone(ids));
    this.comparing = new Comparing({
      root, state, toasts, marks: this.marks, undo: () => this.#undone(this.marks.undo()), redo: () => this.#undone(this.marks.redo()),
      closed: (ids) => this.viewer.dialog.open || this.grid.focusImage(ids[0] ?? ""),
    });
    this.review = new Review(this.marks, {
      help: () => showKeys(root, this.review, () => this.viewer.showAdvance()),
      compare: () => (ids) => void this.comparing.open(ids),
    });
    this.filters = new Filters({
      state,
      filter: (filter) => this.grid.filter(filter),
      order: (order) => this.grid.order(order),
      all: () => this.selection.set(this.grid.ids()),
      apply: () => this.marks.trashRejected(),
      help: () => this.review.wiring.help(),
    });
    this.page = new JobPage(frame.job, {
      state, actions, exports: this.exports, filters: this.filters.element,
      back: () => frame.screen("list"),
      resize: (pixels) => this.grid.resize(pixels),
      apply: () => this.marks.trashRejected(),
      walk: (id) => void frame.walk(id),
    });
    this.grid = new Grid(this.page.scroller, this.page.thumbSize, this.selection, {
      view: (image, zoomed) => this.viewer.open(image.id, zoomed),
      retry: (task) => state.job && void actions.retry(state.job, task.id),
    });
    this.filters.start();
    this.viewer = new Viewer(root, {
      images: (also) => this.grid.images(also),
      title: () => state.job?.name ?? "",
      closed: (id) => this.#viewed(id),
      walk: ({ image }) => void this.show(image),
      review: this.review, compare: true,
    });
    this.#bar();
    this.#listen();
  }

  #bar() {
    const { review, seat } = this;
    const { frame } = this.wiring;
    /** @param {DeriveAction} action */
    const derive = (action) => (/** @type {string[]} */ ids) => void this.#derive(ids, action);
    selectedBar(frame.job, {
      selection: this.selection,
      shown: (on) => frame.raise(on),
      acts: [
        { name: "keep", sign: "check", label: "Keep", run: () => review.do({ verdict: "kept" }, seat) },
        { name: "reject", sign: "cross", label: "Reject", run: () => review.do({ verdict: "rejected" }, seat) },
        { name: "img2img", sign: "img2img", label: "Img2img…", kind: "ij-btn-primary", run: derive("img2img") },
        { name: "upscale", sign: "upscale", label: "Upscale…", kind: "ij-wide", run: derive("upscale") },
        { name: "variations", sign: "variations", label: "Variations…", kind: "ij-wide", run: derive("variations") },
        { name: "compare", sign: "compare", label: "Compare", kind: "ij-wide", run: (ids) => void this.comparing.open(ids) },
        { name: "export", sign: "download", label: "Export…", kind: "ij-wide", run: (ids) => this.exports.choose(ids) },
        { name: "delete", sign: "trash", label: "Delete", kind: "ij-btn-danger", run: () => review.do({ act: "trash" }, seat) },
      ],
    });
  }

  #listen() {
    const { state, frame } = this.wiring;
    state.addEventListener("detail", () => this.grid.show(state.detail));
    state.addEventListener("tasks", (event) => {
      this.grid.update(/** @type {CustomEvent<Set<string>>} */ (event).detail);
      this.viewer.update();
    });
    state.addEventListener("jobs", () => this.grid.hold(state.job?.state === "held"));
    state.addEventListener("live", () => this.grid.live(state.live));
    frame.root.addEventListener("keydown", (event) => this.#pressed(event));
    addEventListener("keydown", (event) => {
      if (event.target !== document.body || frame.root.offsetParent === null) return;
      const over = [...document.querySelectorAll("dialog:modal")].pop();
      if (!over) this.#pressed(event);
      else if (over === this.viewer.dialog) this.viewer.press(event);
    }, { capture: true });
  }

  /** The images that the keys act on while the grid is what one is at. @type {import("../review.mjs").Seat} */
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
    if (this.wiring.frame.job.hidden || event.defaultPrevented || writing(event.target)) return;
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

  /** An image of any job, large, on its own job's page. @param {import("../types").Image} image */
  async show({ id, job }) {
    this.viewer.dialog.close();
    await this.wiring.frame.walk(job);
    if (this.grid.images().some((image) => image.id === id)) this.viewer.open(id);
  }

  /** @param {string[]} ids of images of the open job @param {DeriveAction} action */
  #derive(ids, action) {
    const { state, making } = this.wiring;
    const images = ids.flatMap((id) => state.detail?.find(id) ?? []);
    return making.deriveImages(images, action, () => this.selection.clear());
  }
}
