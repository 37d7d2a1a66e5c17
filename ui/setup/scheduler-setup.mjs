// The clicks that get Agent Scheduler to run, and waiting for the WebUI to be back.

import { ApiError, request, sentence } from "../core/api.mjs";
import { t } from "../core/sentences.mjs";
import { reloadPage } from "../host/webui-page.mjs";

/** @typedef {import("../types").Setup} Setup */
/** @typedef {"install" | "enable" | "restart"} Click */

const LOOK_MS = 4000;
const BUSY_MS = 700;
const LATE_MS = 240_000;

/** Tells of "change" when `late` changes. */
export class SchedulerSetup extends EventTarget {
  /** whether the WebUI should be back by now */
  late = false;
  #waiting = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {import("../core/state.mjs").State} state @param {import("../dom/toasts.mjs").Toasts} toasts */
  constructor(state, toasts) {
    super();
    this.state = state;
    this.toasts = toasts;
    state.addEventListener("status", () => this.#follow());
  }

  /** @param {Click} offer */
  async click(offer) {
    try {
      this.#show(await request("POST", `scheduler/${offer}`, { body: {} }));
    } catch (error) {
      this.toasts.show(sentence(error), { bad: true });
      await this.state.refresh(); // what is offered may be old
    }
  }

  /** @param {Setup} setup */
  #show(setup) {
    const { status } = this.state;
    if (status) this.state.setStatus({ ...status, scheduler: { ...status.scheduler, setup } });
  }

  /** What is under way is looked at more often. */
  #follow() {
    const setup = this.state.status?.scheduler.setup;
    if (setup?.state === "restarting" && !this.#waiting) {
      this.#waiting = true;
      void this.#wait(setup);
    }
    clearTimeout(this.#timer);
    if (setup?.state === "installing") this.#timer = setTimeout(() => void this.state.refresh(), BUSY_MS);
  }

  /** Until the WebUI is another than the one that started as `start`. @param {Setup} setup */
  async #wait({ start, back_in: seconds }) {
    this.state.rest(seconds * 1000);
    const late = setTimeout(() => this.#late(true), LATE_MS + seconds * 1000);
    await pause(seconds * 1000);
    while (!(await restarted(start))) await pause(LOOK_MS);
    clearTimeout(late);
    reloadPage();
  }

  /** @param {boolean} late */
  #late(late) {
    this.late = late;
    this.dispatchEvent(new Event("change"));
  }
}

/** @param {number} ms @returns {Promise<void>} */
const pause = (ms) => new Promise((resolve) => void setTimeout(resolve, ms));

/** @param {string} start @returns {Promise<boolean>} */
async function restarted(start) {
  try {
    /** @type {import("../types").Status} */
    const { scheduler } = await request("GET", "status");
    return scheduler.setup?.start !== start;
  } catch (error) {
    return error instanceof ApiError && error.status === 401; // it is back, and has forgotten who is logged in
  }
}

/** The label of a click. @param {Setup} setup */
export const clickLabel = ({ offer, state }) => (
  offer === "install" ? t("Install") : offer === "restart" ? t("Restart") : state === "clash" ? t("Use the right one") : t("Enable")
);

/** @param {Setup} setup */
export const isUnderWay = ({ state }) => state === "installing" || state === "restarting";
