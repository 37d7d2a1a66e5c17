// What a plan looks like beside the form that it came from: facts, findings, the first tasks; and the foot of both.

import { banner, h, icon } from "./dom.mjs";
import { about, duration, plural, size, thousands } from "./format.mjs";
import { endWords } from "./runs.mjs";
import { axisWord } from "./words.mjs";

/** @typedef {import("./types").Plan} Plan */
/** @typedef {import("./types").Finding} Finding */

/** @param {Plan} plan @param {boolean} windowed whether it is for run windows */
export function planFacts(plan, windowed) {
  const { seconds, bytes, free_bytes: free } = plan;
  /** @type {[string, string][]} */
  const facts = [["Time", timeWords(plan)]];
  if (bytes !== null) facts.push(["Disk", `about ${size(bytes)}${free === null ? "" : `, ${size(free)} free`}`]);
  if (seconds !== null) facts.push(["Done", endWords(plan, windowed) || "not known: nobody knows how long what goes first takes"]);
  return h("dl", { class: "ij-recipe" }, ...facts.flatMap(([title, value]) => [h("dt", null, title), h("dd", null, value)]));
}

/** "about 2 h, maybe 1 h 40 min to 3 h; 3 changes of model".
 * @param {Pick<Plan, "seconds" | "low" | "high" | "loads">} plan */
export function timeWords({ seconds, low, high, loads }) {
  if (seconds === null) return "not known yet: nothing like it has run";
  const [from, to] = [low ?? seconds, high ?? seconds];
  const [least, most] = [duration(from), duration(to)];
  const span = least === most || to - from < 60 ? "" : `, maybe ${least} to ${most}`; // nobody plans by a minute
  return `${about(seconds)}${span}${loads > 0 ? `; ${plural(loads, "change")} of model` : ""}`;
}

/** One banner for all errors, one for all warnings; null if there are none.
 * @param {Finding[]} findings @param {(finding: Finding) => import("./dom.mjs").Child} cure what to press for one, if there is something */
export function findingList(findings, cure) {
  if (findings.length === 0) return null;
  const banners = /** @type {const} */ (["error", "warning"]).flatMap((severity) => {
    const found = findings.filter((finding) => finding.severity === severity);
    if (found.length === 0) return [];
    const kind = severity === "error" ? "bad" : "warn";
    const lines = found.map((finding) => h("span", null, finding.message, cure(finding)));
    return [banner(kind, kind, plural(found.length, severity), lines)];
  });
  return h("div", { class: "ij-field ij-findings" }, h("span", { class: "ij-label" }, "Findings"), ...banners);
}

/** @param {Plan} plan */
export function sampleList({ sample, tasks }) {
  const rows = sample.slice(0, 5).map(({ changes, prompt, label }, nth) => {
    const facts = Object.entries(changes).filter(([field]) => field !== "prompt").flatMap(([field, value]) =>
      [h("dt", null, axisWord(field)), h("dd", null, typeof value === "string" ? value : JSON.stringify(value))]);
    return h(
      "li", null,
      h(
        "details", { class: "ij-task" },
        h("summary", null, h("span", { class: "ij-muted" }, nth + 1), h("span", null, prompt || "(no prompt)"), h("span", { class: "ij-muted" }, label)),
        h("p", null, prompt), h("dl", { class: "ij-recipe" }, ...facts),
      ),
    );
  });
  if (tasks > rows.length) rows.push(h("li", { class: "ij-muted" }, `and ${thousands(tasks - rows.length)} more`));
  return h("div", { class: "ij-field" }, h("span", { class: "ij-label" }, "First tasks"), h("ul", { class: "ij-tasks" }, ...rows));
}

/** Why it cannot be queued now. @param {import("./planner.mjs").Planner} planner @param {() => void} anyway queues it all the same @param {string} [verb] */
export function whyNot({ problem, errors, plan }, anyway, verb = "queue anyway") {
  if (problem) return [icon("bad", "ij-bad"), problem];
  if (errors.length === 0 || plan === null) return [];
  const press = h("button", { type: "button", class: "ij-link", onclick: anyway }, verb);
  return [icon("bad", "ij-bad"), h("span", null, `Fix ${plural(errors.length, "error")} first, or `, press)];
}

/** Why not, when to run it, and the button that queues it. @param {HTMLElement} why @param {HTMLElement} queue
 * @param {import("./when.mjs").When | null} when null: that is not asked */
export function dialogFoot(why, queue, when) {
  return h("div", { class: "ij-dialog-foot" }, h("span", { class: "ij-grow ij-wide" }), why, ...(when?.elements ?? []), queue);
}
