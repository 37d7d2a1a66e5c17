// The bar below the job list while several jobs are selected.

import { plural, thousands } from "../core/format.mjs";
import { ACTIONS as MAKERS } from "../derive/derive-form.mjs";
import { t } from "../core/sentences.mjs";
import { attr, button, h, text } from "../dom/elements.mjs";
import { ACTIONS, deletion } from "./action-table.mjs";
import { askDelete, runInTurn, reportOutcome } from "./bulk-actions.mjs";

/** @typedef {import("../page").Job} Job */
/** @typedef {import("../types").DeriveAction} DeriveAction */
/** @typedef {{ state: import("../core/state.mjs").State, picked: import("../core/selection.mjs").Selection,
 *   toasts: import("../dom/toasts.mjs").Toasts, place: HTMLElement,
 *   note: import("./bulk-actions.mjs").Note, derive: (jobs: Job[], action: DeriveAction) => void }} Wiring `place`: for questions; `derive`: from all their kept images */

/** @param {HTMLElement} parent @param {Wiring} wiring */
export function bulkBar(parent, { state, picked, toasts, place, note, derive }) {
  let busy = false;
  const count = h("b", { class: "ij-grow", role: "status" });
  const actions = [...ACTIONS, deletion("keep")];
  const acts = actions.map((action) => button(action.sign, action.label, () => void run(action), {
    kind: action.name === "delete" ? "ij-btn-danger" : "", props: { "data-act": action.name },
  }));
  const kept = h("span", { class: "ij-small ij-muted" });
  const makers = /** @type {DeriveAction[]} */ (Object.keys(MAKERS)).map((action) =>
    button(null, `${MAKERS[action].label}…`, () => busy || derive(jobs(), action), { kind: "ij-small", props: { "data-act": `kept-${action}` } }));
  const bar = h(
    "div", { class: "ij-many", role: "toolbar", "aria-label": t("Selected jobs"), hidden: true },
    h("div", { class: "ij-line" }, count, button("cross", t("Clear job selection"), () => picked.clear(), { kind: "ij-btn-quiet", iconOnly: true })), ...acts,
    h("div", { class: "ij-many-kept", role: "group", "aria-label": t("Make more from all kept") }, kept, ...makers),
  );
  parent.append(bar);

  const jobs = () => picked.ids.flatMap((id) => state.jobs.get(id) ?? []);

  function show() {
    const chosen = jobs();
    bar.hidden = chosen.length === 0 && !busy;
    if (!busy) text(count, chosen.length > 0 ? t("{jobs} selected", { jobs: plural(chosen.length, "job") }) : "");
    const total = chosen.reduce((sum, { images }) => sum + images.kept, 0);
    text(kept, total > 0 ? t("From all {total} kept:", { total: thousands(total) }) : t("No kept images to make more from."));
    for (const maker of makers) maker.hidden = total === 0;
    actions.forEach((action, nth) => {
      const act = acts[nth];
      if (act) act.hidden = !chosen.some(action.takes);
    });
  }

  /** @param {import("./action-table.mjs").Action} action */
  async function run(action) {
    if (busy) return;
    const chosen = jobs().filter(action.takes);
    if (action.name === "delete") {
      const images = await askDelete(place, chosen);
      if (images === null) return;
      action = deletion(images);
    }
    busy = true;
    for (const act of acts) attr(act, "aria-disabled", "true");
    const { done, line, bad, undo } = await runInTurn(action, chosen, toasts, (nth) => text(count, t("{nth} of {jobs} {done}…", { nth, jobs: plural(chosen.length, "job"), done: action.done })));
    busy = false;
    for (const act of acts) attr(act, "aria-disabled", null);
    if (action.name === "delete") for (const { id } of done) state.forget(id);
    picked.clear();
    show();
    reportOutcome({ line, bad, undo }, toasts, note, () => state.refresh());
    await state.refresh();
  }

  picked.addEventListener("change", show);
  state.addEventListener("jobs", show);
}
