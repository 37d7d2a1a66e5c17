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

  /** How it is now; tells nothing. @param {Job[]} jobs @param {Status} status */
  begin(jobs, status) {
    this.#jobs = new Map(jobs.map((job) => [job.id, job]));
    this.#newest = Math.max(0, ...jobs.map(({ created }) => created));
    this.#status = status;
  }

  /** @param {Job[]} changed @param {Status} status @returns {Word | null} */
  see(changed, status) {
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
    // what is held still waits
    const left = busy(status) || [...this.#jobs.values()].some(({ state }) => UNFINISHED.has(state));
    return wordOf(ended, held, stopped, ran && !left);
  }

  /** Of the jobs that run, 0..1; null if none does. */
  get progress() {
    const running = [...this.#jobs.values()].filter(({ state }) => state === "running");
    return running.length > 0 ? running.reduce((sum, job) => sum + job.progress, 0) / running.length : null;
  }
}

/** @param {Job[]} ended @param {Job[]} held @param {import("./types").Hold | null} stopped @param {boolean} empty @returns {Word | null} */
function wordOf(ended, held, stopped, empty) {
  /** @type {string[]} the most urgent first */
  const said = [
    ...(stopped ? [`Everything is stopped: ${stopped.message}`] : []),
    ...(held.length > 1 ? [`${held.length} jobs are held`] : held.map(({ name, hold }) => `${name} is held: ${hold?.message ?? ""}`)),
    ...(ended.length > 1 ? [`${ended.length} jobs are done`] : ended.map((job) => endOf(job))),
    ...(empty ? ["The queue is empty"] : []),
  ];
  const [title, ...lines] = said;
  const about = held.length + ended.length === 1 ? held[0] ?? ended[0] : undefined;
  return title === undefined ? null : { title, lines, job: about?.id ?? null };
}

/** @param {Job} job */
function endOf({ name, images, tasks, state }) {
  const failed = tasks["failed"] ?? 0;
  if (state === "failed") return `${name} failed`;
  return `${name} is done: ${plural(images.total, "image")}${failed > 0 ? `, ${plural(failed, "task")} failed` : ""}`;
}
