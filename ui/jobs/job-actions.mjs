// Actions on one job. Each request returns the updated job; failures are shown in a toast.

import { request, sentence } from "../core/api.mjs";
import { patch, post } from "./action-table.mjs";
import { askDelete, deleteJob, reportOutcome } from "./bulk-actions.mjs";

/** @typedef {import("../page").Job} Job */

export class JobActions {
  /**
   * @param {import("../core/state.mjs").State} state
   * @param {import("../dom/toasts.mjs").Toasts} toasts
   * @param {HTMLElement} place for questions
   * @param {import("./bulk-actions.mjs").Note} note
   */
  constructor(state, toasts, place, note) {
    this.state = state;
    this.toasts = toasts;
    this.place = place;
    this.note = note;
  }

  /** @param {import("./action-table.mjs").Action} action @param {Job} job */
  run = (action, job) => this.#send(action.send(job));
  /** @param {Job} job @param {string} [task] only this one */
  retry = (job, task) => this.#send(post(job, "retry", { task }));
  /** @param {Job} job @param {string} name */
  rename = (job, name) => this.#send(patch(job, { name }));

  /** @param {Job} job */
  async remove(job) {
    const images = await askDelete(this.place, [job]);
    if (images === null) return;
    try {
      const { line, stays, undo } = await deleteJob(job, images, this.toasts);
      if (!stays) this.state.forget(job.id);
      reportOutcome({ line, bad: stays, undo }, this.toasts, this.note, () => this.state.refresh());
    } catch (error) {
      this.toasts.show(sentence(error), { bad: true });
    }
  }

  /** @param {import("./action-table.mjs").Request} wanted */
  async #send(wanted) {
    try {
      this.state.put(await request(...wanted));
    } catch (error) {
      this.toasts.show(sentence(error), { bad: true });
    }
  }
}
