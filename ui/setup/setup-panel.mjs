// What the start page shows until Agent Scheduler runs: what is wrong, and the two clicks.

import { t } from "../core/sentences.mjs";
import { copyButton } from "../dom/copy-text.mjs";
import { banner, button, h, icon } from "../dom/elements.mjs";
import { clickLabel } from "./scheduler-setup.mjs";

/** @typedef {import("../types").Setup} Setup */
/** @typedef {import("./scheduler-setup.mjs").SchedulerSetup} SchedulerSetup */

const CALM = ["installing", "restarting", "restart", "starting"];

/** @param {Setup} setup @param {SchedulerSetup} clicks @param {number} waiting @param {() => void} again @returns {HTMLElement} */
export function setupPanel(setup, clicks, waiting, again) {
  const calm = CALM.includes(setup.state);
  const kept = waiting > 0 ? t({ one: "Your {n} waiting task is kept.", other: "Your {n} waiting tasks are kept." }, { n: waiting }) : "";
  const needs = t("Inu Jobs needs Agent Scheduler to run jobs. Until then you can plan and browse.");
  return h(
    "div", { class: "ij-start ij-start-small ij-setup", "data-state": setup.state },
    banner(calm ? "info" : "bad", calm ? "info" : "plug", setup.message, [needs, kept]),
    setup.failure && banner("bad", "bad", t("That did not work"), [setup.failure]),
    h("ol", { class: "ij-setup-steps" }, ...steps(setup, clicks)),
    setup.hint && banner("warn", "warn", "", [setup.hint]),
    clicks.late && banner("warn", "clock", t("The WebUI has not come back yet"), [t("Look at its console. If it has ended, start it again.")]),
    report(setup),
    setup.state !== "restarting" && h(
      "p", { class: "ij-muted ij-small ij-line ij-wrap" },
      t("Set up another way? This page notices."), button("retry", t("Check again"), again, { kind: "ij-btn-quiet" }),
    ),
  );
}

/** The first step gets it here, the second loads it. @param {Setup} setup @param {SchedulerSetup} clicks */
function steps(setup, clicks) {
  const second = ["restart", "restarting", "starting"].includes(setup.state) || setup.offer === "restart";
  const enabling = setup.offer === "enable" || setup.state === "disabled" || setup.state === "clash";
  const first = enabling ? t("Enable Agent Scheduler") : t("Install Agent Scheduler");
  const source = setup.source ? t("From {source}", { source: setup.source }) : enabling ? t("As in the Extensions tab.") : "";
  const others = setup.state === "wrong" || setup.state === "clash" ? t("The other one is disabled. Nothing is deleted.") : "";
  return [
    step("1", first, [second ? "" : source, second ? "" : others], second ? "done" : phase(setup, "installing"), act(setup, clicks, !second)),
    step("2", t("Restart the WebUI"), [t("The queue resumes by itself.")], second ? phase(setup, "restarting") : "later", act(setup, clicks, second)),
  ];
}

/** @param {Setup} setup @param {Setup["state"]} busy */
const phase = (setup, busy) => (setup.state === busy || setup.state === "starting" ? "run" : "now");

/** @param {Setup} setup @param {SchedulerSetup} clicks @param {boolean} here whether this is the step that is due */
function act(setup, clicks, here) {
  const { offer } = setup;
  if (!here || !offer) return null;
  return button(offer === "restart" ? "retry" : "download", clickLabel(setup), () => void clicks.click(offer), { kind: "ij-btn-primary" });
}

/** @param {string} number @param {string} title @param {string[]} lines @param {string} phase "done", "run", "now" or "later" @param {HTMLElement | null} button */
function step(number, title, lines, phase, button) {
  const sign = phase === "done" ? icon("done", "ij-ok") : phase === "run" ? icon("run", "ij-run ij-spin") : h("span", { class: "ij-setup-number" }, number);
  return h(
    "li", { class: "ij-setup-step", "data-phase": phase, "aria-current": phase === "now" || phase === "run" ? "step" : null },
    sign,
    h("div", { class: "ij-grow" }, h("b", null, title), ...lines.filter(Boolean).map((line) => h("p", { class: "ij-muted ij-small" }, line))),
    button,
  );
}

/** @param {Setup} setup */
function report(setup) {
  if (!setup.report) return null;
  return h(
    "details", { class: "ij-setup-report" },
    h("summary", null, t("For a bug report")),
    h("pre", { class: "ij-small" }, setup.report),
    h("div", { class: "ij-line" }, copyButton(t("Copy"), setup.report)),
  );
}
