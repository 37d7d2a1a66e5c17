// What can be done with jobs, one or many: each has a request of its own, one after the other.

import { request, sentence } from "./api.mjs";
import { h, text } from "./dom.mjs";
import { plural, thousands } from "./format.mjs";
import { ask } from "./parts.mjs";
import { watched } from "./progress.mjs";
import { PRIORITIES, priorityWords } from "./runs.mjs";
import { leftAlone, retryable, unfinished } from "./words.mjs";

/** @typedef {import("./types").Job} Job */
/** @typedef {import("./parts.mjs").Toasts} Toasts */
/** @typedef {{ name: string, sign: string, label: string, done: string, takes: (job: Job) => boolean, kind?: string, work?: string,
 *   send: (job: Job) => [method: string, path: string, more?: { body?: unknown, query?: Record<string, string> }] }} Deed
 *  `done`: as in "5 jobs paused"; `takes`: whether it means anything for a job; `work`: what the server calls it while it takes long */

/** @typedef {{ token: string, words: string }} Undo what the server calls it, and what was done */
/** @typedef {(done: Undo[], undone: () => void) => () => void} Note has the keys undo it, too, as Marks.note does */

/** @param {Job} job */
const words = ({ name }) => `“${name}” deleted`;
/** @param {Job} job */
const path = ({ id }) => `jobs/${encodeURIComponent(id)}`;
/** @param {Job} job */
const over = (job) => unfinished(job) === 0;

/** @type {Deed[]} */
export const DEEDS = [
  { name: "pause", sign: "pause", label: "Pause", done: "paused", takes: (job) => !over(job) && job.hold === null, send: (job) => ["POST", `${path(job)}/pause`] },
  { name: "resume", sign: "play", label: "Resume", done: "resumed", takes: (job) => !over(job) && job.hold !== null, send: (job) => ["POST", `${path(job)}/resume`] },
  { name: "cancel", sign: "stop", label: "Cancel", done: "cancelled", takes: (job) => !over(job), send: (job) => ["POST", `${path(job)}/cancel`] },
  { name: "retry", sign: "retry", label: "Retry", done: "queued again", takes: (job) => retryable(job) > 0, send: (job) => ["POST", `${path(job)}/retry`] },
  ...PRIORITIES.map((priority) => ({
    name: `priority-${priority}`, sign: priority < 0 ? "down" : priority > 0 ? "up" : "right", label: priorityWords(priority), done: `set to ${priorityWords(priority).toLowerCase()}`,
    takes: (/** @type {Job} */ job) => !over(job) && job.priority !== priority, send: (/** @type {Job} */ job) => /** @type {[string, string, {}]} */ (["PATCH", path(job), { body: { priority } }]),
  })),
  { name: "archive", sign: "archive", label: "Archive", done: "archived", takes: (job) => over(job) && !job.archived, send: (job) => ["PATCH", path(job), { body: { archived: true } }] },
  { name: "unarchive", sign: "undo", label: "Back to the list", done: "back in the list", takes: (job) => job.archived, send: (job) => ["PATCH", path(job), { body: { archived: false } }] },
];

/** What the server calls it. */
const MOVING = "Moving to the trash";

/** @param {string} images "keep" or "trash" @returns {Deed} */
export const deletion = (images) => ({
  name: "delete", sign: "trash", label: "Delete…", done: "deleted", takes: () => true, send: (job) => ["DELETE", path(job), { query: { images } }],
  ...(images === "trash" ? { work: MOVING } : {}),
});

/**
 * The newest first: what was made from another job's images goes before that.
 * @param {Deed} deed @param {Job[]} jobs @param {Toasts} toasts @param {(nth: number) => void} progress how many are done
 * @returns {Promise<{ done: Job[], line: string, bad: boolean, undo: Undo[] }>} `line`: the outcome in a sentence; `undo`: for `tell`
 */
export async function inTurn(deed, jobs, toasts, progress) {
  /** @type {Job[]} */
  const done = [];
  /** @type {Map<string, number>} reasons, and of how many */
  const reasons = new Map();
  /** @type {Undo[]} */
  const undo = [];
  let moved = 0;
  /** @param {string} reason */
  const leave = (reason) => reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  const newest = [...jobs].sort((a, b) => b.created - a.created || (a.id < b.id ? 1 : -1));
  for (const [nth, job] of newest.entries()) {
    progress(nth);
    try {
      const send = () => request(...deed.send(job));
      /** @type {import("./types").Deleted} the other answers have none of these */
      const { failed = [], trashed = 0, undo: token } = await (deed.work ? watched(toasts, deed.work, send) : send());
      moved += trashed;
      if (token) undo.unshift({ token, words: words(job) });
      if (failed.length > 0) leave(leftAlone(failed)); // it stays with these
      else done.push(job);
    } catch (error) {
      leave(sentence(error).replace(/\.$/, ""));
    }
  }
  const left = jobs.length - done.length;
  const why = left > 0 ? `, ${left} left alone: ${[...reasons.keys()].slice(0, 2).join("; ")}` : "";
  return { done, line: `${plural(done.length, "job")} ${deed.done}${inTrash(moved)}${why}.`, bad: left > 0, undo };
}

/** @param {number} images that went there */
const inTrash = (images) => (images > 0 ? `; ${plural(images, "image")} moved to the trash` : "");

/** Deletes a job as inTurn does, and says so of it alone. @param {Job} job @param {string} images "keep" or "trash" @param {Toasts} toasts
 * @returns {Promise<{ line: string, stays: boolean, undo: Undo[] }>} `stays`: with images that could not be moved */
export async function deleteJob(job, images, toasts) {
  const send = () => request(...deletion(images).send(job));
  /** @type {import("./types").Deleted} */
  const { failed = [], trashed = 0, undo } = await (images === "trash" ? watched(toasts, MOVING, send) : send());
  const stays = failed.length > 0;
  const left = stays ? `, ${thousands(failed.length)} left alone: ${leftAlone(failed)}` : "";
  return { line: `“${job.name}” is ${stays ? "not " : ""}deleted${inTrash(trashed)}${left}.`, stays, undo: undo ? [{ token: undo, words: words(job) }] : [] };
}

/** Says what was done, with a button that takes it back; the keys do it, too. @param {{ line: string, bad: boolean, undo: Undo[] }} done
 * @param {Toasts} toasts @param {Note} note @param {() => Promise<void>} changed */
export function tell({ line, bad, undo }, toasts, note, changed) {
  let hide = () => {};
  const undone = note([...undo].reverse(), () => hide());
  const run = async () => {
    let restored = 0;
    /** @type {import("./types").Failure[]} */
    const left = [];
    try {
      for (const { token } of undo) {
        /** @type {import("./types").Result} */
        const { done, failed } = await watched(toasts, "Restoring", () => request("POST", "undo", { body: { undo: token } }));
        restored += done;
        left.push(...failed);
      }
      undone();
      toasts.show(`${undo.length === 1 ? undo[0]?.words : `${plural(undo.length, "job")} deleted`}: undone${restored > 0 ? `, ${plural(restored, "image")} restored` : ""}${left.length > 0 ? `, ${left.length} left alone: ${leftAlone(left)}` : ""}.`);
    } catch (error) {
      toasts.show(sentence(error), { bad: true });
    }
    await changed();
  };
  hide = toasts.show(line, { bad, action: undo.length > 0 ? { label: "Undo", run: () => void run() } : undefined });
}

/** Asks whether to delete jobs. @param {HTMLElement} place @param {Job[]} jobs
 * @returns {Promise<"keep" | "trash" | null>} what becomes of their images; null: nothing is deleted */
export async function askDelete(place, jobs) {
  const images = jobs.reduce((sum, job) => sum + job.images.total, 0);
  const tasks = jobs.reduce((sum, job) => sum + unfinished(job), 0);
  const [only] = jobs;
  const its = jobs.length === 1 ? "Its" : "Their";
  const those = `${its} ${plural(images, "image")}`;
  const stay = `${those} ${images === 1 ? "stays" : "stay"} in the output folder. What this tab knows of ${images === 1 ? "it" : "them"} goes, but for an undo.`;
  const go = `${those} ${images === 1 ? "goes" : "go"} to the trash, and can be restored from there.`;
  const fate = h("span", { "aria-live": "polite" }, images > 0 ? stay : `${jobs.length === 1 ? "It has" : "They have"} made no images.`);
  const lines = [fate, tasks > 0 ? `${plural(tasks, "task")} will not run.` : ""].filter(Boolean);
  const trash = h("input", { type: "checkbox", onchange: () => text(fate, trash.checked ? go : stay) });
  const agreed = await ask(place, {
    title: only && jobs.length === 1 ? `Delete the job “${only.name}”?` : `Delete ${plural(jobs.length, "job")}?`, lines,
    more: images > 0 ? h("label", { class: "ij-check" }, trash, `Also move ${its.toLowerCase()} images to the trash`) : undefined,
    sign: "trash", verb: jobs.length === 1 ? "Delete job" : "Delete jobs",
  });
  if (!agreed) return null;
  return trash.checked ? "trash" : "keep";
}
