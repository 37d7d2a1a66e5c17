// The trash: images deleted in any job, to restore or delete permanently.

import { request, sentence } from "../core/api.mjs";
import { leftAlone } from "../core/failures.mjs";
import { plural, size } from "../core/format.mjs";
import { JobImages } from "../core/job-images.mjs";
import { Selection } from "../core/selection.mjs";
import { t } from "../core/sentences.mjs";
import { watched } from "../dom/bulk-progress.mjs";
import { ask } from "../dom/dialog.mjs";
import { attr, banner, button, h, icon, put } from "../dom/elements.mjs";
import { letter } from "../dom/keyboard.mjs";

/** @typedef {import("../page").Image} Image */
/** @typedef {import("../types").Result} Result */
/** @typedef {{ element: HTMLElement, show: (detail: JobImages | null) => void, ids: () => string[] }} Shelf the grid of images */
/** @typedef {{ back: () => void, toasts: import("../dom/toasts.mjs").Toasts, changed: () => void,
 *   shelf: (scroller: HTMLElement, selection: Selection) => Shelf,
 *   bar: (parent: HTMLElement, selection: Selection, acts: { name: string, sign: string, label: string, run: (ids: string[]) => void, kind?: string }[]) => void }} Wiring
 *  `changed`: other views need a refresh */

/** The server's work: its id and label. @typedef {[id: string, words: string]} Work */
/** @type {Work} */
const RESTORING = ["restore", t("Restoring")];
/** @type {Work} */
const PURGING = ["purge", t("Deleting permanently")];

export class TrashPage {
  selection = new Selection();
  #all = button(null, t("Select all"), () => this.selection.set(this.shelf.ids()));
  /** @type {Image[]} */
  #images = [];
  /** @type {Map<string, number>} file sizes by image */
  #sizes = new Map();
  /** @type {Map<string, string>} job names by id, including deleted jobs */
  names = new Map();
  #busy = false;
  #strays = 0;
  #lost = h("div", { hidden: true, "data-ij": "strays" });
  #loads = 0;
  #facts = h("div", { class: "ij-facts", role: "status" });
  #nothing = h("div", { class: "ij-page-nothing", hidden: true });
  #scroller = h("div", { class: "ij-scroll ij-grid-box" });
  #restore = button("undo", t("Restore all"), () => void this.#bring(this.#ids()));
  #empty = button("trash", t("Empty trash…"), () => void this.#purge(this.#ids(), true), { kind: "ij-btn-danger", props: { "data-act": "empty" } });

  /** @param {HTMLElement} parent @param {Wiring} wiring */
  constructor(parent, wiring) {
    this.parent = parent;
    this.wiring = wiring;
    put(
      parent,
      h(
        "header", { class: "ij-head" },
        h(
          "div", { class: "ij-toolbar" },
          button("left", t("Back to the job list"), wiring.back, { kind: "ij-btn-quiet ij-narrow", iconOnly: true }),
          h("h2", { class: "ij-page-title" }, t("Trash")), h("span", { class: "ij-grow" }), this.#all, this.#restore, this.#empty,
        ),
        this.#facts, this.#lost,
      ),
      this.#nothing, this.#scroller,
    );
    this.shelf = wiring.shelf(this.#scroller, this.selection);
    wiring.bar(parent, this.selection, [
      { name: "restore", sign: "undo", label: t("Restore"), kind: "ij-btn-primary", run: (ids) => void this.#bring(ids) },
      { name: "purge", sign: "trash", label: t("Delete permanently…"), kind: "ij-btn-danger", run: (ids) => void this.#purge(ids, false) },
    ]);
    parent.addEventListener("keydown", (event) => this.#pressed(event));
    this.#show();
  }

  /** Loads and shows the current contents. */
  async load() {
    const nth = (this.#loads += 1);
    try {
      /** @type {import("../types").TrashList} */
      const { images, sizes, strays, jobs } = await request("GET", "trash");
      if (nth !== this.#loads) return; // reloaded or closed meanwhile
      this.#images = images;
      this.#strays = strays;
      this.names = new Map(jobs.map(({ id, name }) => [id, name]));
      this.#sizes = new Map(images.map(({ id }, at) => [id, sizes[at] ?? 0]));
      this.#show();
    } catch (error) {
      this.wiring.toasts.show(sentence(error), { bad: true });
    }
  }

  /** Reloads if the contents changed elsewhere. @param {number} count of images in the trash now */
  follow(count) {
    if (!this.#busy && count !== this.#images.length) void this.load();
  }

  /** The visible images, in order. */
  get images() {
    return this.#images;
  }

  close() {
    this.#loads += 1;
    this.selection.clear();
    this.#images = [];
    this.shelf.show(null);
  }

  #ids() {
    return this.#images.map(({ id }) => id);
  }

  #show() {
    const count = this.#images.length;
    put(this.#facts, ...(count > 0 ? [plural(count, "image"), this.#room(this.#ids()), t("the files stay in their output folders, in .inu-jobs-trash, until you empty the trash")] : []).map((fact) => h("span", null, fact)));
    for (const act of [this.#all, this.#restore, this.#empty]) act.hidden = count === 0;
    this.#nothing.hidden = count > 0;
    this.#lost.hidden = this.#strays === 0;
    const those = t({ one: "{n} file in the trash folders belongs to no known job.", other: "{n} files in the trash folders belong to no known job." }, { n: this.#strays });
    put(this.#lost, banner(
      "info", "info", "", [those, t("Once back in their folders, they can be imported.")],
      [button("undo", t("Put them back"), () => void this.#send("trash/strays", {}, t("moved back"), RESTORING, "file"))],
    ));
    put(this.#nothing, icon("trash", "ij-muted"), h("b", null, t("The trash is empty")), h("p", { class: "ij-muted" }, t("Deleted images go here first and can be restored.")));
    this.shelf.show(count > 0 ? this.#asJob() : null);
  }

  /** Their total size. @param {string[]} ids */
  #room(ids) {
    return size(ids.reduce((sum, id) => sum + (this.#sizes.get(id) ?? 0), 0));
  }

  /** The grid shows one job: pretend each image is a task, labelled with its job's name. */
  #asJob() {
    const tasks = this.#images.map(({ id, job, width, height }, index) => (
      { id, job: "trash", index, state: /** @type {const} */ ("done"), error: "", label: this.names.get(job) ?? "", images: 1, width, height, coords: [] }
    ));
    const images = this.#images.map((image) => ({ ...image, job: "trash", task: image.id, index: 0, trashed: false }));
    return new JobImages({ job: { id: "trash" }, axes: [], tasks, images });
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    if (event.target instanceof Element && event.target.closest("dialog")) return;
    if (event.key === "Escape") this.selection.clear();
    else if (event.key === "Delete" && this.selection.size > 0) void this.#purge(this.selection.ids, false);
    else if (letter(event) === "a" && (event.ctrlKey || event.metaKey)) this.selection.set(this.shelf.ids());
    else return;
    event.preventDefault();
  }

  /** @param {string[]} ids */
  #bring(ids) {
    return this.#send("images/restore", { selection: { images: ids } }, "restored", RESTORING);
  }

  /** Purges exactly these, whatever else is deleted during the question. @param {string[]} ids @param {boolean} all whether these are all */
  async #purge(ids, all) {
    if (ids.length === 0) return;
    const those = `${plural(ids.length, "image")}, ${this.#room(ids)}`;
    const forGood = h("input", { type: "checkbox" });
    const agreed = await ask(this.parent, {
      title: all ? t("Empty the trash: {those}?", { those }) : t("Delete permanently: {those}?", { those }),
      lines: [t("The files go to your system's recycle bin, if it has one, and can no longer be restored from here.")],
      more: h("label", { class: "ij-check" }, forGood, t("Skip the recycle bin and delete permanently")),
      sign: "trash", verb: all ? t("Empty trash") : t("Delete permanently"),
    });
    if (!agreed) return;
    await this.#send("images/purge", { selection: { images: ids }, for_good: forGood.checked }, "deleted", PURGING);
  }

  /** @param {string} path @param {unknown} body @param {string} words @param {Work} work
   * @param {string} [what] the kind of item */
  async #send(path, body, words, work, what = "image") {
    if (this.#busy) return;
    this.#busy = true;
    attr(this.parent, "aria-busy", "true");
    try {
      /** @type {Result} */
      const { done, failed } = await watched(this.wiring.toasts, ...work, () => request("POST", path, { body }));
      this.selection.clear();
      this.wiring.toasts.show(`${plural(done, what)} ${words}${failed.length > 0 ? t(", {failed} skipped: {leftAlone}", { failed: failed.length, leftAlone: leftAlone(failed) }) : ""}.`);
    } catch (error) {
      this.wiring.toasts.show(sentence(error), { bad: true });
    } finally {
      this.#busy = false;
      attr(this.parent, "aria-busy", null);
    }
    this.wiring.changed();
    await this.load();
  }
}
