// What can be done with a job. Each answers with the job as it is then; what fails says so in a toast.

import { request, sentence } from "./api.mjs";
import { askDelete, deleteJob, tell } from "./many.mjs";

/** @typedef {import("./types").Job} Job */

export class Actions {
  /**
   * @param {import("./state.mjs").State} state
   * @param {import("./parts.mjs").Toasts} toasts
   * @param {HTMLElement} place for questions
   * @param {import("./many.mjs").Note} note
   */
  constructor(state, toasts, place, note) {
    this.state = state;
    this.toasts = toasts;
    this.place = place;
    this.note = note;
  }

  /** @param {Job} job */
  pause = (job) => this.#do("POST", `${path(job)}/pause`);
  /** @param {Job} job */
  resume = (job) => this.#do("POST", `${path(job)}/resume`);
  /** @param {Job} job */
  cancel = (job) => this.#do("POST", `${path(job)}/cancel`);
  /** @param {Job} job @param {string} [task] only this one */
  retry = (job, task) => this.#do("POST", `${path(job)}/retry`, { query: { task } });
  /** @param {Job} job @param {string} name */
  rename = (job, name) => this.#do("PATCH", path(job), { body: { name } });
  /** @param {Job} job @param {number} priority */
  prioritise = (job, priority) => this.#do("PATCH", path(job), { body: { priority } });

  /** @param {Job} job */
  async remove(job) {
    const images = await askDelete(this.place, [job]);
    if (images === null) return;
    try {
      const { line, stays, undo } = await deleteJob(job, images, this.toasts);
      if (!stays) this.state.forget(job.id);
      tell({ line, bad: stays, undo }, this.toasts, this.note, () => this.state.refresh());
    } catch (error) {
      this.toasts.show(sentence(error), { bad: true });
    }
  }

  /** @param {string} method @param {string} where @param {{ query?: Record<string, string | undefined>, body?: unknown }} [more] */
  async #do(method, where, { query, body = {} } = {}) {
    try {
      this.state.put(await request(method, where, { query, body }));
    } catch (error) {
      this.toasts.show(sentence(error), { bad: true });
    }
  }
}

/** @param {Job} job */
const path = (job) => `jobs/${encodeURIComponent(job.id)}`;
