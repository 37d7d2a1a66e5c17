// News worth a notification: jobs that ended or went on hold, and an empty queue.

import { plural } from "../core/format.mjs";
import { t } from "../core/sentences.mjs";

/** @typedef {import("../page").Job} Job */
/** @typedef {import("../types").Status} Status */
/** @typedef {{ title: string, lines: string[], job: string | null }} News `job`: the job to open */

/** @type {ReadonlySet<string>} */
const UNFINISHED = new Set(["running", "waiting", "held"]);
const busy = (/** @type {Status | null} */ status) => status !== null && status.waiting + status.running > 0;

export class JobNews {
  /** @type {Map<string, Job>} */
  #jobs = new Map();
  #newest = 0;
  /** @type {Status | null} */
  #status = null;

  /** Takes the full current state. @param {Job[]} jobs @param {Status} status @param {boolean} first initial state: nothing is news
   * @returns {News | null} */
  look(jobs, status, first) {
    const there = new Set(jobs.map(({ id }) => id));
    const word = first ? null : this.see(jobs, status, [...this.#jobs.keys()].filter((id) => !there.has(id)));
    this.#jobs = new Map(jobs.map((job) => [job.id, job]));
    this.#newest = jobs.reduce((newest, { created }) => Math.max(newest, created), 0);
    this.#status = status;
    return word;
  }

  /** @param {Job[]} changed @param {Status} status @param {string[]} removed jobs @returns {News | null} */
  see(changed, status, removed) {
    for (const id of removed) this.#jobs.delete(id);
    /** @type {Job[]} */
    const ended = [];
    /** @type {Job[]} */
    const held = [];
    for (const job of changed) {
      const before = this.#jobs.get(job.id);
      // an old job seen for the first time did not just end
      const open = before ? UNFINISHED.has(before.state) : job.created > this.#newest;
      if (open && !UNFINISHED.has(job.state)) ended.push(job);
      if (job.hold && job.hold.by !== "user" && !before?.hold) held.push(job);
      this.#jobs.set(job.id, job);
    }
    const stopped = status.hold && status.hold.by !== "user" && !this.#status?.hold ? status.hold : null;
    const ran = busy(this.#status) || ended.length > 0;
    this.#status = status;
    // a job that just went on hold may still count as running
    const still = [...this.#jobs.values()].filter(({ state, hold }) => hold && UNFINISHED.has(state)).length;
    // if the user paused the last job, that is not news to them
    const empty = ran && !busy(status) && (ended.length > 0 || still === 0);
    return newsOf(ended, held, stopped, empty ? emptyWords(still) : "");
  }

  /** Mean progress of the running jobs, 0..1; null if there are none. */
  get progress() {
    const running = [...this.#jobs.values()].filter(({ state }) => state === "running");
    return running.length > 0 ? running.reduce((sum, job) => sum + job.progress, 0) / running.length : null;
  }
}

/** @param {Job[]} ended @param {Job[]} held @param {import("../types").HoldView | null} stopped @param {string} empty @returns {News | null} */
function newsOf(ended, held, stopped, empty) {
  /** @type {string[]} most urgent first */
  const said = [
    ...(stopped ? [t("Everything is stopped: {message}", { message: stopped.message })] : []),
    ...(held.length > 1 ? [t("{held} jobs are on hold", { held: held.length })] : held.map(({ name, hold }) => t("{name} is on hold: {message}", { name, message: hold?.message ?? "" }))),
    ...(ended.length > 1 ? [t("{ended} jobs are done", { ended: ended.length })] : ended.map((job) => endOf(job))),
    ...(empty ? [empty] : []),
  ];
  const [title, ...lines] = said;
  const about = held.length + ended.length === 1 ? held[0] ?? ended[0] : undefined;
  return title === undefined ? null : { title, lines, job: about?.id ?? null };
}

/** @param {number} held jobs */
const emptyWords = (held) => (held > 0
  ? t({ one: "Nothing left to run: {n} job is on hold", other: "Nothing left to run: {n} jobs are on hold" }, { n: held })
  : t("The queue is empty"));

/** @param {Job} job */
function endOf({ name, images, tasks, state }) {
  const failed = tasks["failed"] ?? 0;
  if (state === "failed" || state === "cancelled") return state === "failed" ? t("{name} failed", { name }) : t("{name} was cancelled", { name });
  return t("{name} is done: {images}{rest}", { name, images: plural(images.total, "image"), rest: failed > 0 ? t(", {tasks} failed", { tasks: plural(failed, "task") }) : "" });
}
