// The places of the grid: one for each image that a job has or will have, in the order of its tasks.

/** @typedef {import("./types").Task} Task */
/** @typedef {import("./types").Image} Image */
/** @typedef {import("./detail.mjs").Detail} Detail */
/** @typedef {{ task: Task, image: Image | null, place: number, held: boolean }} Slot
 *  `place` counts from 1, over all, whatever the filter leaves; `held`: the job stands still */

const everything = () => true;

export class Slots {
  /** @type {Detail | null} */
  #detail = null;
  /** @type {Slot[]} */
  #slots = [];
  /** @type {Map<string, number[]>} task -> the places of its slots */
  #places = new Map();
  /** @type {(slot: Slot) => boolean} */
  #filter = everything;
  #held = false;

  get length() {
    return this.#slots.length;
  }

  /** @param {number} place from 0 */
  at(place) {
    return this.#slots[place];
  }

  /** @param {Detail | null} detail @returns {boolean} whether it is the same job as before */
  show(detail) {
    const same = detail !== null && detail.id === this.#detail?.id;
    this.#detail = detail;
    if (!same) this.#filter = everything;
    this.#rebuild();
    return same;
  }

  /** @param {(slot: Slot) => boolean} filter */
  filter(filter) {
    this.#filter = filter;
    this.#rebuild();
  }

  /** @param {boolean} held @returns {boolean} whether that is new */
  hold(held) {
    if (held === this.#held) return false;
    this.#held = held;
    for (const slot of this.#slots) slot.held = held;
    return true;
  }

  /** @param {Set<string>} touched tasks @returns {number[] | null} the places that changed; null: all */
  update(touched) {
    /** @type {number[]} */
    const changed = [];
    for (const id of touched) {
      const task = this.#detail?.tasks.get(id);
      const places = this.#places.get(id);
      const slots = task ? this.#of(task) : [];
      if (!places || places.length !== slots.length) {
        this.#rebuild();
        return null;
      }
      places.forEach((place, nth) => {
        const [before, now] = [this.#slots[place], slots[nth]];
        if (before && now) this.#slots[place] = { ...now, place: before.place };
        changed.push(place);
      });
    }
    return changed;
  }

  /** All images, in order. @returns {Image[]} */
  images() {
    return this.#slots.flatMap(({ image }) => (image ? [image] : []));
  }

  /** @param {string} id of an image @returns {number} its place, or -1 */
  find(id) {
    return this.#slots.findIndex(({ image }) => image?.id === id);
  }

  /** Width to height of what the job makes; all cells have it. */
  proportions() {
    for (const { task, image } of this.#slots) {
      const { width, height } = image ?? task;
      if (width > 0 && height > 0) return Math.min(3, Math.max(0.4, width / height));
    }
    return 1;
  }

  #rebuild() {
    const tasks = [...(this.#detail?.tasks.values() ?? [])].sort((a, b) => a.index - b.index);
    this.#slots = [];
    this.#places.clear();
    let number = 1;
    for (const task of tasks) {
      const slots = this.#of(task, number);
      this.#places.set(task.id, slots.map((_, nth) => this.#slots.length + nth));
      this.#slots.push(...slots);
      number += this.#count(task);
    }
  }

  /** @param {Task} task */
  #count(task) {
    return Math.max(task.images, this.#detail?.images.get(task.id)?.length ?? 0, 1);
  }

  /** The slots of a task that the filter lets through. @param {Task} task @param {number} [number] of the first */
  #of(task, number = 0) {
    const images = this.#detail?.images.get(task.id) ?? [];
    return Array.from({ length: this.#count(task) }, (_, nth) => (
      { task, image: images[nth] ?? null, place: number + nth, held: this.#held }
    )).filter(this.#filter);
  }
}
