// The jobs that have not ended, beyond the page of the list that was asked for.

import { request } from "./api.mjs";

/** @typedef {import("../page").Job} Job */

const PAGE = 200;
/** @type {import("../types").JobState[]} */
const UNFINISHED = ["running", "waiting", "held"];

/** What still runs or waits, however old it is and however few were asked for. @param {import("../types").JobList} list
 * @param {AbortSignal} [signal] @returns {Promise<Job[]>} those of them that are not in the list */
export async function unfinishedBesides({ jobs, states }, signal) {
  /** @type {Job[]} */
  const more = [];
  for (const missing of UNFINISHED) {
    const here = jobs.filter((job) => job.state === missing).length;
    if (here >= (states[missing] ?? 0)) continue;
    /** @type {import("../types").JobList} */
    const rest = await request("GET", "jobs", { query: { state: missing, limit: PAGE }, signal });
    more.push(...rest.jobs);
  }
  return more;
}
