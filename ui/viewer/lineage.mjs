// Links to an image's sources and to the images made from it.

import { thumbUrl } from "../core/api.mjs";
import { plural } from "../core/format.mjs";
import { t } from "../core/sentences.mjs";
import { h, icon } from "../dom/elements.mjs";

/** @typedef {import("../types").Relative} Relative */

/**
 * @param {import("../types").Lineage} lineage
 * @param {(relative: Relative) => void} go to that image, which may be in another job
 * @returns {(HTMLElement | false)[]}
 */
export function lineageParts({ sources, made, made_total: total, lost }, go) {
  const above = [...sources].reverse();
  const more = total - made.length;
  return [
    (above.length > 0 || lost) && h(
      "div", { class: "ij-lineage", "data-ij": "sources" }, h("h3", null, t("Came from")),
      lost && h("p", { class: "ij-note" }, t("An image that is no longer known.")),
      h("ol", null, ...above.map((relative) => h("li", null, step(relative, go)))),
    ),
    total > 0 && h(
      "div", { class: "ij-lineage", "data-ij": "made" }, h("h3", null, t("Made from it: {images}", { images: plural(total, "image") })),
      h("ul", null, ...made.map((relative) => h("li", null, step(relative, go)))),
      more > 0 && h("p", { class: "ij-note" }, t("and {more} more", { more })),
    ),
  ];
}

/** @param {Relative} relative @param {(relative: Relative) => void} go */
function step(relative, go) {
  const words = [relative.job_name, relative.label].filter(Boolean).join(", ");
  return h(
    "button", { type: "button", class: "ij-relative", title: words, onclick: () => go(relative) },
    relative.image.trashed ? icon("trash") : h("img", { src: thumbUrl(relative.image), alt: "", loading: "lazy", decoding: "async" }),
    h("span", null, words, relative.image.trashed && t(" (in the trash)")),
  );
}
