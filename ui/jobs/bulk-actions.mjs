// Actions on several jobs, one request per job, one after the other. Also deletes jobs.

import { request, sentence } from "../core/api.mjs";
import { leftAlone } from "../core/failures.mjs";
import { plural, thousands } from "../core/format.mjs";
import { unfinished } from "../core/state-labels.mjs";
import { t, within } from "../core/sentences.mjs";
import { watched } from "../dom/bulk-progress.mjs";
import { ask } from "../dom/dialog.mjs";
import { h, text } from "../dom/elements.mjs";
import { deletion } from "./action-table.mjs";

/** @typedef {import("../page").Job} Job */
/** @typedef {import("../dom/toasts.mjs").Toasts} Toasts */
/** @typedef {import("./action-table.mjs").Action} Action */
/** @typedef {{ token: string, words: string }} Undo the server's token, and what was done */
/** @typedef {(done: Undo[], undone: () => void) => () => void} Note makes the undo keys work for it, see Marks.note */

/** @param {Job} job */
const words = ({ name }) => `“${name}” deleted`;

/** @param {Action} action @param {Job} job @param {Toasts} toasts */
function sent(action, job, toasts) {
  const send = () => request(...action.send(job));
  return action.work ? watched(toasts, ...action.work, send) : send();
}

/**
 * Newest first, so that derived jobs come before the jobs they were made from.
 * @param {Action} action @param {Job[]} jobs @param {Toasts} toasts @param {(nth: number) => void} progress how many are done
 * @returns {Promise<{ done: Job[], line: string, bad: boolean, undo: Undo[] }>} `line`: the outcome as a sentence; `undo`: for `reportOutcome`
 */
export async function runInTurn(action, jobs, toasts, progress) {
  /** @type {Job[]} */
  const done = [];
  /** @type {Map<string, number>} jobs by reason */
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
      /** @type {import("../types").Deleted} other answers have none of these fields */
      const { failed = [], trashed = 0, undo: token } = await sent(action, job, toasts);
      moved += trashed;
      if (token) undo.unshift({ token, words: words(job) });
      if (failed.length > 0) leave(leftAlone(failed)); // the job stays, with these images
      else done.push(job);
    } catch (error) {
      leave(within(sentence(error)));
    }
  }
  const left = jobs.length - done.length;
  const why = left > 0 ? t(", {left} skipped: {value}", { left, value: [...reasons.keys()].slice(0, 2).join("; ") }) : "";
  return { done, line: `${plural(done.length, "job")} ${action.done}${inTrash(moved)}${why}.`, bad: left > 0, undo };
}

/** @param {number} images moved */
const inTrash = (images) => (images > 0 ? t("; {images} moved to the trash", { images: plural(images, "image") }) : "");

/** Deletes one job, like runInTurn, with a message about it alone. @param {Job} job @param {string} images "keep" or "trash" @param {Toasts} toasts
 * @returns {Promise<{ line: string, stays: boolean, undo: Undo[] }>} `stays`: some images could not be moved, so the job stays */
export async function deleteJob(job, images, toasts) {
  /** @type {import("../types").Deleted} */
  const { failed = [], trashed = 0, undo } = await sent(deletion(images), job, toasts);
  const stays = failed.length > 0;
  const left = stays ? t(", {failed} skipped: {leftAlone}", { failed: thousands(failed.length), leftAlone: leftAlone(failed) }) : "";
  return { line: t("“{name}” was {rest}deleted{inTrash}{left}.", { name: job.name, rest: stays ? t("not ") : "", inTrash: inTrash(trashed), left }), stays, undo: undo ? [{ token: undo, words: words(job) }] : [] };
}

/** Reports what was done, with an Undo button; the undo keys work, too. @param {{ line: string, bad: boolean, undo: Undo[] }} done
 * @param {Toasts} toasts @param {Note} note @param {() => Promise<void>} changed */
export function reportOutcome({ line, bad, undo }, toasts, note, changed) {
  let hide = () => {};
  const undone = note([...undo].reverse(), () => hide());
  const run = async () => {
    let restored = 0;
    /** @type {import("../types").Failure[]} */
    const left = [];
    try {
      for (const { token } of undo) {
        /** @type {import("../types").Result} */
        const { done, failed } = await watched(toasts, "restore", t("Restoring"), () => request("POST", "undo", { body: { undo: token } }));
        restored += done;
        left.push(...failed);
      }
      undone();
      toasts.show(t("{what}: undone{restored}{left}.", { what: undo.length === 1 ? undo[0]?.words : t("{jobs} deleted", { jobs: plural(undo.length, "job") }), restored: restored > 0 ? t(", {images} restored", { images: plural(restored, "image") }) : "", left: left.length > 0 ? t(", {left} skipped: {leftAlone}", { left: left.length, leftAlone: leftAlone(left) }) : "" }));
    } catch (error) {
      toasts.show(sentence(error), { bad: true });
    }
    await changed();
  };
  hide = toasts.show(line, { bad, action: undo.length > 0 ? { label: t("Undo"), run: () => void run() } : undefined });
}

const ITS_STAY = {
  one: "Its {n} image stays in the output folder. Only its entry here is removed; you can undo this.",
  other: "Its {n} images stay in the output folder. Only their entries here are removed; you can undo this.",
};
const THEIRS_STAY = {
  one: "Their {n} image stays in the output folder. Only its entry here is removed; you can undo this.",
  other: "Their {n} images stay in the output folder. Only their entries here are removed; you can undo this.",
};
const ITS_GO = {
  one: "Its {n} image is moved to the trash and can be restored from there.",
  other: "Its {n} images are moved to the trash and can be restored from there.",
};
const THEIRS_GO = {
  one: "Their {n} image is moved to the trash and can be restored from there.",
  other: "Their {n} images are moved to the trash and can be restored from there.",
};

/** Asks whether to delete jobs. @param {HTMLElement} place @param {Job[]} jobs
 * @returns {Promise<"keep" | "trash" | null>} what to do with their images; null: do not delete */
export async function askDelete(place, jobs) {
  const images = jobs.reduce((sum, job) => sum + job.images.total, 0);
  const tasks = jobs.reduce((sum, job) => sum + unfinished(job), 0);
  const [only] = jobs;
  const one = jobs.length === 1;
  const stay = t(one ? ITS_STAY : THEIRS_STAY, { n: images });
  const go = t(one ? ITS_GO : THEIRS_GO, { n: images });
  const fate = h("span", { "aria-live": "polite" }, images > 0 ? stay : one ? t("It has made no images.") : t("They have made no images."));
  const lines = [fate, tasks > 0 ? t("{tasks} will not run.", { tasks: plural(tasks, "task") }) : ""].filter(Boolean);
  const trash = h("input", { type: "checkbox", onchange: () => text(fate, trash.checked ? go : stay) });
  const agreed = await ask(place, {
    title: only && one ? t("Delete the job “{name}”?", { name: only.name }) : t("Delete {jobs}?", { jobs: plural(jobs.length, "job") }), lines,
    more: images > 0 ? h("label", { class: "ij-check" }, trash, one ? t("Also move its images to the trash") : t("Also move their images to the trash")) : undefined,
    sign: "trash", verb: one ? t("Delete job") : t("Delete jobs"),
  });
  if (!agreed) return null;
  return trash.checked ? "trash" : "keep";
}
