// Shown when no job is open: how to start, or that Agent Scheduler is missing.

import { t } from "../core/sentences.mjs";
import { button, h, icon, put, sync } from "../dom/elements.mjs";
import { setupPanel } from "../setup/setup-panel.mjs";

/** @typedef {{ state: import("../core/state.mjs").State, setup: import("../setup/scheduler-setup.mjs").SchedulerSetup, go: (tab: string) => void, recipe: () => void, back: () => void }} Wiring
 *  `recipe`: starts a new job by choosing a recipe */

/** @param {HTMLElement} parent @param {Wiring} wiring */
export function startPage(parent, { state, setup, go, recipe, back }) {
  const body = h("div", { class: "ij-scroll ij-start-box" });
  put(
    parent,
    h("div", { class: "ij-toolbar ij-narrow" }, button("left", t("Back to the job list"), back, { kind: "ij-btn-quiet", iconOnly: true })),
    body,
  );
  const show = () => {
    const scheduler = state.status?.scheduler;
    const empty = (state.status?.store.jobs ?? 0) === 0;
    const loading = !state.loaded || !scheduler;
    const waiting = state.status?.waiting ?? 0;
    sync(body, [loading, scheduler?.attached, scheduler?.setup, setup.late, empty, waiting], () => {
      if (loading) return [];
      if (scheduler.setup) return [setupPanel(scheduler.setup, setup, waiting, () => void state.refresh())];
      return [empty ? firstRun(go, recipe) : h("p", { class: "ij-muted ij-start-pick" }, t("Choose a job from the list."))];
    });
  };
  state.addEventListener("status", show);
  state.addEventListener("jobs", show);
  setup.addEventListener("change", show);
}

/** @param {(tab: string) => void} go @param {() => void} recipe */
function firstRun(go, recipe) {
  return h(
    "div", { class: "ij-start" },
    h(
      "div", null,
      h("h2", null, t("Queue hundreds of images as one job, then come back to all of them.")),
      h("p", { class: "ij-muted" }, t("You have no jobs yet. The first takes three steps.")),
    ),
    h(
      "ol", { class: "ij-steps" },
      step([h("span", { class: "ij-input" }, t("a wide valley at gol…")), h("span", { class: "ij-input" }, "DPM++ 2M, 28 steps")],
        t("1. Set up the page"), t("In txt2img or img2img, as usual: prompt, checkpoint, LoRA, hires fix, scripts.")),
      step([h("span", { class: "ij-btn ij-step-pale" }, t("Generate")), h("span", { class: "ij-btn ij-btn-primary" }, t("Queue as job"))],
        t("2. Press Queue as job"), t("It sits next to Generate and captures everything on the page. Then choose how many.")),
      step([h("span", { class: "ij-step-cells" }, ...["done", "done", "run", "clock"].map(miniCell))],
        t("3. Come back"), t("Every image has its place from the start and is there when you come back, even after a restart.")),
    ),
    h("div", { class: "ij-line ij-wrap" }, button("send", t("Go to txt2img"), () => go("tab_txt2img"), { kind: "ij-btn-primary" }), button("plus", t("Start from a recipe…"), recipe)),
    h("p", { class: "ij-muted ij-small" }, t("Agent Scheduler is ready. Shift-click Queue as job to skip the dialog.")),
  );
}

/** @param {Node[]} art @param {string} title @param {string} words */
function step(art, title, words) {
  return h("li", null, h("div", { class: "ij-step-art", "aria-hidden": "true" }, ...art), h("h3", null, title), h("p", { class: "ij-muted" }, words));
}

/** @param {string} sign */
const miniCell = (sign) => h("span", { class: `ij-mini ij-mini-${sign}` }, icon(sign, sign === "done" ? "ij-ok" : sign === "run" ? "ij-run" : "ij-muted"));
