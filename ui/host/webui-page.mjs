// The WebUI around our tab: its tabs, and our buttons next to Generate. There may be none: see standalone.mjs.

/** @typedef {"txt2img" | "img2img"} Kind */

/** Our own tab. */
export const OURS = "tab_inu_jobs";

/** Whether we are inside the WebUI. */
export const hosted = () => document.getElementById("tabs") !== null;

/** The address of the standalone page, with this page's theme. */
export const ownPage = () => new URL(`inu-jobs/?__theme=${document.body.classList.contains("dark") ? "dark" : "light"}`, document.baseURI).href;

/** @returns {HTMLButtonElement[]} the WebUI's tab buttons, in order */
const tabButtons = () => [...document.querySelectorAll(/** @type {"button"} */ ("#tabs > .tab-nav > button"))];

/** Tab contents and buttons are in the same order. @param {string} id such as "tab_txt2img" */
export function openTab(id) {
  if (!hosted()) {
    if (id !== OURS) open(document.baseURI, "_blank");
    return;
  }
  const contents = [...document.querySelectorAll("#tabs > .tabitem")];
  tabButtons()[contents.findIndex((content) => content.id === id)]?.click();
}

const REOPEN = "inu-jobs-reopen"; // read by javascript/inu_jobs.mjs, too

/** Loads the page again, as the WebUI was restarted, and opens our tab in it. */
export function reloadPage() {
  try {
    sessionStorage.setItem(REOPEN, "1");
  } catch {
    // site data is blocked: the page opens with its first tab
  }
  location.reload();
}

/** Opens our tab if `reloadPage` has loaded this page. */
export function reopen() {
  try {
    if (sessionStorage.getItem(REOPEN) === null) return;
    sessionStorage.removeItem(REOPEN);
  } catch {
    return;
  }
  openTab(OURS);
}

/** The id of the current tab, or "". */
export function currentTab() {
  if (!hosted()) return OURS;
  const at = tabButtons().findIndex((button) => button.classList.contains("selected"));
  return document.querySelectorAll("#tabs > .tabitem")[at]?.id ?? "";
}

/** @param {Kind} kind @returns {HTMLElement | null} */
export const queueButton = (kind) => document.querySelector(`#${kind}_queue_job`);

/** Waits until gradio shows the tab of `element`: until then, nothing in it can be focused.
 * @param {HTMLElement} element */
export async function untilShown(element) {
  for (let frames = 0; frames < 60 && element.offsetParent === null; frames += 1) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
}

/**
 * The WebUI listens on the document for Escape and Ctrl+Enter and fails in a tab without Generate: keep keys pressed in
 * `root`, or with nothing focused while it is visible, to ourselves.
 * @param {HTMLElement} root
 */
export function keepKeys(root) {
  root.addEventListener("keydown", (event) => event.stopPropagation());
  addEventListener("keydown", (event) => {
    if (event.target === document.body && root.offsetParent !== null) event.stopPropagation();
  }, { capture: true });
}

/** @param {HTMLElement} element @param {(visible: boolean) => void} tell whether it is visible: our tab, and the browser's */
export function watchVisible(element, tell) {
  let shown = false;
  const say = () => tell(shown && document.visibilityState === "visible");
  new IntersectionObserver((entries) => {
    shown = entries.some((entry) => entry.isIntersecting);
    say();
  }).observe(element);
  document.addEventListener("visibilitychange", say);
}
