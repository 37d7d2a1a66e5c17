// The queue's status: the foot of the list, and the banners above the page.

import { plural } from "../core/format.mjs";
import { t } from "../core/sentences.mjs";
import { copyButton } from "../dom/copy-text.mjs";
import { banner, button, h, icon, sync } from "../dom/elements.mjs";
import { machineWords } from "../machines/machine-words.mjs";
import { endWords } from "../runs/run-labels.mjs";
import { clickLabel, isUnderWay } from "../setup/scheduler-setup.mjs";

/** @typedef {import("../types").Status} Status */
/** @typedef {import("../core/state.mjs").State} State */

/** @param {HTMLElement} parent @param {State} state @param {import("../notifications/notifications.mjs").Notifications} notifications @param {{ turn: (on: boolean) => void, show: () => void }} runs */
export function queueFoot(parent, state, notifications, runs) {
  const show = () => {
    const words = footWords(state.status, state.offline);
    const stopped = state.status?.hold?.by;
    sync(parent, [words, stopped, notifications.on], () => [
      h(
        "div", { class: "ij-line" },
        icon(words.sign, words.sign === "run" ? `${words.tone} ij-spin` : words.tone),
        h("span", { class: "ij-grow" }, h("b", null, words.title), ...words.lines.map((line) => h("span", { class: "ij-muted ij-foot-line" }, line))),
        button("bell", t("Notify me when a job is done or on hold"), () => void notifications.toggle(), {
          iconOnly: true, kind: "ij-btn-quiet", props: { "aria-pressed": String(notifications.on) },
        }),
      ),
      state.status && h(
        "div", { class: "ij-line ij-foot-acts" },
        button("clock", t("Run plan"), runs.show, { kind: "ij-btn-quiet" }),
        stopped
          ? button("play", t("Resume queue"), () => runs.turn(true), { kind: "ij-btn-primary" })
          : button("pause", t("Stop everything"), () => runs.turn(false), { kind: "ij-btn-quiet", props: { title: t("Finishes the running task and starts no others") } }),
      ),
    ]);
  };
  state.addEventListener("status", show);
  notifications.addEventListener("change", show);
}

/** @param {Status | null} status @param {string} offline @returns {{ sign: string, tone: string, title: string, lines: string[] }} */
function footWords(status, offline) {
  const setup = status?.scheduler.setup;
  if (setup && isUnderWay(setup)) return { sign: "run", tone: "ij-run", title: setup.message, lines: [] };
  if (offline) return { sign: "plug", tone: "ij-bad", title: t("No connection"), lines: [t("Reconnecting…")] };
  if (!status) return { sign: "clock", tone: "ij-muted", title: t("Loading…"), lines: [] };
  const { scheduler, waiting, running, ends, machines } = status;
  const wait = waiting > 0 ? [ends === null
    ? t({ one: "{n} task waiting.", other: "{n} tasks waiting." }, { n: waiting })
    : t({ one: "{n} task waiting, done {end}.", other: "{n} tasks waiting, done {end}." }, { n: waiting, end: endWords({ ends, waits: "" }) })] : [];
  if (!scheduler.attached) {
    const lines = waiting > 0 ? [t("{tasks} will run once it is connected.", { tasks: plural(waiting, "task") })] : [];
    return { sign: "plug", tone: "ij-bad", title: t("No Agent Scheduler"), lines };
  }
  if (status.hold) {
    const lines = running > 0 ? [...wait, t("The running task is finished first.")] : wait;
    return { sign: "held", tone: "ij-warn", title: status.hold.title, lines };
  }
  if (scheduler.paused) {
    const title = scheduler.paused_by === "memory" ? t("Queue is paused: out of memory") : t("Queue is paused");
    const cure = scheduler.paused_by === "memory"
      ? t("Resume it in Agent Scheduler's tab.")
      : t("Paused in Agent Scheduler's tab; resume it there.");
    return { sign: "held", tone: "ij-warn", title, lines: [...wait, cure] };
  }
  const others = machineLines(machines);
  if (running > 0) {
    const now = machines ? t({ one: "{n} task runs, on {places}.", other: "{n} tasks run, on {places}." }, { n: running, places: places(running, machines) }) : t("The last task is running.");
    return { sign: "run", tone: "ij-run", title: t("Queue is running"), lines: [...(machines || wait.length === 0 ? [now] : []), ...wait, ...others] };
  }
  if (waiting > 0) return { sign: "clock", tone: "ij-muted", title: t("Waiting"), lines: [...wait, ...others] };
  return { sign: "done", tone: "ij-ok", title: t("Ready"), lines: [t("{name} is connected and idle.", { name: scheduler.name }), ...others] };
}

/** "2 machines". @param {number} running @param {import("../types").MachinesView} machines */
function places(running, { running: elsewhere, lines }) {
  const here = running > elsewhere ? 1 : 0;
  const others = Math.max(lines.filter((line) => line.running > 0).length, elsewhere > 0 ? 1 : 0);
  return plural(here + others, "machine");
}

/** A line for each, if there are few; those with a problem come first. @param {import("../types").MachinesView | null} machines */
function machineLines(machines) {
  if (!machines) return [];
  const lines = machines.lines.map((line) => t("{name}: {words}", { name: line.name, words: machineWords(line) }));
  const more = machines.total - machines.lines.length;
  return more > 0 ? [...lines, t({ one: "and {n} more machine", other: "and {n} more machines" }, { n: more })] : lines;
}

/** @param {HTMLElement} parent @param {State} state @param {import("../setup/scheduler-setup.mjs").SchedulerSetup} setup */
export function banners(parent, state, setup) {
  const show = () => {
    const status = state.status;
    const store = status?.store;
    const detached = status && !status.scheduler.attached ? status.scheduler : null;
    // If no job is open, the start page explains a missing scheduler, where there is room for it beside the list.
    const started = state.selected === null;
    const restarting = status?.scheduler.setup?.state === "restarting";
    // A notice may repeat the scheduler's problem.
    const notices = (status?.notices ?? []).filter(({ message }) => message !== status?.scheduler.problem);
    sync(parent, [state.offline, restarting, store?.problem, store?.read_only, detached, started, notices], () => [
      state.offline && !restarting && banner("bad", "plug", t("No connection to the WebUI"), [t("{offline} This view may be out of date. Reconnecting…", { offline: state.offline })]),
      store && (store.problem || store.read_only) && banner(
        "bad", "bad", store.read_only ? t("Jobs are read-only") : t("The job file was repaired"), [store.problem],
      ),
      detached && h("div", { class: started ? "ij-narrow" : null }, detachedBanner(detached, setup)),
      ...notices.map(notice),
    ]);
  };
  state.addEventListener("status", show);
  state.addEventListener("detail", show);
}

/** @param {import("../types").SchedulerView} scheduler @param {import("../setup/scheduler-setup.mjs").SchedulerSetup} clicks */
function detachedBanner({ name, problem, setup }, clicks) {
  const title = t("{name} is not connected; nothing runs", { name: name || t("Agent Scheduler") });
  if (!setup) return banner("bad", "plug", title, [problem]);
  const { message, failure, hint, offer, report } = setup;
  const acts = [
    ...(offer ? [button(null, clickLabel(setup), () => void clicks.click(offer), { kind: "ij-btn-primary" })] : []),
    ...(report ? [copyButton(t("Copy for a bug report"), report)] : []),
  ];
  return isUnderWay(setup) ? banner("info", "info", message, [hint]) : banner("bad", "plug", title, [message, failure, hint], acts);
}

/** @param {import("../types").Notice} notice */
function notice({ severity, message }) {
  const kind = severity === "error" ? "bad" : severity === "warning" ? "warn" : "info";
  return banner(kind, kind, "", [message]);
}
