// The actions on a job: when they apply, their labels, and their requests.

import { t } from "../core/sentences.mjs";
import { retryable, retryLabel, unfinished } from "../core/state-labels.mjs";
import { PRIORITIES, priorityWords } from "../runs/run-labels.mjs";

/** @typedef {import("../page").Job} Job */
/** @typedef {[method: string, path: string, more?: { body?: unknown, query?: Record<string, string | undefined> }]} Request */
/** @typedef {{ name: string, sign: string, label: string, labelOf?: (job: Job) => string, done: string, takes: (job: Job) => boolean,
 *   send: (job: Job) => Request, work?: [id: string, words: string] }} Action
 *  `labelOf`: a more specific label for one job; `done`: as in "5 jobs paused"; `work`: the server's id for its progress, and a label for it */

/** @param {Job} job */
const path = ({ id }) => `jobs/${encodeURIComponent(id)}`;
/** @param {Job} job */
const over = (job) => unfinished(job) === 0;

/** @param {Job} job @param {Record<string, unknown>} body @returns {Request} */
export const patch = (job, body) => ["PATCH", path(job), { body }];
/** @param {Job} job @param {string} what @param {Record<string, string | undefined>} [query] @returns {Request} */
export const post = (job, what, query) => ["POST", `${path(job)}/${what}`, { body: {}, query }];

/** Those with a button on a job's page. A job can be on hold while its running task is finished. @type {Action[]} */
export const CONTROLS = [
  { name: "pause", sign: "pause", label: t("Pause"), done: t("paused"), takes: (job) => !over(job) && job.hold === null, send: (job) => post(job, "pause") },
  { name: "resume", sign: "play", label: t("Resume"), done: t("resumed"), takes: (job) => !over(job) && job.hold !== null, send: (job) => post(job, "resume") },
  { name: "cancel", sign: "stop", label: t("Cancel"), done: t("cancelled"), takes: (job) => !over(job), send: (job) => post(job, "cancel") },
  { name: "retry", sign: "retry", label: t("Retry"), labelOf: retryLabel, done: t("requeued"), takes: (job) => retryable(job) > 0, send: (job) => post(job, "retry") },
];

/** @type {Action[]} */
export const PRIORITY_ACTIONS = PRIORITIES.map((priority) => ({
  name: `priority-${priority}`, sign: priority < 0 ? "down" : priority > 0 ? "up" : "right", label: priorityWords(priority),
  done: t("set to {priority}", { priority: priorityWords(priority).toLowerCase() }), takes: (job) => !over(job) && job.priority !== priority, send: (job) => patch(job, { priority }),
}));

/** @type {Action[]} */
export const ACTIONS = [
  ...CONTROLS, ...PRIORITY_ACTIONS,
  { name: "archive", sign: "archive", label: t("Archive"), done: t("archived"), takes: (job) => over(job) && !job.archived, send: (job) => patch(job, { archived: true }) },
  { name: "unarchive", sign: "undo", label: t("Unarchive"), done: t("unarchived"), takes: (job) => job.archived, send: (job) => patch(job, { archived: false }) },
];

/** @param {string} images "keep" or "trash" @returns {Action} */
export const deletion = (images) => ({
  name: "delete", sign: "trash", label: t("Delete…"), done: t("deleted"), takes: () => true, send: (job) => ["DELETE", path(job), { query: { images } }],
  ...(images === "trash" ? { work: /** @type {[string, string]} */ (["trash", t("Moving to the trash")]) } : {}),
});
