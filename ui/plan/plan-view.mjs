// Shows a plan next to its form: facts, findings, the first tasks; and the dialog's foot.

import { about, duration, plural, size, thousands } from "../core/format.mjs";
import { t } from "../core/sentences.mjs";
import { banner, h, icon } from "../dom/elements.mjs";
import { endWords } from "../runs/run-labels.mjs";

/** @typedef {import("../page").Plan} Plan */
/** @typedef {import("../types").Finding} Finding */

/** @param {Plan} plan @param {boolean} windowed whether it has run windows */
export function planFacts(plan, windowed) {
  const { seconds, bytes, free_bytes: free } = plan;
  /** @type {[string, string][]} */
  const facts = [[t("Time"), timeWords(plan)]];
  if (bytes !== null) facts.push([t("Disk"), t("about {size}{rest}", { size: size(bytes), rest: free === null ? "" : t(", {size} free", { size: size(free) }) })]);
  if (seconds !== null) facts.push([t("Done"), endWords(plan, windowed) || t("unknown: jobs ahead have no estimate")]);
  return h("dl", { class: "ij-parameters" }, ...facts.flatMap(([title, value]) => [h("dt", null, title), h("dd", null, value)]));
}

/** "about 2 h, maybe 1 h 40 min to 3 h; 3 checkpoint changes".
 * @param {Pick<Plan, "seconds" | "low" | "high" | "loads">} plan */
export function timeWords({ seconds, low, high, loads }) {
  if (seconds === null) return t("unknown: no similar job has run");
  const [from, to] = [low ?? seconds, high ?? seconds];
  const [least, most] = [duration(from), duration(to)];
  const span = least === most || to - from < 60 ? "" : t(", maybe {least} to {most}", { least, most }); // under a minute does not matter
  return `${about(seconds)}${span}${loads > 0 ? `; ${plural(loads, "checkpoint change")}` : ""}`;
}

/** One banner for all errors, one for all warnings; null if there are none.
 * @param {Finding[]} findings @param {(finding: Finding) => import("../dom/elements.mjs").Child} cure a button that fixes one, if possible */
export function findingList(findings, cure) {
  if (findings.length === 0) return null;
  const banners = /** @type {const} */ (["error", "warning"]).flatMap((severity) => {
    const found = findings.filter((finding) => finding.severity === severity);
    if (found.length === 0) return [];
    const kind = severity === "error" ? "bad" : "warn";
    const lines = found.map((finding) => h("span", null, finding.message, cure(finding)));
    return [banner(kind, kind, severity === "error" ? plural(found.length, "error") : plural(found.length, "warning"), lines)];
  });
  return h("div", { class: "ij-field ij-findings" }, h("span", { class: "ij-label" }, t("Findings")), ...banners);
}

/** @param {Plan} plan @param {import("../core/fields.mjs").Fields} fields */
export function sampleList({ sample, tasks }, fields) {
  const rows = sample.slice(0, 5).map(({ changes, prompt, label }, nth) => {
    const facts = Object.entries(changes).filter(([field]) => field !== "prompt").flatMap(([field, value]) =>
      [h("dt", null, fields.unit(field)), h("dd", null, typeof value === "string" ? value : JSON.stringify(value))]);
    return h(
      "li", null,
      h(
        "details", { class: "ij-task" },
        h("summary", null, h("span", { class: "ij-muted" }, nth + 1), h("span", null, prompt || t("(no prompt)")), h("span", { class: "ij-muted" }, label)),
        h("p", null, prompt), h("dl", { class: "ij-parameters" }, ...facts),
      ),
    );
  });
  if (tasks > rows.length) rows.push(h("li", { class: "ij-muted" }, t("and {tasks} more", { tasks: thousands(tasks - rows.length) })));
  return h("div", { class: "ij-field" }, h("span", { class: "ij-label" }, t("First tasks")), h("ul", { class: "ij-tasks" }, ...rows));
}

/** Why it cannot be queued now. @param {import("./planner.mjs").Planner} planner @param {() => void} anyway queues it regardless @param {string} [verb] */
export function whyNot({ problem, errors, plan }, anyway, verb = t("queue anyway")) {
  if (problem) return [icon("bad", "ij-bad"), problem];
  if (errors.length === 0 || plan === null) return [];
  const press = h("button", { type: "button", class: "ij-link", onclick: anyway }, verb);
  return [icon("bad", "ij-bad"), h("span", null, t("Fix {errors} first, or ", { errors: plural(errors.length, "error") }), press)];
}

/** Why it cannot be queued, when to run it, and the Queue button. @param {HTMLElement} why @param {HTMLElement} queue
 * @param {import("../runs/start-options.mjs").StartOptions | null} when null: not offered */
export function dialogFoot(why, queue, when) {
  return h("div", { class: "ij-dialog-foot" }, h("span", { class: "ij-grow ij-wide" }), why, ...(when?.elements ?? []), queue);
}
