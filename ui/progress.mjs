// How far a bulk action is, while its request is out: a line that shows only if it takes longer than a moment.

import { request } from "./api.mjs";
import { attr, h, text } from "./dom.mjs";
import { thousands } from "./format.mjs";

const SLOW_MS = 1000;
const AGAIN_MS = 500;

/**
 * @template T
 * @param {import("./parts.mjs").Toasts} toasts
 * @param {string} what as the server calls it: "Moving to the trash"
 * @param {() => Promise<T>} run
 * @returns {Promise<T>} what `run` answers
 */
export async function watched(toasts, what, run) {
  const words = h("span", null, `${what}…`);
  const bar = h("progress", { class: "ij-work-bar", "aria-label": what });
  const line = h("div", { class: "ij-toast ij-work", "data-ij": "work" }, words, bar);
  let over = false;
  const look = async () => {
    if (!line.isConnected) toasts.put(line);
    try {
      /** @type {import("./types").Status} */
      const { work } = await request("GET", "status");
      const its = work.find((one) => one.what === what);
      if (its) {
        text(words, `${what}: ${thousands(its.done)} of ${thousands(its.total)}`);
        attr(bar, "max", String(its.total));
        attr(bar, "value", String(its.done));
      }
    } catch {
      // the action itself says what is wrong
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
 * Resolves when the server does `what` no more: for a download, whose request the page does not see.
 * @param {string} what
 */
export async function ended(what) {
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
    /** @type {import("./types").Status} */
    const { work } = await request("GET", "status");
    if (!work.some((one) => one.what === what)) return;
  }
}
