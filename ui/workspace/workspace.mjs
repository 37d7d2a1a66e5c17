// A grid under review, on any page: its selection, viewer and keys.

import { Selection } from "../core/selection.mjs";
import { t } from "../core/sentences.mjs";
import { ACTIONS } from "../derive/derive-form.mjs";
import { letter, writing } from "../dom/keyboard.mjs";
import { Grid } from "../grid/grid.mjs";
import { Matrix } from "../grid/matrix.mjs";
import { selectedBar } from "../grid/selection-bar.mjs";
import { verbOf } from "../review/keys.mjs";
import { Viewer } from "../viewer/viewer.mjs";

/** @typedef {import("../page").Image} Image */
/** @typedef {import("../types").DeriveAction} DeriveAction */
/** @typedef {{ frame: import("../frame/frame.mjs").Frame, page: HTMLElement, scroller: HTMLElement, table?: HTMLElement, thumbSize: number,
 *   review: import("../review/review-commands.mjs").ReviewCommands, compareOpener: import("../compare/compare-opener.mjs").CompareOpener, exports: import("../export/export-dialog.mjs").ExportDialog,
 *   defectCheck: import("./defect-check.mjs").DefectCheck,
 *   find: (id: string) => Image | undefined, title: (image: Image) => string, retry: (task: import("../page").Task) => void,
 *   derive: (images: Image[], action: DeriveAction, queued: () => void) => void, walk: (image: Image) => void,
 *   acts?: import("../grid/selection-bar.mjs").Act[] }} Wiring
 *  `table`: where the matrix goes; `walk`: opens a linked image; `acts`: more actions for the selection */

export class Workspace {
  selection = new Selection();

  /** @param {Wiring} wiring */
  constructor(wiring) {
    this.wiring = wiring;
    const { frame, review, title, walk } = wiring;
    this.grid = new Grid(wiring.scroller, wiring.thumbSize, this.selection, {
      view: (image, zoomed) => this.viewer.open(image.id, zoomed), retry: wiring.retry,
    });
    /** @type {Matrix | null} if the page has one */
    this.matrix = wiring.table ? new Matrix(wiring.table, wiring.thumbSize, this.selection, {
      view: (image, zoomed) => this.viewer.open(image.id, zoomed), retry: wiring.retry,
    }) : null;
    this.viewer = new Viewer(frame.root, {
      images: (also) => this.shown.images(also), title, acts: (image) => this.#acts(image), closed: (id) => this.#viewed(id), review, compare: true,
      walk: ({ image }) => {
        this.viewer.dialog.close();
        walk(image);
      },
    });
    this.#bar();
    frame.root.addEventListener("keydown", (event) => this.#pressed(event));
    addEventListener("keydown", (event) => this.#pressedNowhere(event), { capture: true });
  }

  /** The visible view: the table or the grid. */
  get shown() {
    return this.matrix?.open ? this.matrix : this.grid;
  }

  /** @param {boolean} on whether to show the table */
  lay(on) {
    this.matrix?.toggle(on);
    this.wiring.scroller.hidden = this.matrix?.open ?? false;
  }

  /** Whether its page is visible. */
  get open() {
    return !this.wiring.page.hidden;
  }

  /** The images that the keys act on in the grid. @type {import("../review/review-commands.mjs").Seat} */
  seat = {
    ids: () => this.selection.ids,
    shown: () => this.shown.ids(),
    go: (ids) => {
      this.selection.set(ids);
      if (ids[0] !== undefined) this.shown.focusImage(ids[0]);
    },
  };

  /** The image to continue with: the first unreviewed one. */
  get #next() {
    const images = this.shown.images();
    return images.find(({ verdict }) => verdict === "unreviewed") ?? images[0];
  }

  /** Focuses it without selecting it. */
  enter() {
    if (this.#next) this.shown.focusImage(this.#next.id);
  }

  /** Back from a comparison. @param {string[]} ids */
  compared(ids) {
    if (this.viewer.dialog.open) return this.viewer.go(ids);
    const there = new Set(this.shown.ids()); // one may have been deleted during the comparison
    const id = ids.find((one) => there.has(one)) ?? "";
    // The comparison moved on to another result: let the keys act on that.
    if (ids.length === 1 && this.selection.size === 1 && there.has(id)) this.selection.set([id]);
    this.shown.focusImage(id);
  }

  /** @param {string[]} ids of images that a toast's button has undone */
  undone(ids) {
    const shown = new Set(this.shown.ids());
    const there = ids.filter((id) => shown.has(id));
    if (there.length > 0 && !this.viewer.dialog.open) this.seat.go(there);
    this.viewer.go(ids);
  }

  /** The viewer's actions for its image. @param {Image} image */
  #acts(image) {
    const { derive, exports, review } = this.wiring;
    const make = (/** @type {DeriveAction} */ action) => ({ sign: action, label: `${ACTIONS[action].label}…`, run: () => derive([image], action, () => this.viewer.dialog.close()) });
    return [make("img2img"), make("upscale"), make("variations"), { sign: "download", label: t("Export…"), run: () => exports.choose([image.id]) },
      { sign: "retry", label: t("Make again"), run: () => review.do({ act: "again" }, this.viewer.seat) }];
  }

  #bar() {
    const { seat } = this;
    const { frame, page, review, compareOpener, exports, acts = [] } = this.wiring;
    /** @param {DeriveAction} action */
    const derive = (action) => (/** @type {string[]} */ ids) =>
      this.wiring.derive(ids.flatMap((id) => this.wiring.find(id) ?? []), action, () => this.selection.clear());
    selectedBar(page, {
      selection: this.selection,
      shown: (on) => frame.raise(on),
      more: (ids) => this.#more(ids),
      acts: [
        { name: "keep", sign: "check", label: t("Keep"), run: () => review.do({ verdict: "kept" }, seat) },
        { name: "reject", sign: "cross", label: t("Reject"), run: () => review.do({ verdict: "rejected" }, seat) },
        { name: "compare", sign: "compare", label: t("Compare"), kind: "ij-wide", run: (ids) => void compareOpener.open(ids, seat.shown()) },
        ...acts,
        { name: "img2img", sign: "img2img", label: t("Img2img…"), kind: "ij-btn-primary", run: derive("img2img") },
        { name: "upscale", sign: "upscale", label: t("Upscale…"), kind: "ij-wide", run: derive("upscale") },
        { name: "variations", sign: "variations", label: t("Variations…"), kind: "ij-wide", run: derive("variations") },
        { name: "export", sign: "download", label: t("Export…"), kind: "ij-wide", run: (ids) => exports.choose(ids) },
        { name: "delete", sign: "trash", label: "Delete", kind: "ij-btn-danger", run: () => review.do({ act: "trash" }, seat) },
      ],
    });
  }

  /** More actions for the selection. @param {string[]} ids @returns {(import("../dom/menu.mjs").Choice | import("../dom/menu.mjs").Row)[]} */
  #more(ids) {
    const { seat } = this;
    const { review, defectCheck } = this.wiring;
    const { can } = review.marks;
    const rate = (/** @type {number} */ rating) => ({
      sign: rating ? "star" : "cross", label: rating ? t("Rate {rating} of 5", { rating }) : t("No rating"), text: rating ? `${rating}` : "",
      run: () => review.do({ rating }, seat),
    });
    return [
      { label: t("Rating"), row: [1, 2, 3, 4, 5, 0].map(rate) },
      { sign: "unreviewed", label: t("Unflag"), run: () => review.do({ verdict: "unreviewed" }, seat) },
      { sign: "retry", label: t("Make again"), run: () => review.do({ act: "again" }, seat) },
      { sign: "eye", label: t("Check for defects"), run: () => void defectCheck.check({ images: ids }) },
      { sign: "undo", label: t("Undo"), off: !can.undo, run: () => review.do({ act: "undo" }, seat) },
      { sign: "redo", label: t("Redo"), off: !can.redo, run: () => review.do({ act: "redo" }, seat) },
    ];
  }

  /** Grid keys, wherever the focus is on its page. @param {KeyboardEvent} event */
  #pressed(event) {
    if (!this.open || event.defaultPrevented || writing(event.target)) return;
    this.#pickFocused(event);
    if (this.wiring.review.press(event, this.seat)) return;
    if (event.key === "Escape") this.selection.clear();
    else if (letter(event) === "a" && (event.ctrlKey || event.metaKey)) this.selection.set(this.shown.ids());
    else return;
    event.preventDefault();
  }

  /** Without a selection, a verdict applies to the focused image; deleting does not. @param {KeyboardEvent} event */
  #pickFocused(event) {
    const verb = verbOf(event);
    const id = this.shown.element.contains(document.activeElement) ? this.shown.slotOf(document.activeElement)?.image?.id : undefined;
    if (this.selection.size === 0 && id && verb && !("act" in verb && verb.act !== "compare")) this.selection.set([id]);
  }

  /** Nothing has the focus: the focused element was removed. @param {KeyboardEvent} event */
  #pressedNowhere(event) {
    if (event.target !== document.body || this.wiring.frame.root.offsetParent === null) return;
    const over = [...document.querySelectorAll("dialog:modal")].pop();
    if (!over) {
      this.#pressed(event);
      if (!this.open || !this.#next || event.defaultPrevented) return;
      const walks = event.key.startsWith("Arrow") || event.key === "Home" || event.key === "End";
      if (event.key === " ") this.viewer.open(this.#next.id);
      else if (walks) this.enter();
      else return;
      event.preventDefault(); // would scroll
    } else if (over === this.viewer.dialog) this.viewer.press(event);
  }

  /** Back in the grid, at the image seen last. @param {string} id */
  #viewed(id) {
    if (!this.selection.has(id) && !this.shown.picking.touch && this.shown.ids().includes(id)) this.selection.set([id]);
    this.shown.focusImage(id);
  }
}
