// Progress of a bulk action during its request, shown only if it takes more than a moment.

import { request } from "../core/api.mjs";
import { thousands } from "../core/format.mjs";
import { t } from "../core/sentences.mjs";
import { attr, h, text } from "./elements.mjs";

const SLOW_MS = 1000;
const AGAIN_MS = 500;

/**
 * @template T
 * @param {import("./toasts.mjs").Toasts} toasts
 * @param {string} id the server's name: "trash"
 * @param {string} what its description: "Moving to the trash"
 * @param {() => Promise<T>} run
 * @returns {Promise<T>} the result of `run`
 */
export async function watched(toasts, id, what, run) {
  const words = h("span", null, `${what}…`);
  const bar = h("progress", { class: "ij-work-bar", "aria-label": what });
  const line = h("div", { class: "ij-toast ij-work", "data-ij": "work" }, words, bar);
  let over = false;
  const look = async () => {
    if (!line.isConnected) toasts.put(line);
    try {
      /** @type {import("../types").Status} */
      const { work } = await request("GET", "status");
      const its = work.find((one) => one.id === id);
      if (its) {
        text(words, t("{what}: {done} of {total}", { what, done: thousands(its.done), total: thousands(its.total) }));
        attr(bar, "max", String(its.total));
        attr(bar, "value", String(its.done));
      }
    } catch {
      // the action reports its own errors
    }
    if (!over) timer = setTimeout(look, AGAIN_MS);
  };
  let timer = setTimeout(look, SLOW_MS);
  try {
    return await run();
  } finally {
    over = true;
    clearTimeout(timer);
    line.remove();
  }
}

/**
 * Resolves when the server has finished `id`: for downloads, whose request the page does not see.
 * @param {string} id
 */
export async function ended(id) {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
    /** @type {import("../types").Status} */
    const { work } = await request("GET", "status");
    if (!work.some((one) => one.id === id)) return;
  }
}
