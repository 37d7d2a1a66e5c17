// What is worth telling somebody who looks elsewhere: jobs that ended or were held, and an empty queue.

import { plural } from "./format.mjs";

/** @typedef {import("./types").Job} Job */
/** @typedef {import("./types").Status} Status */
/** @typedef {{ title: string, lines: string[], job: string | null }} Word `job`: which it is about */

/** @type {ReadonlySet<string>} */
const UNFINISHED = new Set(["running", "waiting", "held"]);
const busy = (/** @type {Status | null} */ status) => status !== null && status.waiting + status.running > 0;

export class Watch {
  /** @type {Map<string, Job>} */
  #jobs = new Map();
  #newest = 0;
  /** @type {Status | null} */
  #status = null;

  /** How all is now. @param {Job[]} jobs @param {Status} status @param {boolean} first nothing was known before, so nothing is news
   * @returns {Word | null} */
  look(jobs, status, first) {
    const there = new Set(jobs.map(({ id }) => id));
    const word = first ? null : this.see(jobs, status, [...this.#jobs.keys()].filter((id) => !there.has(id)));
    this.#jobs = new Map(jobs.map((job) => [job.id, job]));
    this.#newest = jobs.reduce((newest, { created }) => Math.max(newest, created), 0);
    this.#status = status;
    return word;
  }

  /** @param {Job[]} changed @param {Status} status @param {string[]} removed jobs @returns {Word | null} */
  see(changed, status, removed) {
    for (const id of removed) this.#jobs.delete(id);
    /** @type {Job[]} */
    const ended = [];
    /** @type {Job[]} */
    const held = [];
    for (const job of changed) {
      const before = this.#jobs.get(job.id);
      // an old one that was not looked at yet has not ended just now
      const open = before ? UNFINISHED.has(before.state) : job.created > this.#newest;
      if (open && !UNFINISHED.has(job.state)) ended.push(job);
      if (job.hold && job.hold.by !== "user" && !before?.hold) held.push(job);
      this.#jobs.set(job.id, job);
    }
    const stopped = status.hold && status.hold.by !== "user" && !this.#status?.hold ? status.hold : null;
    const ran = busy(this.#status) || ended.length > 0;
    this.#status = status;
    // one that was just held may count as running yet
    const still = [...this.#jobs.values()].filter(({ state, hold }) => hold && UNFINISHED.has(state)).length;
    // that the user holds the last one is no news to the user
    const empty = ran && !busy(status) && (ended.length > 0 || still === 0);
    return wordOf(ended, held, stopped, empty ? emptyWords(still) : "");
  }

  /** Of the jobs that run, 0..1; null if none does. */
  get progress() {
    const running = [...this.#jobs.values()].filter(({ state }) => state === "running");
    return running.length > 0 ? running.reduce((sum, job) => sum + job.progress, 0) / running.length : null;
  }
}

/** @param {Job[]} ended @param {Job[]} held @param {import("./types").Hold | null} stopped @param {string} empty @returns {Word | null} */
function wordOf(ended, held, stopped, empty) {
  /** @type {string[]} the most urgent first */
  const said = [
    ...(stopped ? [`Everything is stopped: ${stopped.message}`] : []),
    ...(held.length > 1 ? [`${held.length} jobs are held`] : held.map(({ name, hold }) => `${name} is held: ${hold?.message ?? ""}`)),
    ...(ended.length > 1 ? [`${ended.length} jobs are done`] : ended.map((job) => endOf(job))),
    ...(empty ? [empty] : []),
  ];
  const [title, ...lines] = said;
  const about = held.length + ended.length === 1 ? held[0] ?? ended[0] : undefined;
  return title === undefined ? null : { title, lines, job: about?.id ?? null };
}

/** @param {number} held jobs */
const emptyWords = (held) => (held > 0 ? `Nothing can run any more: ${held === 1 ? "1 job is" : `${held} jobs are`} held` : "The queue is empty");

/** @param {Job} job */
function endOf({ name, images, tasks, state }) {
  const failed = tasks["failed"] ?? 0;
  if (state === "failed" || state === "cancelled") return `${name} ${state === "failed" ? "failed" : "was cancelled"}`;
  return `${name} is done: ${plural(images.total, "image")}${failed > 0 ? `, ${plural(failed, "task")} failed` : ""}`;
}
