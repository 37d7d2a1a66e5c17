// Copying to the clipboard.

import { t } from "../core/sentences.mjs";
import { button, h, relabel } from "./elements.mjs";

/** The clipboard API needs https or localhost; the old way works everywhere.
 * @param {string} words @param {HTMLElement} place of a text box for a moment: in the open dialog, if there is one */
export async function copyText(words, place) {
  try {
    await navigator.clipboard.writeText(words);
    return true;
  } catch {
    const box = h("textarea", { class: "ij-sr" });
    box.value = words;
    const before = document.activeElement;
    place.append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    if (before instanceof HTMLElement) before.focus();
    return done;
  }
}

/** A button that copies, and says so. @param {string} label @param {string} words */
export function copyButton(label, words) {
  const copy = button("copy", label, async () => {
    relabel(copy, (await copyText(words, copy)) ? t("Copied") : t("Could not copy"));
    setTimeout(() => relabel(copy, label), 2000);
  });
  return copy;
}
