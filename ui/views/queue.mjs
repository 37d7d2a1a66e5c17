// How the queue does: the list's foot, and the banners above the page.

import { banner, button, h, icon, sync } from "../dom.mjs";
import { plural } from "../format.mjs";
import { endWords } from "../runs.mjs";

/** @typedef {import("../types").Status} Status */
/** @typedef {import("../state.mjs").State} State */

/** @param {HTMLElement} parent @param {State} state @param {import("../app/telling.mjs").Telling} telling @param {{ turn: (on: boolean) => void, show: () => void }} runs */
export function queueFoot(parent, state, telling, runs) {
  const show = () => {
    const words = footWords(state.status, state.offline);
    const stopped = state.status?.hold?.by;
    sync(parent, [words, stopped, telling.on], () => [
      h(
        "div", { class: "ij-line" },
        icon(words.sign, words.sign === "run" ? `${words.tone} ij-spin` : words.tone),
        h("span", { class: "ij-grow" }, h("b", null, words.title), ...words.lines.map((line) => h("span", { class: "ij-muted ij-foot-line" }, line))),
        button("bell", "Notify me when a job is done or held", () => void telling.toggle(), {
          iconOnly: true, kind: "ij-btn-quiet", props: { "aria-pressed": String(telling.on) },
        }),
      ),
      state.status && h(
        "div", { class: "ij-line ij-foot-acts" },
        button("clock", "Run plan", runs.show, { kind: "ij-btn-quiet" }),
        stopped
          ? button("play", "Go on", () => runs.turn(true), { kind: "ij-btn-primary" })
          : button("pause", "Stop everything", () => runs.turn(false), { kind: "ij-btn-quiet", props: { title: "What runs now is finished, and nothing else starts" } }),
      ),
    ]);
  };
  state.addEventListener("status", show);
  telling.addEventListener("change", show);
}

/** @param {Status | null} status @param {string} offline @returns {{ sign: string, tone: string, title: string, lines: string[] }} */
function footWords(status, offline) {
  if (offline) return { sign: "plug", tone: "ij-bad", title: "No connection", lines: ["Trying again by itself."] };
  if (!status) return { sign: "clock", tone: "ij-muted", title: "Loading…", lines: [] };
  const { scheduler, waiting, running, ends } = status;
  const wait = waiting > 0 ? [`${plural(waiting, "task")} ${waiting === 1 ? "waits" : "wait"}${ends === null ? "" : `, done ${endWords({ ends, waits: "" })}`}.`] : [];
  if (!scheduler.attached) {
    const lines = waiting > 0 ? [`${plural(waiting, "task")} will run when it is there.`] : [];
    return { sign: "plug", tone: "ij-bad", title: "No Agent Scheduler", lines };
  }
  if (status.hold) {
    const title = status.hold.by === "disk" ? "Stopped: the disk is nearly full" : "Everything is stopped";
    const lines = running > 0 ? [...wait, "The running task is finished first."] : wait;
    return { sign: "held", tone: "ij-warn", title, lines };
  }
  if (scheduler.paused) {
    const title = scheduler.paused_by === "memory" ? "Queue is paused: out of memory" : "Queue is paused";
    const cure = scheduler.paused_by === "memory"
      ? "Resume it in Agent Scheduler's tab."
      : "Paused in Agent Scheduler's tab; resume it there.";
    return { sign: "held", tone: "ij-warn", title, lines: [...wait, cure] };
  }
  if (running > 0) return { sign: "run", tone: "ij-run", title: "Queue is running", lines: wait.length > 0 ? wait : ["The last task runs."] };
  if (waiting > 0) return { sign: "clock", tone: "ij-muted", title: "Waiting", lines: wait };
  return { sign: "done", tone: "ij-ok", title: "Ready", lines: [`${scheduler.name} is there and idle.`] };
}

/** @param {HTMLElement} parent @param {State} state */
export function banners(parent, state) {
  const show = () => {
    const status = state.status;
    const store = status?.store;
    // Without a job open, the page itself says all about a missing scheduler.
    const detached = status && !status.scheduler.attached && state.selected !== null ? status.scheduler : null;
    // One of the notices may say the same.
    const notices = (status?.notices ?? []).filter(({ message }) => message !== status?.scheduler.problem);
    sync(parent, [state.offline, store?.problem, store?.read_only, detached, notices], () => [
      state.offline && banner("bad", "plug", "No connection to the WebUI", [`${state.offline} What you see may be old. Trying again by itself.`]),
      store && (store.problem || store.read_only) && banner(
        "bad", "bad", store.read_only ? "Jobs can be looked at, but not changed" : "The jobs on disk needed care", [store.problem],
      ),
      detached && banner("bad", "plug", `${detached.name || "Agent Scheduler"} is not there, nothing runs`, [detached.problem]),
      ...notices.map(notice),
    ]);
  };
  state.addEventListener("status", show);
  state.addEventListener("detail", show);
}

/** @param {import("../types").Notice} notice */
function notice({ severity, message }) {
  const kind = severity === "error" ? "bad" : severity === "warning" ? "warn" : "info";
  return banner(kind, kind, "", [message]);
}
