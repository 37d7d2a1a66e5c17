// Reviewing images: the open job's page, and the parts shared by all pages with images.

import { CompareOpener } from "../compare/compare-opener.mjs";
import { writing } from "../dom/keyboard.mjs";
import { ExportDialog } from "../export/export-dialog.mjs";
import { FilterBar } from "../grid/filter-bar.mjs";
import { hosted } from "../host/webui-page.mjs";
import { JobPage } from "../jobs/job-page.mjs";
import { showKeys } from "../review/key-help.mjs";
import { verbOf } from "../review/keys.mjs";
import { Marks } from "../review/marks.mjs";
import { ReviewCommands } from "../review/review-commands.mjs";
import { undoButton } from "../review/undo-button.mjs";
import { DefectCheck } from "./defect-check.mjs";
import { Workspace } from "./workspace.mjs";

/** @typedef {{ frame: import("../frame/frame.mjs").Frame, state: import("../core/state.mjs").State, toasts: import("../dom/toasts.mjs").Toasts,
 *   actions: import("../jobs/job-actions.mjs").JobActions, newJobs: import("../compose/new-jobs.mjs").NewJobs,
 *   windows: (job: import("../page").Job) => void, trashed: (id: string) => void }} Wiring
 *  `windows`: asks when the job may run; `trashed`: shows an image in the trash */

const ROOMY = 1200; // pixels of a window

export class JobReview {
  /** @type {Workspace[]} the open job's, and those of other pages */
  #workspaces = [];

  /** @param {Wiring} wiring */
  constructor(wiring) {
    this.wiring = wiring;
    const { frame, state, toasts, actions, newJobs } = wiring;
    const { root } = frame;
    this.exports = new ExportDialog(toasts, root);
    this.defectCheck = new DefectCheck(toasts);
    this.marks = new Marks(state, toasts, (ids) => this.#undone(ids));
    this.compareOpener = new CompareOpener({
      root, state, toasts, marks: this.marks, undo: () => this.#undone(this.marks.undo()), redo: () => this.#undone(this.marks.redo()),
      help: () => this.review.wiring.help(),
      closed: (ids) => this.#workspace?.compared(ids),
    });
    this.review = new ReviewCommands(this.marks, {
      help: () => showKeys(root, this.review, () => this.#workspaces.forEach(({ viewer }) => viewer.showAdvance())),
      compare: () => (ids, shown) => void this.compareOpener.open(ids, shown),
    });
    this.filters = new FilterBar({
      state,
      filter: (filter) => {
        this.workspace.grid.filter(filter);
        this.workspace.matrix?.filter(filter);
        this.filters.tell(this.workspace.grid.empty);
      },
      order: (order) => this.workspace.grid.order(order),
      all: () => this.workspace.selection.set(this.workspace.shown.ids()),
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
        for (const { grid } of this.#workspaces) grid.resize(pixels);
        this.workspace.matrix?.resize(pixels);
      },
      lay: (on) => this.workspace.lay(on),
      apply: () => this.marks.trashRejected(),
      again: () => this.marks.findingsAgain(),
      check: (job) => void this.defectCheck.check({ jobs: [job.id] }),
      walk: (id) => void frame.walk(id),
      windows: wiring.windows,
      compose: (job, edit) => void newJobs.again(job, edit),
    });
    this.workspace = this.add({
      page: frame.job, scroller: this.page.scroller, table: this.page.table,
      title: () => state.job?.name ?? "",
      retry: (task) => state.job && void actions.retry(state.job, task.id),
    });
    if (this.workspace.matrix) this.workspace.matrix.onExport = (job, view) => this.exports.chooseTable(job, view);
    this.page.scroller.append(this.filters.nothing);
    this.filters.start();
    this.#listen();
  }

  /** Adds a grid on another page, reviewed like the open job's.
   * @param {Pick<import("./workspace.mjs").Wiring, "page" | "scroller" | "table" | "title" | "retry" | "acts">} own */
  add(own) {
    const { frame, state, newJobs } = this.wiring;
    const workspace = new Workspace({
      ...own, frame, thumbSize: this.page.thumbSize, review: this.review, compareOpener: this.compareOpener, exports: this.exports,
      defectCheck: this.defectCheck,
      find: (id) => state.find(id), walk: (image) => void this.show(image),
      derive: (images, action, queued) => void newJobs.deriveImages(images, action, queued),
    });
    this.#workspaces.push(workspace);
    return workspace;
  }

  /** For the visible page. */
  undoButton() {
    return undoButton(this.marks, () => {
      const workspace = this.#workspace;
      if (workspace) this.review.do({ act: "undo" }, workspace.seat);
    });
  }

  /** The workspace of the visible page. */
  get #workspace() {
    return this.#workspaces.find(({ open }) => open);
  }

  #listen() {
    const { state, frame } = this.wiring;
    addEventListener("keydown", (event) => {
      const { target } = event;
      const ours = target === document.body || (target instanceof Node && frame.root.contains(target));
      if (ours && frame.root.offsetParent !== null) this.#pressedElsewhere(event);
    }, { capture: true });
    this.defectCheck.addEventListener("checked", () => void state.refresh());
    const { grid, matrix, viewer } = this.workspace;
    state.addEventListener("detail", () => {
      grid.show(state.detail, this.filters.filter);
      matrix?.show(state.detail, this.filters.filter);
      this.page.showLays(matrix?.possible ?? false, matrix?.open ?? false);
      this.workspace.lay(matrix?.open ?? false);
      this.filters.tell(grid.empty);
      if (state.selected === null) viewer.dialog.close(); // its job is gone
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

  /** Undo and redo when no images are shown. @param {KeyboardEvent} event */
  #pressedElsewhere(event) {
    const verb = verbOf(event);
    if (this.#workspace || writing(event.target) || document.querySelector("dialog:modal")) return;
    if (!verb || !("act" in verb) || (verb.act !== "undo" && verb.act !== "redo")) return;
    event.preventDefault();
    this.marks[verb.act]();
  }

  /** Focuses the open job's images, except on narrow screens, which are used by touch. */
  enter() {
    if (!this.wiring.frame.narrow && this.workspace.open) this.workspace.enter();
  }

  /** @param {string[]} ids */
  #undone(ids) {
    this.#workspace?.undone(ids);
  }

  /** Opens an image in its own job's page, or shows it in the trash. @param {import("../page").Image} image */
  async show({ id, job, trashed }) {
    if (trashed) return this.wiring.trashed(id);
    await this.wiring.frame.walk(job);
    if (this.workspace.shown.images().some((image) => image.id === id)) this.workspace.viewer.open(id);
  }
}
