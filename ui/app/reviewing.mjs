// Reviewing images: the open job's page, and what all pages with images share.

import { Checking } from "../checking.mjs";
import { Exports } from "../exports.mjs";
import { hosted } from "../host.mjs";
import { verbOf, writing } from "../keys.mjs";
import { Marks } from "../marks.mjs";
import { undoButton } from "../parts.mjs";
import { Review } from "../review.mjs";
import { Filters } from "../views/filters.mjs";
import { showKeys } from "../views/keys.mjs";
import { JobPage } from "../views/page.mjs";
import { Comparing } from "./comparing.mjs";
import { Desk } from "./desk.mjs";

/** @typedef {{ frame: import("./frame.mjs").Frame, state: import("../state.mjs").State, toasts: import("../parts.mjs").Toasts,
 *   actions: import("../actions.mjs").Actions, making: import("./making.mjs").Making,
 *   windows: (job: import("../types").Job) => void, trashed: (id: string) => void }} Wiring
 *  `windows`: asks when the job may run; `trashed`: shows an image that lies in the trash */

const ROOMY = 1200; // pixels of a window

export class Reviewing {
  /** @type {Desk[]} the open job's, and those of other pages */
  #desks = [];

  /** @param {Wiring} wiring */
  constructor(wiring) {
    this.wiring = wiring;
    const { frame, state, toasts, actions, making } = wiring;
    const { root } = frame;
    this.exports = new Exports(toasts, root);
    this.checking = new Checking(toasts);
    this.marks = new Marks(state, toasts, (ids) => this.#undone(ids));
    this.comparing = new Comparing({
      root, state, toasts, marks: this.marks, undo: () => this.#undone(this.marks.undo()), redo: () => this.#undone(this.marks.redo()),
      help: () => this.review.wiring.help(),
      closed: (ids) => this.#desk?.compared(ids),
    });
    this.review = new Review(this.marks, {
      help: () => showKeys(root, this.review, () => this.#desks.forEach(({ viewer }) => viewer.showAdvance())),
      compare: () => (ids, shown) => void this.comparing.open(ids, shown),
    });
    this.filters = new Filters({
      state,
      filter: (filter) => {
        this.desk.grid.filter(filter);
        this.desk.matrix?.filter(filter);
        this.filters.tell(this.desk.grid.empty);
      },
      order: (order) => this.desk.grid.order(order),
      all: () => this.desk.selection.set(this.desk.shown.ids()),
      apply: () => this.marks.trashRejected(),
      again: () => this.marks.findingsAgain(),
      undo: this.undoButton(),
      help: () => this.review.wiring.help(),
    });
    this.page = new JobPage(frame.job, {
      state, actions, exports: this.exports, filters: this.filters.element,
      back: () => frame.back(),
      roomy: !hosted() && innerWidth > ROOMY,
      resize: (pixels) => {
        for (const { grid } of this.#desks) grid.resize(pixels);
        this.desk.matrix?.resize(pixels);
      },
      lay: (on) => this.desk.lay(on),
      apply: () => this.marks.trashRejected(),
      again: () => this.marks.findingsAgain(),
      check: (job) => void this.checking.check({ jobs: [job.id] }),
      walk: (id) => void frame.walk(id),
      windows: wiring.windows,
      compose: (job, edit) => void making.again(job, edit),
    });
    this.desk = this.add({
      page: frame.job, scroller: this.page.scroller, table: this.page.table,
      title: () => state.job?.name ?? "",
      retry: (task) => state.job && void actions.retry(state.job, task.id),
    });
    if (this.desk.matrix) this.desk.matrix.onExport = (job, view) => this.exports.chooseTable(job, view);
    this.page.scroller.append(this.filters.nothing);
    this.filters.start();
    this.#listen();
  }

  /** A grid on another page, reviewed as the open job's is.
   * @param {Pick<import("./desk.mjs").Wiring, "page" | "scroller" | "table" | "title" | "retry" | "acts">} own */
  add(own) {
    const { frame, state, making } = this.wiring;
    const desk = new Desk({
      ...own, frame, thumbSize: this.page.thumbSize, review: this.review, comparing: this.comparing, exports: this.exports,
      checking: this.checking,
      find: (id) => state.find(id), walk: (image) => void this.show(image),
      derive: (images, action, queued) => void making.deriveImages(images, action, queued),
    });
    this.#desks.push(desk);
    return desk;
  }

  /** Of the page that shows. */
  undoButton() {
    return undoButton(this.marks, () => {
      const desk = this.#desk;
      if (desk) this.review.do({ act: "undo" }, desk.seat);
    });
  }

  /** The one whose page shows. */
  get #desk() {
    return this.#desks.find(({ open }) => open);
  }

  #listen() {
    const { state, frame } = this.wiring;
    addEventListener("keydown", (event) => {
      const { target } = event;
      const ours = target === document.body || (target instanceof Node && frame.root.contains(target));
      if (ours && frame.root.offsetParent !== null) this.#pressedElsewhere(event);
    }, { capture: true });
    this.checking.addEventListener("checked", () => void state.refresh());
    const { grid, matrix, viewer } = this.desk;
    state.addEventListener("detail", () => {
      grid.show(state.detail, this.filters.filter);
      matrix?.show(state.detail, this.filters.filter);
      this.page.showLays(matrix?.possible ?? false, matrix?.open ?? false);
      this.desk.lay(matrix?.open ?? false);
      this.filters.tell(grid.empty);
      if (state.selected === null) viewer.dialog.close(); // of a job that is gone
    });
    state.addEventListener("tasks", (event) => {
      grid.update(/** @type {CustomEvent<Set<string>>} */ (event).detail);
      matrix?.update(/** @type {CustomEvent<Set<string>>} */ (event).detail);
      viewer.update();
      this.filters.tell(grid.empty);
    });
    state.addEventListener("jobs", () => {
      grid.hold(state.job?.state === "held");
      matrix?.hold(state.job?.state === "held");
    });
    state.addEventListener("live", () => {
      grid.live(state.live);
      matrix?.live(state.live);
    });
  }

  /** Undo and redo, where no images show. @param {KeyboardEvent} event */
  #pressedElsewhere(event) {
    const verb = verbOf(event);
    if (this.#desk || writing(event.target) || document.querySelector("dialog:modal")) return;
    if (!verb || !("act" in verb) || (verb.act !== "undo" && verb.act !== "redo")) return;
    event.preventDefault();
    this.marks[verb.act]();
  }

  /** The focus goes to the open job's images: by itself only where there is room, a finger needs none. */
  enter() {
    if (!this.wiring.frame.narrow && this.desk.open) this.desk.enter();
  }

  /** @param {string[]} ids */
  #undone(ids) {
    this.#desk?.undone(ids);
  }

  /** An image of any job, large, on its own job's page; or where it lies in the trash. @param {import("../types").Image} image */
  async show({ id, job, trashed }) {
    if (trashed) return this.wiring.trashed(id);
    await this.wiring.frame.walk(job);
    if (this.desk.shown.images().some((image) => image.id === id)) this.desk.viewer.open(id);
  }
}
