// The states in words and signs. Every state has a shape and a word, not only a colour.

import { plural, short, thousands } from "./format.mjs";

/** @typedef {{ word: string, sign: string, tone: string }} Look */

/** @type {Record<import("./types").JobState, Look>} in the order of the list */
export const JOB_STATES = {
  running: { word: "Running", sign: "run", tone: "ij-run" },
  waiting: { word: "Waiting", sign: "clock", tone: "ij-muted" },
  held: { word: "Held", sign: "held", tone: "ij-warn" },
  review: { word: "To review", sign: "eye", tone: "ij-run" },
  done: { word: "Done", sign: "done", tone: "ij-ok" },
  failed: { word: "Failed", sign: "bad", tone: "ij-bad" },
  cancelled: { word: "Cancelled", sign: "cross", tone: "ij-muted" },
};

/** @type {Record<import("./types").TaskState, Look>} */
export const TASK_STATES = {
  held: { word: "Held", sign: "held", tone: "ij-muted" },
  queued: { word: "Waiting", sign: "clock", tone: "ij-muted" },
  running: { word: "Running", sign: "run", tone: "ij-run" },
  done: { word: "No image", sign: "warn", tone: "ij-warn" },
  failed: { word: "Failed", sign: "bad", tone: "ij-bad" },
  interrupted: { word: "Interrupted", sign: "stop", tone: "ij-warn" },
  cancelled: { word: "Cancelled", sign: "cross", tone: "ij-muted" },
  lost: { word: "Lost", sign: "warn", tone: "ij-warn" },
};

/** @type {Record<import("./types").Verdict, Look>} */
export const VERDICTS = {
  unreviewed: { word: "Unreviewed", sign: "unreviewed", tone: "ij-muted ij-icon-dashed" },
  kept: { word: "Kept", sign: "kept", tone: "ij-ok ij-icon-fill" },
  rejected: { word: "Rejected", sign: "rejected", tone: "ij-bad ij-icon-fill" },
};

/** @type {Record<import("./types").Hold["by"], string>} */
export const HOLDS = {
  user: "Held by you",
  errors: "Held: the same error again and again",
  requeue: "Held: a task was queued again and again",
  memory: "Held: out of memory",
  disk: "Held: the disk is full",
};

/** How many tasks of a job can be queued again. @param {import("./types").Job} job */
export const retryable = ({ tasks }) =>
  (tasks.failed ?? 0) + (tasks.lost ?? 0) + (tasks.interrupted ?? 0) + (tasks.cancelled ?? 0);

/** How many tasks of a job have not ended. @param {import("./types").Job} job */
export const unfinished = ({ tasks }) => (tasks.held ?? 0) + (tasks.queued ?? 0) + (tasks.running ?? 0);

/** "Retry 2 failed", "Queue 3 cancelled again", "Retry 5 unfinished". @param {import("./types").Job} job */
export function retryLabel(job) {
  const count = retryable(job);
  if (count === (job.tasks.cancelled ?? 0)) return `Queue ${thousands(count)} cancelled again`;
  if (count === (job.tasks.failed ?? 0)) return `Retry ${thousands(count)} failed`;
  return `Retry ${thousands(count)} unfinished`;
}

/**
 * Why some were left alone, and which: "Its file was changed (00012.png, 00013.png and 4 more)".
 * @param {import("./types").Failure[]} failed
 */
export function leftAlone(failed) {
  /** @type {Map<string, string[]>} names by reason */
  const reasons = new Map();
  for (const { message, name } of failed) {
    const reason = message.replace(/\.$/, "");
    reasons.set(reason, [...(reasons.get(reason) ?? []), name]);
  }
  const told = [...reasons].slice(0, 2).map(([reason, names]) => {
    const known = names.filter(Boolean).slice(0, 3);
    const rest = names.length - known.length;
    if (known.length === 0) return reason;
    return `${reason} (${known.join(", ")}${rest > 0 ? ` and ${thousands(rest)} more` : ""})`;
  });
  if (reasons.size > 2) told.push(`and ${reasons.size - 2} more reasons`);
  return told.join("; ");
}

/** The words for a field of the payload that varies. @type {Record<string, string>} */
const AXES = {
  prompt: "prompt",
  negative_prompt: "negative prompt",
  lines: "line",
  seed: "seed",
  subseed: "variation seed",
  subseed_strength: "variation strength",
  steps: "step count",
  cfg_scale: "CFG scale",
  sampler_name: "sampler",
  scheduler: "schedule type",
  denoising_strength: "denoising strength",
  styles: "style",
  hr_scale: "upscale factor",
  hr_upscaler: "upscaler",
  hr_second_pass_steps: "hires step count",
  refiner_checkpoint: "refiner",
  "override_settings.sd_model_checkpoint": "checkpoint",
  "override_settings.sd_vae": "VAE",
  "override_settings.CLIP_stop_at_last_layers": "clip skip",
};
/** @type {Record<string, string>} */
const EDITS = { lora: "LoRA strength", swap: "LoRA", replace: "replacement" };

/** One value of an axis. @param {string} field */
export const axisWord = (field) => EDITS[/^(lora|swap|replace):/.exec(field)?.[1] ?? ""] ?? AXES[field] ?? field.split(".").pop() ?? field;

/** "3 step counts", "2 for “STYLE”". @param {string} field @param {number} count */
export const axisCount = (field, count) => (field.startsWith("replace:") ? `${count} for “${field.slice(8)}”` : plural(count, axisWord(field)));

/** "3 prompts × 20 seeds". @param {import("./types").Axis[]} axes */
export const axesLine = (axes) => axes.map(({ field, values }) => axisCount(field, values.length)).join(" × ");

/** What of a recipe each axis is. @type {Record<string, Partial<import("./types").Recipe>>} */
const VARIED = {
  steps: { steps: 0 },
  sampler_name: { sampler: "", scheduler: "" },
  scheduler: { scheduler: "" },
  width: { width: 0 },
  height: { height: 0 },
  "override_settings.sd_model_checkpoint": { checkpoint: "" },
};

/** A recipe without what the axes give other values. @param {import("./types").Recipe} recipe @param {import("./types").Axis[]} axes */
export const settled = (recipe, axes) => axes.reduce((left, { field }) => ({ ...left, ...VARIED[field] }), recipe);

/** The short facts of a recipe: checkpoint, sampler and steps, size. @param {import("./types").Recipe} recipe */
export function recipeFacts({ checkpoint, sampler, scheduler, steps, width, height }) {
  const named = scheduler && scheduler.toLowerCase() !== "automatic" ? `${sampler} ${scheduler}` : sampler;
  return [
    checkpoint && short(checkpoint),
    [named, steps ? plural(steps, "step") : ""].filter(Boolean).join(", "),
    width && height ? `${width} × ${height}` : "",
  ].filter(Boolean);
}
