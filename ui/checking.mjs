// Looks again for what went wrong with images: black ones, a LoRA that was not applied.

import { request, sentence } from "./api.mjs";
import { plural, thousands } from "./format.mjs";
import { watched } from "./progress.mjs";
import { leftAlone } from "./words.mjs";

/** Tells by "checked" that findings may be others than before. */
export class Checking extends EventTarget {
  /** @param {import("./parts.mjs").Toasts} toasts */
  constructor(toasts) {
    super();
    this.toasts = toasts;
  }

  /** @param {import("./types").Selection} selection */
  async check(selection) {
    try {
      /** @type {import("./types").Audited} */
      const { done, failed, found } = await watched(this.toasts, "Checking", () => request("POST", "images/audit", { body: { selection } }));
      const what = found === 0 ? "nothing was found" : `${thousands(found)} ${found === 1 ? "has" : "have"} findings`;
      const rest = failed.length > 0 ? `; ${thousands(failed.length)} not: ${leftAlone(failed)}` : "";
      this.toasts.show(`${plural(done, "image")} checked, ${what}${rest}.`, { bad: failed.length > 0 });
      this.dispatchEvent(new Event("checked"));
    } catch (error) {
      this.toasts.show(sentence(error), { bad: true });
    }
  }
}
