// Unfinished jobs beyond the requested page of the list.

import { request } from "./api.mjs";

/** @typedef {import("../page").Job} Job */

const PAGE = 200;
/** @type {import("../types").JobState[]} */
const UNFINISHED = ["running", "waiting", "held"];

/** All jobs that still run or wait, however old. @param {import("../types").JobList} list
 * @param {AbortSignal} [signal] @returns {Promise<Job[]>} those not in the list */
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
