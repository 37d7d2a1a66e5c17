// The run plan with the switch for everything, and the run windows of a job.

import { request, sentence } from "../core/api.mjs";
import { plural } from "../core/format.mjs";
import { t } from "../core/sentences.mjs";
import { JOB_STATES } from "../core/state-labels.mjs";
import { ask, openDialog } from "../dom/dialog.mjs";
import { button, h, icon, put } from "../dom/elements.mjs";
import { MACHINE_STATES, machineWords } from "../machines/machine-words.mjs";
import { MachinesDialog } from "../machines/machines-dialog.mjs";
import { coming, priorityWords, runWords, windowWords } from "./run-labels.mjs";
import { askWindows } from "./run-windows.mjs";

/** @typedef {import("../page").Job} Job */

const AGAIN_MS = 5000;

export class RunPlanDialog {
  /** @param {{ state: import("../core/state.mjs").State, toasts: import("../dom/toasts.mjs").Toasts, place: HTMLElement,
   *   open: (id: string) => void }} wiring */
  constructor(wiring) {
    this.wiring = wiring;
  }

  /** The switch for everything. @param {boolean} on whether tasks may start */
  async turn(on) {
    const { state, toasts, place } = this.wiring;
    const hold = state.status?.hold;
    // on a phone nothing else says why the queue was stopped
    if (on && hold?.by === "payload" && !(await ask(place, { title: t("Run the jobs as they are?"), lines: [hold.message ?? ""], sign: "play", verb: t("Run them") }))) return;
    try {
      state.setStatus(await request("POST", on ? "queue/go" : "queue/stop", { body: {} }));
      toasts.show(on ? t("Queue resumed.") : t("Stopped. The running task is finished, and nothing else starts."));
    } catch (error) {
      toasts.show(sentence(error), { bad: true });
    }
  }

  /** Shows which job runs when. */
  async show() {
    const list = h("div", { class: "ij-runs" });
    const foot = h("span", { class: "ij-grow ij-muted" });
    const flip = button("pause", t("Stop everything"), async () => {
      await this.turn(this.wiring.state.status?.hold != null);
      await fill();
    });
    const machines = button("table", t("Machines"), () => void new MachinesDialog(this.wiring.place, this.wiring.state));
    const dialog = h(
      "dialog", { class: "ij-dialog ij-runs-dialog", "aria-label": t("Run plan"), "data-ij": "runs", onclose: () => clearInterval(timer) },
      h("div", { class: "ij-dialog-head" }, h("h2", { class: "ij-grow" }, t("Run plan")), machines, flip),
      h("div", { class: "ij-dialog-main" }, list),
      h("div", { class: "ij-dialog-foot" }, foot, button(null, t("Close"), () => dialog.close())),
    );
    const fill = async () => {
      try {
        const [plan, { machines }] = await Promise.all([request("GET", "queue/plan"), request("GET", "machines")]);
        this.#fill(list, foot, plan, machines, dialog);
      } catch (error) {
        put(list, h("p", { class: "ij-bad" }, sentence(error)));
      }
      const stopped = this.wiring.state.status?.hold != null;
      put(flip, icon(stopped ? "play" : "pause"), h("span", null, stopped ? t("Resume queue") : t("Stop everything")));
    };
    const timer = setInterval(() => void fill(), AGAIN_MS);
    openDialog(this.wiring.place, dialog);
    await fill();
  }

  /** @param {HTMLElement} list @param {HTMLElement} foot @param {import("../types").RunPlan} plan @param {import("../types").MachineView[]} machines @param {HTMLDialogElement} dialog */
  #fill(list, foot, plan, machines, dialog) {
    const { now, jobs, ends, timezone } = plan;
    const rows = jobs.map((run) => {
      const { sign, tone } = JOB_STATES[run.state];
      const name = button(null, run.name, () => {
        dialog.close();
        this.wiring.open(run.job);
      }, { kind: "ij-btn-quiet ij-runs-name" });
      const facts = [plural(run.tasks, "task"), run.priority !== 0 && priorityWords(run.priority), run.windows.length > 0 && windowWords(run.windows)];
      return h(
        "li", { class: "ij-runs-row" }, icon(sign, tone), name,
        h("span", { class: "ij-muted" }, facts.filter(Boolean).join(" · ")),
        h("span", { class: "ij-runs-when" }, runWords(run, now), run.starts !== null && run.state !== "running" && run.reason ? h("span", { class: "ij-muted" }, ` ${run.reason}`) : null),
      );
    });
    put(
      list, jobs.length > 0 ? h("ul", null, ...rows) : h("p", { class: "ij-muted" }, t("Nothing is running or waiting.")),
      machines.length > 0 && h("h3", null, t("Machines")), machines.length > 0 && h("ul", { class: "ij-runs-machines" }, ...machines.map(machineRow)),
    );
    const done = ends === null ? "" : t("All done {coming}. ", { coming: coming(ends, now) });
    put(foot, t("{done}Times are in the server's time zone (UTC{timezone}).", { done, timezone }));
  }

  /** Asks when a job may run. @param {Job} job */
  windows(job) {
    const { place, state } = this.wiring;
    askWindows(place, job.windows, async (windows) =>
      state.put(await request("PATCH", `jobs/${encodeURIComponent(job.id)}`, { body: { windows } })));
  }
}

/** @param {import("../types").MachineView} machine */
function machineRow(machine) {
  const { sign, tone } = MACHINE_STATES[machine.state];
  const lacks = machine.missing.length > 0 ? t("It lacks {names}.", { names: machine.missing.join(", ") }) : "";
  return h("li", { class: "ij-line" }, icon(sign, tone), h("b", null, machine.name), h("span", { class: "ij-muted" }, [machineWords(machine), lacks].filter(Boolean).join(" · ")));
}
