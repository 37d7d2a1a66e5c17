// The places of the grid: one for each image that a job has or will have, in the order of its tasks or another. Images
// that are in the trash or permanently deleted have none.

import { captionOf, shownAxesOf } from "./caption.mjs";

/** @typedef {import("../page").Task} Task */
/** @typedef {import("../page").Image} Image */
/** @typedef {import("../core/job-images.mjs").JobImages} JobImages */
/** @typedef {import("./filters.mjs").Filter} Filter */
/** @typedef {import("./filters.mjs").Order} Order */
/** @typedef {{ task: Task, image: Image | null, place: number, held: boolean, source: number, shownAxes: import("./caption.mjs").ShownAxes }} Slot
 *  `place`: counts from 1, regardless of the filter; `held`: the job is on hold; `source`: the index of its source among
 *  the job's sources, in order of appearance; `shownAxes`: those of the job */

const OPEN = ["held", "queued", "running"];

export class Slots {
  /** @type {JobImages | null} */
  #detail = null;
  /** @type {Slot[]} in order, unfiltered */
  #all = [];
  /** @type {Slot[]} filtered */
  #slots = [];
  /** @type {Map<string, number[]>} task -> indices of its slots in #all */
  #places = new Map();
  /** @type {import("./caption.mjs").ShownAxes} */
  #shownAxes = [];
  /** @type {number | null} null: not counted yet */
  #wordiest = null;
  /** @type {Map<string | null | undefined, number>} the job's sources, in order of appearance */
  #sources = new Map();
  /** @type {Filter | null} */
  #filter = null;
  /** @type {Order | null} */
  #order = null;
  #held = false;
  /** recalculate when needed, so that a hidden table costs nothing */
  #stale = false;

  get length() {
    this.#fresh();
    return this.#slots.length;
  }

  /** @param {number} place from 0 */
  at(place) {
    this.#fresh();
    return this.#slots[place];
  }

  /** @param {JobImages | null} detail @param {Filter | null} [filter] null: show all @returns {boolean} whether it is the same job as before */
  show(detail, filter = null) {
    const same = detail !== null && detail.id === this.#detail?.id;
    this.#detail = detail;
    this.#filter = filter;
    this.#shownAxes = shownAxesOf(detail);
    this.#all = this.#slots = [];
    this.#stale = true;
    return same;
  }

  /** @param {Filter | null} filter null: show all */
  filter(filter) {
    this.#filter = filter;
    this.#sift();
  }

  /** A marked image stays in its place until the order is set again.
   * @param {Order | null} order null: task order */
  order(order) {
    this.#order = order;
    this.#stale = true;
  }

  /** @param {boolean} held @returns {boolean} whether it changed */
  hold(held) {
    if (held === this.#held) return false;
    this.#held = held;
    for (const slot of this.#all) slot.held = held;
    return true;
  }

  /** @param {Set<string>} touched tasks @returns {number[] | null} the places that changed; null: all */
  update(touched) {
    if (this.#stale) return null;
    /** @type {number[]} */
    const changed = [];
    for (const id of touched) {
      const task = this.#detail?.tasks.get(id);
      const places = this.#places.get(id);
      const slots = task ? this.#of(task) : [];
      if (!places || places.length !== slots.length) {
        this.#stale = true;
        return null;
      }
      places.forEach((place, nth) => {
        const [before, now] = [this.#all[place], slots[nth]];
        if (before && now) this.#all[place] = { ...now, place: before.place };
        changed.push(place);
      });
    }
    const before = this.#slots;
    this.#sift();
    if (!this.#filter) return changed;
    const same = before.length === this.#slots.length && before.every((slot, nth) => identity(slot) === identity(this.#slots[nth]));
    return same ? [...this.#slots.keys()] : null;
  }

  /** The visible images, in order. @param {Set<string>} [also] included whatever the filter says @returns {Image[]} */
  images(also) {
    this.#fresh();
    const slots = also ? this.#all.filter((slot) => slot.image && (also.has(slot.image.id) || this.#passes(slot))) : this.#slots;
    return slots.flatMap(({ image }) => (image ? [image] : []));
  }

  /** @param {string} id of an image @returns {number} its place, or -1 */
  find(id) {
    this.#fresh();
    return this.#slots.findIndex(({ image }) => image?.id === id);
  }

  /** The tasks whose images were all deleted. @returns {Task[]} */
  emptied() {
    this.#fresh();
    return [...(this.#detail?.tasks.values() ?? [])].filter(({ id }) => !this.#places.has(id));
  }

  /** The aspect ratio of the job's images, used for all cells. */
  proportions() {
    this.#fresh();
    for (const { task, image } of this.#all) {
      const { width, height } = image ?? task;
      if (width > 0 && height > 0) return Math.min(3, Math.max(0.4, width / height));
    }
    return 1;
  }

  /** Length of the longest caption with names. */
  wordiest() {
    this.#fresh();
    return (this.#wordiest ??= this.#all.reduce((most, slot) => Math.max(most, captionOf(slot).words.length), 0));
  }

  #fresh() {
    if (!this.#stale) return;
    this.#stale = false;
    this.#wordiest = null;
    const tasks = [...(this.#detail?.tasks.values() ?? [])].sort((a, b) => a.index - b.index);
    this.#all = [];
    this.#sources.clear();
    let number = 1;
    for (const task of tasks) {
      if (!this.#sources.has(task.source)) this.#sources.set(task.source, this.#sources.size);
      this.#all.push(...this.#of(task, number));
      number += this.#count(task) + gone(task); // so that the others keep their numbers
    }
    if (this.#order) this.#all.sort(this.#order);
    this.#places.clear();
    this.#all.forEach(({ task }, place) => {
      const places = this.#places.get(task.id);
      if (places) places.push(place);
      else this.#places.set(task.id, [place]);
    });
    // keep the task's images in order, wherever they are
    const numberAt = (/** @type {number} */ place) => this.#all[place]?.place ?? 0;
    if (this.#order) for (const places of this.#places.values()) places.sort((a, b) => numberAt(a) - numberAt(b));
    this.#sift();
  }

  /** @param {Slot} slot */
  #passes(slot) {
    return this.#filter === null || this.#filter(slot);
  }

  #sift() {
    this.#slots = this.#filter ? this.#all.filter(this.#filter) : this.#all;
  }

  /** @param {Task} task */
  #count(task) {
    const known = this.#detail?.images.get(task.id)?.length ?? 0;
    return Math.max(task.images, known, gone(task) > 0 ? 0 : 1);
  }

  /** The slots of a task. @param {Task} task @param {number} [number] of its first slot @returns {Slot[]} */
  #of(task, number = 0) {
    const images = this.#detail?.images.get(task.id) ?? [];
    const source = this.#sources.get(task.source) ?? 0;
    const slots = [];
    for (let nth = 0, count = this.#count(task); nth < count; nth += 1) {
      const image = images[nth] ?? null;
      if (!image?.trashed) slots.push({ task, image, place: number + nth, held: this.#held, source, shownAxes: this.#shownAxes });
    }
    const waits = slots.length === 0 && OPEN.includes(task.state); // will be made again
    return waits ? [{ task, image: null, place: number, held: this.#held, source, shownAxes: this.#shownAxes }] : slots;
  }
}

/** How many of its images were permanently deleted; those being made again do not count. @param {Task} task */
const gone = ({ state, purged }) => (state === "done" ? purged ?? 0 : 0);

/** @param {Slot | undefined} slot */
const identity = (slot) => slot?.image?.id ?? `${slot?.task.id} ${slot?.place}`;
