// The WebUI around our tab: its tabs, and the buttons of ours beside Generate. Or none: see standalone.mjs.

/** @typedef {"txt2img" | "img2img"} Kind */

/** Our own tab. */
export const OURS = "tab_inu_jobs";

/** Whether the WebUI is around us. */
export const hosted = () => document.getElementById("tabs") !== null;

/** The address of our page of its own, in the theme of this one. */
export const ownPage = () => new URL(`inu-jobs/?__theme=${document.body.classList.contains("dark") ? "dark" : "light"}`, document.baseURI).href;

/** @returns {HTMLButtonElement[]} the buttons of the WebUI's own tabs, in order */
const tabButtons = () => [...document.querySelectorAll(/** @type {"button"} */ ("#tabs > .tab-nav > button"))];

/** Position of a tab's content is that of its button. @param {string} id as in "tab_txt2img" */
export function openTab(id) {
  if (!hosted()) {
    if (id !== OURS) open(document.baseURI, "_blank");
    return;
  }
  const contents = [...document.querySelectorAll("#tabs > .tabitem")];
  tabButtons()[contents.findIndex((content) => content.id === id)]?.click();
}

/** The id of the tab that shows, or "". */
export function currentTab() {
  if (!hosted()) return OURS;
  const at = tabButtons().findIndex((button) => button.classList.contains("selected"));
  return document.querySelectorAll("#tabs > .tabitem")[at]?.id ?? "";
}

/** @param {Kind} kind @returns {HTMLElement | null} */
export const queueButton = (kind) => document.querySelector(`#${kind}_queue_job`);

/** Waits until gradio has brought the tab of `element` to the page: before, nothing in it takes the focus.
 * @param {HTMLElement} element */
export async function untilShown(element) {
  for (let frames = 0; frames < 60 && element.offsetParent === null; frames += 1) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
}

/**
 * The WebUI listens on the document for Escape and Ctrl+Enter, and stumbles over a tab without Generate:
 * keys pressed in `root`, or nowhere while it shows, stay with us.
 * @param {HTMLElement} root
 */
export function keepKeys(root) {
  root.addEventListener("keydown", (event) => event.stopPropagation());
  addEventListener("keydown", (event) => {
    if (event.target === document.body && root.offsetParent !== null) event.stopPropagation();
  }, { capture: true });
}

/** @param {HTMLElement} element @param {(visible: boolean) => void} tell whether anybody can see it: the tab, and the browser's */
export function watchVisible(element, tell) {
  let shown = false;
  const say = () => tell(shown && document.visibilityState === "visible");
  new IntersectionObserver((entries) => {
    shown = entries.some((entry) => entry.isIntersecting);
    say();
  }).observe(element);
  document.addEventListener("visibilitychange", say);
}
