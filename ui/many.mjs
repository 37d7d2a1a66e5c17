// What can be done with jobs, one or many: each has a request of its own, one after the other.

import { request, sentence } from "./api.mjs";
import { h } from "./dom.mjs";
import { plural } from "./format.mjs";
import { ask } from "./parts.mjs";
import { PRIORITIES, priorityWords } from "./runs.mjs";
import { leftAlone, retryable, unfinished } from "./words.mjs";

/** @typedef {import("./types").Job} Job */
/** @typedef {{ name: string, sign: string, label: string, done: string, takes: (job: Job) => boolean, kind?: string,
 *   send: (job: Job) => [method: string, path: string, more?: { body?: unknown, query?: Record<string, string> }] }} Deed
 *  `done`: as in "5 jobs paused"; `takes`: whether it means anything for a job */

/** @param {Job} job */
const path = ({ id }) => `jobs/${encodeURIComponent(id)}`;
/** @param {Job} job */
const over = (job) => unfinished(job) === 0;

/** @type {Deed[]} */
export const DEEDS = [
  { name: "pause", sign: "pause", label: "Pause", done: "paused", takes: (job) => !over(job) && job.state !== "held", send: (job) => ["POST", `${path(job)}/pause`] },
  { name: "resume", sign: "play", label: "Resume", done: "resumed", takes: (job) => job.state === "held", send: (job) => ["POST", `${path(job)}/resume`] },
  { name: "cancel", sign: "stop", label: "Cancel", done: "cancelled", takes: (job) => !over(job), send: (job) => ["POST", `${path(job)}/cancel`] },
  { name: "retry", sign: "retry", label: "Retry", done: "queued again", takes: (job) => retryable(job) > 0, send: (job) => ["POST", `${path(job)}/retry`] },
  ...PRIORITIES.map((priority) => ({
    name: `priority-${priority}`, sign: priority < 0 ? "down" : priority > 0 ? "up" : "right", label: priorityWords(priority), done: `set to ${priorityWords(priority).toLowerCase()}`,
    takes: (/** @type {Job} */ job) => !over(job) && job.priority !== priority, send: (/** @type {Job} */ job) => /** @type {[string, string, {}]} */ (["PATCH", path(job), { body: { priority } }]),
  })),
  { name: "archive", sign: "archive", label: "Archive", done: "archived", takes: (job) => over(job) && !job.archived, send: (job) => ["PATCH", path(job), { body: { archived: true } }] },
  { name: "unarchive", sign: "undo", label: "Back to the list", done: "back in the list", takes: (job) => job.archived, send: (job) => ["PATCH", path(job), { body: { archived: false } }] },
];

/** @param {string} images "keep" or "trash" @returns {Deed} */
export const deletion = (images) => ({
  name: "delete", sign: "trash", label: "Delete…", done: "deleted", takes: () => true, send: (job) => ["DELETE", path(job), { query: { images } }],
});

/**
 * @param {Deed} deed @param {Job[]} jobs @param {(nth: number) => void} progress how many are done
 * @returns {Promise<{ done: Job[], line: string, bad: boolean }>} `line`: the outcome in a sentence
 */
export async function inTurn(deed, jobs, progress) {
  /** @type {Job[]} */
  const done = [];
  /** @type {Map<string, number>} reasons, and of how many */
  const reasons = new Map();
  /** @type {import("./types").Failure[]} images that a deleted job left alone, and why */
  const images = [];
  for (const [nth, job] of jobs.entries()) {
    progress(nth);
    try {
      /** @type {import("./types").Deleted} the other answers have no such list */
      const { failed = [] } = await request(...deed.send(job));
      images.push(...failed);
      done.push(job);
    } catch (error) {
      const reason = sentence(error).replace(/\.$/, "");
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
  }
  const left = jobs.length - done.length;
  const why = left > 0 ? `, ${left} left alone: ${[...reasons.keys()].slice(0, 2).join("; ")}` : "";
  const stayed = images.length > 0 ? `, ${plural(images.length, "image")} left alone: ${leftAlone(images)}` : "";
  return { done, line: `${plural(done.length, "job")} ${deed.done}${why}${stayed}.`, bad: left + images.length > 0 };
}

/** Asks whether to delete jobs. @param {HTMLElement} place @param {Job[]} jobs
 * @returns {Promise<"keep" | "trash" | null>} what becomes of their images; null: nothing is deleted */
export async function askDelete(place, jobs) {
  const images = jobs.reduce((sum, job) => sum + job.images.total, 0);
  const tasks = jobs.reduce((sum, job) => sum + unfinished(job), 0);
  const [only] = jobs;
  const its = jobs.length === 1 ? "Its" : "Their";
  const lines = [
    images > 0
      ? `${its} ${plural(images, "image")} stay in the output folder. What this tab knows of them is gone.`
      : `${jobs.length === 1 ? "It has" : "They have"} made no images.`,
    tasks > 0 ? `${plural(tasks, "task")} will not run.` : "",
  ].filter(Boolean);
  const trash = h("input", { type: "checkbox" });
  const agreed = await ask(place, {
    title: only && jobs.length === 1 ? `Delete the job “${only.name}”?` : `Delete ${plural(jobs.length, "job")}?`, lines,
    more: images > 0 ? h("label", { class: "ij-check" }, trash, `Also move ${its.toLowerCase()} images to the trash`) : undefined,
    sign: "trash", verb: jobs.length === 1 ? "Delete job" : "Delete jobs",
  });
  if (!agreed) return null;
  return trash.checked ? "trash" : "keep";
}
