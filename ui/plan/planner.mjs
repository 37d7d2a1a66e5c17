// Requests the plan of a form while it is being filled in, and sends the form once the plan is known.

import { aborted, ApiError, request, sentence } from "../core/api.mjs";

/** @typedef {import("../types").Finding} Finding */
/** @typedef {{ plan: string, make: string, spec: (force: boolean) => unknown, show: () => void }} Wiring
 *  `plan`, `make`: paths that take the result of `spec` */

const WAIT_MS = 300;

export class Planner {
  /** @type {import("../page").Plan | null} null: not known for the form's current contents */
  plan = null;
  /** @type {Finding[]} */
  findings = [];
  /** why there is no plan, as a sentence */
  problem = "";
  /** the part of the request with the problem */
  field = "";
  busy = false;
  #asked = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {Wiring} wiring */
  constructor(wiring) {
    this.wiring = wiring;
  }

  get errors() {
    return this.findings.filter(({ severity }) => severity === "error");
  }

  /** Whether it cannot be sent now. */
  get blocked() {
    return this.plan === null || this.busy || this.errors.length > 0;
  }

  /** The form changed. @param {string} [problem] why it is invalid @param {number} [wait] milliseconds until the plan is requested */
  changed(problem = "", wait = WAIT_MS) {
    this.stop();
    this.plan = null;
    [this.problem, this.field] = [problem, ""];
    if (problem) this.findings = []; // they belong to the previous plan
    this.wiring.show();
    if (!problem) this.#timer = setTimeout(() => void this.#ask(), wait);
  }

  /** Only the run time changed: keep the plan until the new one arrives. */
  moved() {
    if (this.problem && !this.field) return;
    this.stop();
    void this.#ask();
  }

  stop() {
    clearTimeout(this.#timer);
    this.#asked.abort();
  }

  async #ask() {
    const { signal } = (this.#asked = new AbortController());
    try {
      this.plan = await request("POST", this.wiring.plan, { body: this.wiring.spec(false), signal });
      [this.problem, this.field] = ["", ""];
      this.findings = this.plan?.findings ?? [];
    } catch (error) {
      if (aborted(error)) return;
      this.plan = null;
      this.#failed(error);
    }
    this.wiring.show();
  }

  /** @param {boolean} force despite errors @returns {Promise<import("../page").Job | null>} null: it could not be sent */
  async send(force) {
    if (this.plan === null || this.busy || (this.errors.length > 0 && !force)) return null;
    this.busy = true;
    this.wiring.show();
    try {
      return await request("POST", this.wiring.make, { body: this.wiring.spec(force) });
    } catch (error) {
      if (error instanceof ApiError && error.findings.length > 0) this.findings = error.findings;
      else this.#failed(error);
      return null;
    } finally {
      this.busy = false;
      this.wiring.show();
    }
  }

  /** @param {unknown} error */
  #failed(error) {
    this.problem = sentence(error);
    this.field = error instanceof ApiError ? error.field : "";
  }
}
