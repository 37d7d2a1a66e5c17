// What is said of another machine.

import { duration } from "../core/format.mjs";
import { t } from "../core/sentences.mjs";

/** @typedef {import("../types").MachineView["state"]} MachineState */

/** Sign and tone of each state. @type {Record<MachineState, { sign: string, tone: string }>} */
export const MACHINE_STATES = {
  off: { sign: "minus", tone: "ij-muted" },
  starting: { sign: "clock", tone: "ij-muted" },
  ready: { sign: "done", tone: "ij-ok" },
  resting: { sign: "held", tone: "ij-warn" },
  problem: { sign: "plug", tone: "ij-bad" },
};

/** What it does, how fast, or why it does not. @param {{ state: MachineState, reason: string, running: number, seconds: number | null }} machine */
export function machineWords({ state, reason, running, seconds }) {
  if (reason) return reason;
  if (state === "off") return t("Switched off");
  if (state === "starting") return t("Connecting…");
  const speed = seconds === null ? "" : t(", {pace} a task", { pace: pace(seconds) });
  return running > 0 ? t("Runs {running} of your tasks{speed}", { running, speed }) : t("Ready{speed}", { speed });
}

/** "3.2 s", or as `duration`. @param {number} seconds */
const pace = (seconds) => (seconds < 45 ? t("{seconds} s", { seconds: seconds < 10 ? seconds.toFixed(1) : Math.round(seconds) }) : duration(seconds));
