// The verdict and the rating of one image, large, to see and to press.

import { attr, h, icon } from "./dom.mjs";

/** @typedef {import("./types").Verdict} Verdict */

/** @type {[Verdict, string, string, string][]} verdict, its sign, what it says when it is so, and when it is not */
const CHOICES = [
  ["rejected", "cross", "Rejected", "Reject"],
  ["unreviewed", "unreviewed", "Unreviewed", "Unflag"],
  ["kept", "check", "Kept", "Keep"],
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
    type: "button", "aria-label": `${nth} of 5`, title: `${nth} of 5`, onclick: () => run({ rating: rating === nth ? 0 : nth }),
  }, icon("star")));
  const element = h(
    "div", { class: "ij-verdict" },
    h("div", { class: "ij-seg", role: "group", "aria-label": "Verdict" }, ...verdicts.map(({ pick }) => pick)),
    h("div", { class: "ij-rate", role: "group", "aria-label": "Rating" }, ...stars),
  );
  /** @param {import("./types").Image} image */
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
