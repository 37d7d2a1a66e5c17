// The bar above the grid: which images of the job are shown, and in which order.

import { remember, remembered } from "../core/browser-storage.mjs";
import { thousands } from "../core/format.mjs";
import { t } from "../core/sentences.mjs";
import { retryable, VERDICTS } from "../core/state-labels.mjs";
import { button, h, icon, put, sync } from "../dom/elements.mjs";
import { count, filterOf, ORDERS } from "./filters.mjs";

/** @typedef {{ state: import("../core/state.mjs").State, filter: (filter: import("./filters.mjs").Filter | null) => void,
 *   order: (order: import("./filters.mjs").Order | null) => void, all: () => void, apply: () => void, again: () => void, help: () => void,
 *   undo: HTMLElement }} Wiring `undo`: the undo button */

/** What to say if none match. @type {Record<string, string>} */
const NONE = {
  unreviewed: t("Everything is reviewed"), kept: t("No images kept yet"), rejected: t("No rejected images"), findings: t("No findings"),
  failed: t("No failed tasks"),
};
const ORDER_KEY = "inu-jobs.order";

export class FilterBar {
  #only = "all";
  #stars = 0;
  #job = /** @type {string | null} */ (null);
  #chips = h("div", { class: "ij-line ij-chips", role: "group", "aria-label": t("Show") });
  #apply = button("trash", "", () => this.wiring.apply(), { kind: "ij-btn-danger", props: { "data-act": "apply", hidden: true } });
  #again = button("retry", "", () => this.wiring.again(), { props: { "data-act": "again", hidden: true } });
  #rating;
  #order;
  /** the chosen order: a job without it uses another */
  #sort;
  /** shown instead of the images if there are none */
  nothing = h("div", { class: "ij-page-nothing", hidden: true });

  /** @param {Wiring} wiring */
  constructor(wiring) {
    this.wiring = wiring;
    const stars = [["0", t("Any rating")], ...[1, 2, 3, 4].map((least) => [`${least}`, t("{repeat} and up", { repeat: "★".repeat(least) })]), ["5", "★★★★★"]];
    this.#rating = select(t("Rating"), stars, () => this.#chosen());
    this.#order = select(t("Order"), Object.entries(ORDERS).map(([name, { label }]) => [name, label]), () => this.#sorted());
    const last = remembered(ORDER_KEY) ?? "queued";
    this.#order.value = this.#sort = last in ORDERS ? last : "queued";
    this.element = h(
      "div", { class: "ij-filters" }, this.#chips,
      h(
        "span", { class: "ij-line ij-filters-more" }, this.#apply, this.#again, this.#rating, this.#order,
        button(null, t("Select all"), () => wiring.all()), wiring.undo,
        button(null, "?", () => wiring.help(), { kind: "ij-btn-quiet ij-btn-icon ij-wide", props: { title: t("All keys"), "aria-label": t("All keys") } }),
      ),
    );
    for (const name of ["detail", "tasks", "jobs"]) wiring.state.addEventListener(name, () => this.#show());
  }

  /** The current filter; null: all images. */
  get filter() {
    return filterOf(this.#only, this.#stars);
  }

  /** A newly opened job shows all its images, in the last order used. */
  start() {
    this.wiring.order(ORDERS[this.#sort]?.order ?? null);
  }

  #show() {
    const { job, detail } = this.wiring.state;
    if (!job) return;
    if (job.id !== this.#job) {
      this.#job = job.id;
      this.#only = "all";
      this.#rating.value = "0";
      this.#stars = 0;
    }
    for (const option of this.#order.options) option.hidden = option.value === "source" && !detail?.derived;
    if (detail) this.#order.value = this.#sort === "source" && !detail.derived ? "queued" : this.#sort;
    const counts = count(detail?.all() ?? []);
    const lost = retryable(job);
    sync(this.#chips, [this.#only, counts, lost], () => [
      this.#chip("all", t("All"), counts.all),
      this.#chip("unreviewed", t("Unreviewed"), counts.unreviewed),
      this.#chip("kept", t("Kept"), counts.kept, icon(VERDICTS.kept.sign, VERDICTS.kept.tone)),
      this.#chip("rejected", t("Rejected"), counts.rejected, icon(VERDICTS.rejected.sign, VERDICTS.rejected.tone)),
      (counts.findings > 0 || this.#only === "findings") && this.#chip("findings", t("Findings"), counts.findings, icon("warn", "ij-warn")),
      (lost > 0 || this.#only === "failed") && this.#chip("failed", t("Not made"), lost, icon("bad", "ij-bad")),
    ]);
    this.#apply.hidden = this.#only !== "rejected" || counts.rejected === 0;
    put(this.#apply, icon("trash"), h("span", null, t("Delete {rejected} rejected", { rejected: thousands(counts.rejected) })));
    this.#again.hidden = this.#only !== "findings" || counts.findings === 0;
    put(this.#again, icon("retry"), h("span", null, t("Make {findings} again", { findings: thousands(counts.findings) })));
  }

  /** @param {string} only @param {string} word @param {number} total @param {Element} [sign] */
  #chip(only, word, total, sign) {
    const pick = () => {
      this.#only = only;
      this.#chosen();
      /** @type {HTMLElement | null} */ (this.#chips.querySelector("[aria-pressed='true']"))?.focus();
    };
    return h("button", { type: "button", class: "ij-chip", "aria-pressed": String(this.#only === only), onclick: pick }, sign, word, h("b", null, thousands(total)));
  }

  /** @param {boolean} empty whether no image is shown */
  tell(empty) {
    const { job, detail } = this.wiring.state;
    const all = this.#only === "all" && this.#stars === 0;
    this.nothing.hidden = !empty || !detail || (all && detail.tasks.size === 0);
    if (this.nothing.hidden) return;
    const stars = this.#stars > 0 ? noneRated("★".repeat(this.#stars), this.#stars < 5, this.#only === "all") : "";
    const title = all ? t("All images of this job were deleted") : stars || (NONE[this.#only] ?? "");
    sync(this.nothing, [job?.id, title], () => [
      icon(all ? "trash" : "search", "ij-muted"), h("b", null, title),
      all ? h("p", { class: "ij-muted" }, t("Anything not permanently deleted is in the trash.")) : button(null, t("Show all images"), () => this.#reset()),
    ]);
  }

  #reset() {
    this.#only = "all";
    this.#rating.value = "0";
    this.#chosen();
  }

  #chosen() {
    this.#stars = Number(this.#rating.value);
    this.wiring.filter(this.filter);
    this.#show();
  }

  #sorted() {
    this.#sort = this.#order.value;
    remember(ORDER_KEY, this.#sort);
    this.start();
  }
}

/** @param {string} label @param {string[][]} options value and words @param {() => void} onchange */
function select(label, options, onchange) {
  return h("select", { class: "ij-input ij-filters-select", "aria-label": label, title: label, onchange },
    ...options.map(([value, words]) => h("option", { value }, words)));
}

/** @param {string} stars @param {boolean} more whether a higher rating also matches @param {boolean} all whether no other filter is set */
function noneRated(stars, more, all) {
  if (all) return more ? t("No image has {stars} or more", { stars }) : t("No image has {stars}", { stars });
  return more ? t("None of these has {stars} or more", { stars }) : t("None of these has {stars}", { stars });
}
