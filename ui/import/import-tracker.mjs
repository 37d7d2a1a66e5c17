// The import of images that were there before: started here or in another window, and how far it is.

import { request, sentence } from "../core/api.mjs";
import { thousands } from "../core/format.mjs";
import { t } from "../core/sentences.mjs";

/** @typedef {import("../types").ImportState} ImportState */

const AGAIN_MS = 500;
const AT_WORK = ["counting", "reading", "saving"];

/** Tells of each change by "change", and by "end" when it has ended. */
export class ImportTracker extends EventTarget {
  /** @type {ImportState | null} null: not known yet */
  now = null;
  /** why nothing is known, one sentence */
  problem = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {Promise<void> | undefined} */
  #started;

  get busy() {
    return this.now !== null && AT_WORK.includes(this.now.state);
  }

  /** Whether one was asked for, and no answer has come yet. */
  get starting() {
    return this.#started !== undefined;
  }

  /** Looks how far it is, and goes on looking while it is at work. */
  look() {
    return this.#ask("GET", "import");
  }

  /** However often it is pressed, it is one import. @param {{ folders: string[], since?: string, until?: string }} spec */
  start(spec) {
    return (this.#started ??= this.#start(spec).finally(() => (this.#started = undefined)));
  }

  /** @param {unknown} spec */
  async #start(spec) {
    await this.#ask("POST", "import", spec);
    const { problem } = this;
    if (!problem) return;
    await this.look(); // refused because another one is at work: that one is what there is to see
    if (!this.busy) this.problem = problem;
  }

  cancel() {
    return this.#ask("POST", "import/cancel", {});
  }

  /** @param {string} method @param {string} path @param {unknown} [body] */
  async #ask(method, path, body) {
    clearTimeout(this.#timer);
    const before = this.busy;
    try {
      this.now = await request(method, path, body === undefined ? {} : { body });
      this.problem = "";
    } catch (error) {
      this.problem = sentence(error);
    }
    this.dispatchEvent(new Event("change"));
    if (before && !this.busy) this.dispatchEvent(new Event("end"));
    if (this.busy) this.#timer = setTimeout(() => void this.look(), AGAIN_MS);
  }
}

/** How far it is, in words. @param {ImportState} now */
export function progressWords({ state, read, total }) {
  if (state === "counting") return t("Looking for images…");
  if (state === "saving") return t("Creating jobs…");
  return t("{read} of {total} images read", { read: thousands(read), total: thousands(total) });
}
