// Where an image or a job came from, and what came of it: steps that one can walk.

import { thumbUrl } from "./api.mjs";
import { attr, h, icon, text } from "./dom.mjs";
import { plural, thousands } from "./format.mjs";

/** @typedef {import("./types").Relative} Relative */
/** @typedef {import("./types").JobName} JobName */

const FEW = 3; // jobs that are named at once

/**
 * @param {import("./types").Lineage} lineage
 * @param {(relative: Relative) => void} go to that image, which may be of another job
 * @returns {(HTMLElement | false)[]}
 */
export function lineageParts({ sources, made, made_total: total, lost }, go) {
  const above = [...sources].reverse();
  const more = total - made.length;
  return [
    (above.length > 0 || lost) && h(
      "div", { class: "ij-lineage", "data-ij": "sources" }, h("h3", null, "Came from"),
      lost && h("p", { class: "ij-note" }, "An image that is not known any more."),
      h("ol", null, ...above.map((relative) => h("li", null, step(relative, go)))),
    ),
    total > 0 && h(
      "div", { class: "ij-lineage", "data-ij": "made" }, h("h3", null, `Made from it: ${plural(total, "image")}`),
      h("ul", null, ...made.map((relative) => h("li", null, step(relative, go)))),
      more > 0 && h("p", { class: "ij-note" }, `and ${more} more`),
    ),
  ];
}

/** @param {Relative} relative @param {(relative: Relative) => void} go */
function step(relative, go) {
  const words = [relative.job_name, relative.label].filter(Boolean).join(", ");
  return h(
    "button", { type: "button", class: "ij-relative", title: words, onclick: () => go(relative) },
    relative.image.trashed ? icon("trash") : h("img", { src: thumbUrl(relative.image), alt: "", loading: "lazy", decoding: "async" }),
    h("span", null, words, relative.image.trashed && " (in the trash)"),
  );
}

/** @param {JobName[]} parents @param {JobName[]} children @param {(id: string) => void} go to that job */
export function jobLinks(parents, children, go) {
  return [
    parents.length > 0 && links("From", parents, go),
    children.length > 0 && links("Made from this", children, go),
  ];
}

/** The first few, the others on demand. @param {string} words @param {JobName[]} jobs @param {(id: string) => void} go */
function links(words, jobs, go) {
  const all = jobs.map(({ id, name }) =>
    h("button", { type: "button", class: "ij-link ij-kin-job", title: name, "data-job": id, onclick: () => go(id) }, name));
  const rest = jobs.length > FEW + 1 ? all.slice(FEW) : []; // "1 more" would take the room of that one
  const label = `and ${thousands(rest.length)} more`;
  const show = (/** @type {boolean} */ on) => {
    for (const link of rest) link.hidden = !on;
    attr(more, "aria-expanded", String(on));
    text(more, on ? "Show fewer" : label);
  };
  const more = h("button", { type: "button", class: "ij-link", onclick: () => show(rest[0]?.hidden === true) });
  show(false);
  return h(
    "div", { class: "ij-kin", role: "group", "aria-label": words }, h("span", { class: "ij-muted" }, `${words}:`),
    h("span", { class: "ij-kin-jobs" }, ...all, rest.length > 0 && more),
  );
}
