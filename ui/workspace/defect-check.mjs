// Checks images for defects again: black images, a LoRA that was not applied.

import { request, sentence } from "../core/api.mjs";
import { leftAlone } from "../core/failures.mjs";
import { plural, thousands } from "../core/format.mjs";
import { t } from "../core/sentences.mjs";
import { watched } from "../dom/bulk-progress.mjs";

/** Fires "checked" when findings may have changed. */
export class DefectCheck extends EventTarget {
  /** @param {import("../dom/toasts.mjs").Toasts} toasts */
  constructor(toasts) {
    super();
    this.toasts = toasts;
  }

  /** @param {import("../types").Selection} selection */
  async check(selection) {
    try {
      /** @type {import("../types").Audited} */
      const { done, failed, found } = await watched(this.toasts, "audit", t("Checking"), () => request("POST", "images/audit", { body: { selection } }));
      const what = found === 0 ? t("no findings") : t({ one: "{n} has findings", other: "{n} have findings" }, { n: found });
      const rest = failed.length > 0 ? t("; {failed} skipped: {leftAlone}", { failed: thousands(failed.length), leftAlone: leftAlone(failed) }) : "";
      this.toasts.show(t("{images} checked, {what}{rest}.", { images: plural(done, "image"), what, rest }), { bad: failed.length > 0 });
      this.dispatchEvent(new Event("checked"));
    } catch (error) {
      this.toasts.show(sentence(error), { bad: true });
    }
  }
}
