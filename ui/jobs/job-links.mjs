// Links to the jobs that a job was made from, and to those made from it.

import { thousands } from "../core/format.mjs";
import { t } from "../core/sentences.mjs";
import { attr, h, text } from "../dom/elements.mjs";

/** @typedef {import("../types").JobName} JobName */

const FEW = 3; // jobs shown at first

/** @param {JobName[]} parents @param {JobName[]} children @param {(id: string) => void} go to that job */
export function jobLinks(parents, children, go) {
  return [
    parents.length > 0 && links(t("From"), parents, go),
    children.length > 0 && links(t("Made from this"), children, go),
  ];
}

/** The first few; the others on demand. @param {string} words @param {JobName[]} jobs @param {(id: string) => void} go */
function links(words, jobs, go) {
  const all = jobs.map(({ id, name }) =>
    h("button", { type: "button", class: "ij-link ij-kin-job", title: name, "data-job": id, onclick: () => go(id) }, name));
  const rest = jobs.length > FEW + 1 ? all.slice(FEW) : []; // "and 1 more" would take as much room as that one
  const label = t("and {rest} more", { rest: thousands(rest.length) });
  const show = (/** @type {boolean} */ on) => {
    for (const link of rest) link.hidden = !on;
    attr(more, "aria-expanded", String(on));
    text(more, on ? t("Show fewer") : label);
  };
  const more = h("button", { type: "button", class: "ij-link", onclick: () => show(rest[0]?.hidden === true) });
  show(false);
  return h(
    "div", { class: "ij-kin", role: "group", "aria-label": words }, h("span", { class: "ij-muted" }, `${words}:`),
    h("span", { class: "ij-kin-jobs" }, ...all, rest.length > 0 && more),
  );
}
