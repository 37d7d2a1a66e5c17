// A job's progress bar.

import { t } from "../core/sentences.mjs";
import { h } from "../dom/elements.mjs";

/**
 * @param {import("../page").Job} job
 * @param {number} [now] progress of the running task, 0 to 1
 */
export function progressBar(job, now = 0) {
  const all = Math.max(1, job.tasks.total ?? 1);
  const done = part("", (job.tasks.done ?? 0) / all);
  const failed = part("ij-bad", ((job.tasks.failed ?? 0) + (job.tasks.lost ?? 0)) / all);
  const current = part("ij-now", now / all);
  return h(
    "span",
    {
      class: "ij-bar", role: "progressbar", "aria-label": t("Progress"),
      "aria-valuemin": 0, "aria-valuemax": 100, "aria-valuenow": Math.round(job.progress * 100),
    },
    done, failed, current,
  );
}

/** @param {string} name @param {number} share */
function part(name, share) {
  const element = h("i", { class: name });
  element.style.width = `${(100 * share).toFixed(2)}%`;
  return element;
}
