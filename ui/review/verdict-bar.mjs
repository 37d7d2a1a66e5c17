// Large controls for one image's verdict and rating.

import { t } from "../core/sentences.mjs";
import { attr, h, icon } from "../dom/elements.mjs";

/** @typedef {import("../types").Verdict} Verdict */

/** @type {[Verdict, string, string, string][]} verdict, icon, label when set and when not */
const CHOICES = [
  ["rejected", "cross", t("Rejected"), t("Reject")],
  ["unreviewed", "unreviewed", t("Unreviewed"), t("Unflag")],
  ["kept", "check", t("Kept"), t("Keep")],
];

/** @param {(verb: import("./keys.mjs").Verb) => void} run */
export function verdictBar(run) {
  const verdicts = CHOICES.map(([verdict, sign, done, todo]) => {
    const label = h("span", null, todo);
    const pick = h("button", { type: "button", class: `ij-seg-${verdict}`, onclick: () => run({ verdict }) }, icon(sign, verdict === "unreviewed" ? "ij-icon-dashed" : ""), label);
    return { verdict, pick, label, done, todo };
  });
  let rating = 0;
  const stars = [1, 2, 3, 4, 5].map((nth) => h("button", {
    type: "button", "aria-label": t("{nth} of 5", { nth }), title: t("{nth} of 5", { nth }), onclick: () => run({ rating: rating === nth ? 0 : nth }),
  }, icon("star")));
  const element = h(
    "div", { class: "ij-verdict" },
    h("div", { class: "ij-seg", role: "group", "aria-label": t("Verdict") }, ...verdicts.map(({ pick }) => pick)),
    h("div", { class: "ij-rate", role: "group", "aria-label": t("Rating") }, ...stars),
  );
  /** @param {import("../page").Image} image */
  const show = (image) => {
    rating = image.rating;
    attr(element, "data-verdict", image.verdict);
    for (const { verdict, pick, label, done, todo } of verdicts) {
      const on = verdict === image.verdict;
      attr(pick, "aria-pressed", String(on));
      label.textContent = on ? done : todo;
    }
    stars.forEach((star, nth) => {
      attr(star, "aria-pressed", String(nth + 1 === rating));
      star.classList.toggle("ij-lit", nth < rating);
    });
  };
  return { element, show };
}
