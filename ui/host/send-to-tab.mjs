// Sends an image to a tab of the WebUI: its settings through the WebUI's "read generation parameters" button, the image
// as if dropped there.
// Source: connect_paste in modules/infotext_utils.py and javascript/dragdrop.js of WebUI 1.10.1. Forge Neo (2.26) reads
// all but the prompts until it has been started a second time: its prompt has no text yet by whose type it would convert.

import { t } from "../core/sentences.mjs";
import { openTab, untilShown } from "./webui-page.mjs";

/** @typedef {{ name: string, label: string, tab: string, mode?: [string, number], image?: string }} Place
 *  `mode`: a row of inner tabs, and the index in it; `image`: where the image goes */

/** @type {Place[]} */
export const PLACES = [
  { name: "txt2img", label: "txt2img", tab: "tab_txt2img" },
  { name: "img2img", label: "img2img", tab: "tab_img2img", mode: ["mode_img2img", 0], image: "img2img_image" },
  { name: "inpaint", label: t("Inpaint"), tab: "tab_img2img", mode: ["mode_img2img", 2], image: "img2maskimg" },
  { name: "extras", label: t("Extras"), tab: "tab_extras", mode: ["mode_extras", 0], image: "extras_image" },
];

const READ_MS = 5000; // for the server to read the infotext, which can take a while if it is busy

const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));

/** @typedef {{ infotext: string, prompt: string, negative: string }} Settings as the image's file has them */

/** @param {Place} place whether this WebUI has it */
export const there = ({ tab, image }) => document.getElementById(tab) !== null && (!image || document.getElementById(image) !== null);

/**
 * @param {Place} place
 * @param {Settings} settings
 * @param {string} file address of the image file
 * @param {string} name of the image file
 * @throws {Error} with a sentence, before anything on the page has changed
 */
export async function send(place, settings, file, name) {
  const tab = document.getElementById(place.tab);
  if (!tab) throw new Error(t("This WebUI has no {label} tab.", { label: place.label }));
  const picture = place.image ? await download(file, name) : null;
  openTab(place.tab);
  if (settings.infotext) await paste(tab, settings);
  openMode(place); // only now: the WebUI's button switches to the first inner tab
  const target = place.image && document.getElementById(place.image);
  if (!picture || !target) return;
  await untilShown(target); // a canvas gets its size when shown
  await drop(target, picture);
}

/** @param {Place} place */
function openMode({ mode }) {
  if (!mode) return;
  const [row, nth] = mode;
  [...document.querySelectorAll(/** @type {"button"} */ (`#${row} > .tab-nav > button`))][nth]?.click();
}

/** @param {string} file @param {string} name */
async function download(file, name) {
  const answer = await fetch(file).catch(() => null);
  if (!answer?.ok) throw new Error(t("The image's file cannot be read: it may have been moved or deleted."));
  const data = await answer.blob();
  return new File([data], name, { type: data.type });
}

/** @param {Element} target @param {File} picture */
async function drop(target, picture) {
  // Remove an existing image first: only an empty component accepts one.
  /** @type {HTMLElement | null} */ (target.querySelector(".modify-upload button + button, .touch-none + div button + button"))?.click();
  await frame();
  await frame();
  const input = target.querySelector("input[type=file]");
  if (!(input instanceof HTMLInputElement)) throw new Error(t("The image could not be placed there: remove the current one, then try again."));
  const files = new DataTransfer();
  files.items.add(picture);
  input.files = files.files;
  input.dispatchEvent(new Event("change"));
}

/** @param {Element} tab @param {Settings} settings */
async function paste(tab, { infotext, prompt: words, negative }) {
  const prompt = tab.querySelector("[id$='2img_prompt'] textarea");
  const read = tab.querySelector("#paste");
  if (!(prompt instanceof HTMLTextAreaElement) || !(read instanceof HTMLElement)) return; // extras has no settings
  fill(prompt, infotext);
  await frame(); // by then gradio has noticed
  await frame();
  read.click();
  const end = performance.now() + READ_MS;
  while (prompt.value === infotext && performance.now() < end) await frame();
  if (prompt.value !== infotext) return;
  fill(prompt, words);
  const second = tab.querySelector("[id$='2img_neg_prompt'] textarea");
  if (second instanceof HTMLTextAreaElement) fill(second, negative);
}

/** @param {HTMLTextAreaElement} field @param {string} words */
function fill(field, words) {
  field.value = words;
  field.dispatchEvent(new Event("input", { bubbles: true }));
}
