// Words and icons for the states. Every state has a shape and a word, not only a colour.

import { thousands } from "./format.mjs";
import { t } from "./sentences.mjs";

/** @typedef {{ word: string, sign: string, tone: string }} Label */

/** @type {Record<import("../types").JobState, Label>} in the order of the list */
export const JOB_STATES = {
  running: { word: t("Running"), sign: "run", tone: "ij-run" },
  waiting: { word: t("Waiting"), sign: "clock", tone: "ij-muted" },
  held: { word: t("On hold"), sign: "held", tone: "ij-warn" },
  review: { word: t("To review"), sign: "eye", tone: "ij-run" },
  done: { word: t("Done"), sign: "done", tone: "ij-ok" },
  failed: { word: t("Failed"), sign: "bad", tone: "ij-bad" },
  cancelled: { word: t("Cancelled"), sign: "cross", tone: "ij-muted" },
};

/** @type {Record<import("../types").TaskState, Label>} */
export const TASK_STATES = {
  held: { word: t("On hold"), sign: "held", tone: "ij-muted" },
  queued: { word: t("Waiting"), sign: "clock", tone: "ij-muted" },
  running: { word: t("Running"), sign: "run", tone: "ij-run" },
  done: { word: t("No image"), sign: "warn", tone: "ij-warn" },
  failed: { word: t("Failed"), sign: "bad", tone: "ij-bad" },
  interrupted: { word: t("Interrupted"), sign: "stop", tone: "ij-warn" },
  cancelled: { word: t("Cancelled"), sign: "cross", tone: "ij-muted" },
  lost: { word: t("Lost"), sign: "warn", tone: "ij-warn" },
};

/** @type {Record<import("../types").Verdict, Label>} */
export const VERDICTS = {
  unreviewed: { word: t("Unreviewed"), sign: "unreviewed", tone: "ij-muted ij-icon-dashed" },
  kept: { word: t("Kept"), sign: "kept", tone: "ij-ok ij-icon-fill" },
  rejected: { word: t("Rejected"), sign: "rejected", tone: "ij-bad ij-icon-fill" },
};

/** How many tasks of a job can be requeued. @param {import("../page").Job} job */
export const retryable = ({ tasks }) =>
  (tasks.failed ?? 0) + (tasks.lost ?? 0) + (tasks.interrupted ?? 0) + (tasks.cancelled ?? 0);

/** How many tasks of a job have not ended. @param {import("../page").Job} job */
export const unfinished = ({ tasks }) => (tasks.held ?? 0) + (tasks.queued ?? 0) + (tasks.running ?? 0);

/** "Retry 2 failed", "Requeue 3 cancelled", "Retry 5 unfinished". @param {import("../page").Job} job */
export function retryLabel(job) {
  const count = retryable(job);
  if (count === (job.tasks.cancelled ?? 0)) return t("Requeue {count} cancelled", { count: thousands(count) });
  if (count === (job.tasks.failed ?? 0)) return t("Retry {count} failed", { count: thousands(count) });
  return t("Retry {count} unfinished", { count: thousands(count) });
}
