// Tracks the import of existing images, whether started here or in another window.

import { request, sentence } from "../core/api.mjs";
import { thousands } from "../core/format.mjs";
import { t } from "../core/sentences.mjs";

/** @typedef {import("../types").ImportState} ImportState */

const AGAIN_MS = 500;
const AT_WORK = ["counting", "reading", "saving"];

/** Fires "change", and "end" when the import has ended. */
export class ImportTracker extends EventTarget {
  /** @type {ImportState | null} null: not loaded yet */
  now = null;
  /** why the state is unknown, as a sentence */
  problem = "";
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  /** @type {Promise<void> | undefined} */
  #started;

  get busy() {
    return this.now !== null && AT_WORK.includes(this.now.state);
  }

  /** Whether a start was requested and not answered yet. */
  get starting() {
    return this.#started !== undefined;
  }

  /** Polls the progress, repeatedly while an import is running. */
  look() {
    return this.#ask("GET", "import");
  }

  /** Repeated clicks start one import. @param {{ folders: string[], since?: string, until?: string }} spec */
  start(spec) {
    return (this.#started ??= this.#start(spec).finally(() => (this.#started = undefined)));
  }

  /** @param {unknown} spec */
  async #start(spec) {
    await this.#ask("POST", "import", spec);
    const { problem } = this;
    if (!problem) return;
    await this.look(); // if another import is running, show that one instead
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

/** The progress in words. @param {ImportState} now */
export function progressWords({ state, read, total }) {
  if (state === "counting") return t("Looking for images…");
  if (state === "saving") return t("Creating jobs…");
  return t("{read} of {total} images read", { read: thousands(read), total: thousands(total) });
}
