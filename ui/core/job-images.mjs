// One job's tasks and images, as kept by the page.

/** @typedef {import("../page").Task} Task */
/** @typedef {import("../page").Image} Image */
/** @typedef {import("../types").JobName} JobName */
/** @typedef {Map<string, Partial<Image>>} Changes the new values, by image */

/** Keeps only what the page shows: ten thousand full answers would fill the memory.
 * @param {Task} t @returns {Task} */
const slimTask = (t) => ({
  axes_label: t.axes_label ?? "", source_label: t.source_label ?? "",
  id: t.id, job: t.job, index: t.index, state: t.state, error: t.error, label: t.label,
  images: t.images, width: t.width, height: t.height, coords: t.coords, purged: t.purged ?? 0, source: t.source ?? null,
});

/** @param {Image} i @returns {Image} */
const slimImage = (i) => ({
  id: i.id, job: i.job, task: i.task, index: i.index, width: i.width, height: i.height,
  trashed: i.trashed, findings: i.findings, version: i.version, verdict: i.verdict, rating: i.rating, created: i.created,
});

/** The image's values for the same keys as `like`. @param {Image} image @param {Partial<Image>} like @returns {Partial<Image>} */
const some = (image, like) => Object.fromEntries(Object.keys(like).map((key) => [key, image[/** @type {keyof Image} */ (key)]]));

/** The server's values with all pending changes applied. @param {{ under: Partial<Image>, changes: Map<Partial<Image>, boolean> }} [known] @returns {Partial<Image>} */
const laid = (known) => (known ? Object.assign({ ...known.under }, ...known.changes.keys()) : {});

/** One job's tasks, in order, and their images. */
export class JobImages {
  /** @param {Pick<import("../types").JobDetail, "axes"> & { tasks: Task[], images: Image[], job: { id: string }, axes_words?: import("../types").AxisWords[], parents?: JobName[], children?: JobName[] }} answer */
  constructor(answer) {
    this.id = answer.job.id;
    this.axes = answer.axes;
    this.axesWords = answer.axes_words ?? [];
    this.parents = answer.parents ?? [];
    this.children = answer.children ?? [];
    /** @type {Map<string, Task>} */
    this.tasks = new Map();
    this.derived = false; // whether made from other images
    /** @type {Map<string, Image[]>} by task, in order */
    this.images = new Map();
    /** @type {Map<string, string>} image -> task */
    this.owner = new Map();
    /** @type {Map<string, { under: Partial<Image>, changes: Map<Partial<Image>, boolean> }>} the user's changes that the
     *  server may not know yet, oldest first, and whether it has answered; `under`: the server's last values of the
     *  changed keys */
    this.ahead = new Map();
    this.take(answer.tasks, answer.images);
  }

  /** @param {Task[]} tasks @param {Image[]} images @returns {Set<string>} the tasks that changed */
  take(tasks, images) {
    const touched = new Set();
    for (const task of tasks) {
      this.tasks.set(task.id, slimTask(task));
      if (task.source) this.derived = true;
      touched.add(task.id);
    }
    for (const image of images) {
      const list = this.images.get(image.task) ?? [];
      const rest = list.filter((other) => other.id !== image.id);
      const slim = slimImage(image);
      const known = this.ahead.get(image.id);
      if (known) known.under = some(slim, known.under);
      rest.push({ ...slim, ...laid(known) });
      this.images.set(image.task, rest.sort((a, b) => a.index - b.index || (a.id < b.id ? -1 : 1)));
      this.owner.set(image.id, image.task);
      touched.add(image.task);
    }
    return touched;
  }

  /** @param {string[]} tasks @param {string[]} images @returns {Set<string>} */
  drop(tasks, images) {
    const touched = new Set();
    for (const id of images) {
      const task = this.owner.get(id);
      if (task === undefined) continue;
      this.images.set(task, (this.images.get(task) ?? []).filter((image) => image.id !== id));
      this.owner.delete(id);
      touched.add(task);
    }
    for (const id of tasks) {
      if (!this.tasks.delete(id)) continue;
      for (const image of this.images.get(id) ?? []) this.owner.delete(image.id);
      this.images.delete(id);
      touched.add(id);
    }
    return touched;
  }

  /** @param {string} id @returns {Image | undefined} */
  find(id) {
    return this.images.get(this.owner.get(id) ?? "")?.find((image) => image.id === id);
  }

  /** All images outside the trash. */
  all() {
    return [...this.images.values()].flat().filter((image) => !image.trashed);
  }

  /**
   * Applies the user's changes before the server has them: whatever the server sends in the meantime is older.
   * @param {Changes} changes
   * @returns {{ before: Changes, touched: Set<string> }} the previous values, and the tasks that changed
   */
  change(changes) {
    /** @type {Changes} */
    const before = new Map();
    for (const [id, change] of changes) {
      const image = this.find(id);
      if (!image) continue;
      const was = some(image, change);
      before.set(id, was);
      const known = this.ahead.get(id) ?? { under: {}, changes: new Map() };
      known.under = { ...was, ...known.under };
      known.changes.set(change, false);
      this.ahead.set(id, known);
    }
    return { before, touched: this.#put(new Map([...changes].filter(([id]) => before.has(id)))) };
  }

  /** Reverts changes the server refused, keeping later ones. @param {Changes} changes as given to `change` */
  back(changes) {
    /** @type {Changes} */
    const left = new Map();
    for (const [id, change] of changes) {
      const known = this.ahead.get(id);
      if (!known?.changes.delete(change)) continue;
      left.set(id, laid(known));
      if (known.changes.size === 0) this.ahead.delete(id);
    }
    return this.#put(left);
  }

  /** Carries over changes that this answer may not include yet. @param {JobImages} before of the same job */
  inherit(before) {
    for (const [id, { under, changes }] of before.ahead) {
      const image = this.find(id);
      if (image) this.ahead.set(id, { under: some(image, under), changes });
    }
    this.#put(new Map([...this.ahead].map(([id, known]) => [id, laid(known)])));
  }

  /** The server has confirmed these. @param {Changes} changes */
  sure(changes) {
    for (const [id, change] of changes) {
      const known = this.ahead.get(id);
      if (known?.changes.has(change)) known.changes.set(change, true);
    }
  }

  /** Drops confirmed changes: requests from now on include them. */
  settle() {
    for (const [id, known] of this.ahead) {
      for (const [change, answered] of known.changes) {
        if (!answered) break;
        known.under = { ...known.under, ...change };
        known.changes.delete(change);
      }
      if (known.changes.size === 0) this.ahead.delete(id);
    }
  }

  /** @param {Changes} changes @returns {Set<string>} */
  #put(changes) {
    /** @type {Set<string>} */
    const touched = new Set();
    for (const [id, change] of changes) {
      const task = this.owner.get(id);
      const list = task === undefined ? undefined : this.images.get(task);
      const at = list?.findIndex((image) => image.id === id) ?? -1;
      const image = list?.[at];
      if (task === undefined || !list || !image) continue;
      list[at] = { ...image, ...change };
      touched.add(task);
    }
    return touched;
  }
}
