// One job's tasks and images, as the page keeps them.

/** @typedef {import("./types").Task} Task */
/** @typedef {import("./types").Image} Image */

/** Only what the page shows: ten thousand whole answers would fill the memory.
 * @param {Task} t @returns {Task} */
const slimTask = (t) => ({
  id: t.id, job: t.job, index: t.index, state: t.state, error: t.error, label: t.label,
  images: t.images, width: t.width, height: t.height,
});

/** @param {Image} i @returns {Image} */
const slimImage = (i) => ({
  id: i.id, job: i.job, task: i.task, index: i.index, width: i.width, height: i.height,
  trashed: i.trashed, findings: i.findings, version: i.version,
});

/** One job's tasks, in order, and their images. */
export class Detail {
  /** @param {import("./types").JobDetail} answer */
  constructor(answer) {
    this.id = answer.job.id;
    this.axes = answer.axes;
    /** @type {Map<string, Task>} */
    this.tasks = new Map();
    /** @type {Map<string, Image[]>} by task, in order */
    this.images = new Map();
    /** @type {Map<string, string>} image -> task */
    this.owner = new Map();
    this.take(answer.tasks, answer.images);
  }

  /** @param {Task[]} tasks @param {Image[]} images @returns {Set<string>} the tasks that look different now */
  take(tasks, images) {
    const touched = new Set();
    for (const task of tasks) {
      this.tasks.set(task.id, slimTask(task));
      touched.add(task.id);
    }
    for (const image of images) {
      const list = this.images.get(image.task) ?? [];
      const rest = list.filter((other) => other.id !== image.id);
      rest.push(slimImage(image));
      this.images.set(image.task, rest.sort((a, b) => a.index - b.index));
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
}
