// What can be done with a job. Each answers with the job as it is then; what fails says so in a toast.

import { request, sentence } from "./api.mjs";
import { plural } from "./format.mjs";
import { ask } from "./parts.mjs";
import { unfinished } from "./words.mjs";

/** @typedef {import("./types").Job} Job */

export class Actions {
  /**
   * @param {import("./state.mjs").State} state
   * @param {import("./parts.mjs").Toasts} toasts
   * @param {HTMLElement} place for questions
   */
  constructor(state, toasts, place) {
    this.state = state;
    this.toasts = toasts;
    this.place = place;
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

  /** @param {Job} job */
  async remove(job) {
    const left = unfinished(job);
    const lines = [
      job.images.total > 0
        ? `Its ${plural(job.images.total, "image")} stay in the output folder. What this tab knows of them is gone.`
        : "It has made no images.",
      left > 0 ? `${plural(left, "task")} will not run.` : "",
    ].filter(Boolean);
    const words = { title: `Delete the job “${job.name}”?`, lines, sign: "trash", verb: "Delete job" };
    if (!(await ask(this.place, words))) return;
    try {
      await request("DELETE", path(job), { query: { images: "keep" } });
      this.state.forget(job.id);
      this.toasts.show(`“${job.name}” is deleted.`);
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
