// The bar below the job list while several jobs are selected.

import { attr, button, h, text } from "../dom.mjs";
import { ACTIONS } from "../deriving.mjs";
import { plural, thousands } from "../format.mjs";
import { askDelete, DEEDS, deletion, inTurn, tell } from "../many.mjs";

/** @typedef {import("../types").Job} Job */
/** @typedef {import("../types").DeriveAction} DeriveAction */
/** @typedef {{ state: import("../state.mjs").State, picked: import("../selection.mjs").Selection,
 *   toasts: import("../parts.mjs").Toasts, place: HTMLElement,
 *   note: import("../many.mjs").Note, derive: (jobs: Job[], action: DeriveAction) => void }} Wiring `place`: for questions; `derive`: from all that they kept */

/** @param {HTMLElement} parent @param {Wiring} wiring */
export function manyBar(parent, { state, picked, toasts, place, note, derive }) {
  let busy = false;
  const count = h("b", { class: "ij-grow", role: "status" });
  const deeds = [...DEEDS, deletion("keep")];
  const acts = deeds.map((deed) => button(deed.sign, deed.label, () => void run(deed), {
    kind: deed.name === "delete" ? "ij-btn-danger" : "", props: { "data-act": deed.name },
  }));
  const kept = h("span", { class: "ij-small ij-muted" });
  const makers = /** @type {DeriveAction[]} */ (Object.keys(ACTIONS)).map((action) =>
    button(null, `${ACTIONS[action].label}…`, () => busy || derive(jobs(), action), { kind: "ij-small", props: { "data-act": `kept-${action}` } }));
  const bar = h(
    "div", { class: "ij-many", role: "toolbar", "aria-label": "Selected jobs", hidden: true },
    h("div", { class: "ij-line" }, count, button("cross", "Select no jobs", () => picked.clear(), { kind: "ij-btn-quiet", iconOnly: true })), ...acts,
    h("div", { class: "ij-many-kept", role: "group", "aria-label": "Make more from all kept" }, kept, ...makers),
  );
  parent.append(bar);

  const jobs = () => picked.ids.flatMap((id) => state.jobs.get(id) ?? []);

  function show() {
    const chosen = jobs();
    bar.hidden = chosen.length === 0 && !busy;
    if (!busy) text(count, chosen.length > 0 ? `${plural(chosen.length, "job")} selected` : "");
    const total = chosen.reduce((sum, { images }) => sum + images.kept, 0);
    text(kept, total > 0 ? `From all ${thousands(total)} kept:` : "None of their images is kept, to make more from.");
    for (const maker of makers) maker.hidden = total === 0;
    deeds.forEach((deed, nth) => {
      const act = acts[nth];
      if (act) act.hidden = !chosen.some(deed.takes);
    });
  }

  /** @param {import("../many.mjs").Deed} deed */
  async function run(deed) {
    if (busy) return;
    const chosen = jobs().filter(deed.takes);
    if (deed.name === "delete") {
      const images = await askDelete(place, chosen);
      if (images === null) return;
      deed = deletion(images);
    }
    busy = true;
    for (const act of acts) attr(act, "aria-disabled", "true");
    const { done, line, bad, undo } = await inTurn(deed, chosen, toasts, (nth) => text(count, `${nth} of ${plural(chosen.length, "job")} ${deed.done}…`));
    busy = false;
    for (const act of acts) attr(act, "aria-disabled", null);
    if (deed.name === "delete") for (const { id } of done) state.forget(id);
    picked.clear();
    show();
    tell({ line, bad, undo }, toasts, note, () => state.refresh());
    await state.refresh();
  }

  picked.addEventListener("change", show);
  state.addEventListener("jobs", show);
}
