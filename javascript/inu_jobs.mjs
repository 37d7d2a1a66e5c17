// Finds our tab and fills it from ui/main.mjs, when it is opened or something is queued. The WebUI loads
// this file by an address of its own, with the file's time in it, so the rest comes from our own route:
// the tab's element says where it is.

/** @typedef {{ captured: (answer: string | { error?: string }, shift: boolean) => Promise<void> }} App */

/** @type {Promise<App | null> | undefined} */
let loading;

const SORRY = "The Jobs tab could not be loaded: reload the page, and log in if you are asked to.";

/** @returns {HTMLElement | null} */
const findRoot = () => document.getElementById("inu-jobs");

/** @param {HTMLElement} root @returns {Promise<{ mount: (root: HTMLElement) => App }>} */
const modules = (root) => import(new URL(root.dataset.main ?? "", document.baseURI).href);

/** @returns {Promise<App | null>} */
async function load() {
  const root = findRoot();
  // A problem is there already when our own packages could not be loaded.
  if (!root || root.querySelector(".ij-problem:not([data-again])")) return null;
  try {
    return (await modules(root)).mount(root);
  } catch (error) {
    console.warn("Inu Jobs:", error);
    const words = document.createElement("p");
    words.className = "ij-problem";
    words.dataset.again = "";
    words.textContent = SORRY;
    root.replaceChildren(words);
    loading = undefined; // the next click tries again
    return null;
  }
}

window.inuJobs = {
  captured: (answer, shift) => {
    loading ??= load();
    void loading.then((app) => (app ? app.captured(answer, shift) : alert(SORRY)));
  },
};

// Filled only when it is seen; fetched as soon as the page has nothing better to do, so that it opens at once.
function watch() {
  const root = findRoot();
  if (!root) return;
  // Safari has no requestIdleCallback. A failure shows when the tab is opened.
  const later = window.requestIdleCallback ?? ((/** @type {() => void} */ work) => setTimeout(work, 1000));
  if (root.dataset.ahead !== undefined) later(() => void modules(root).catch(() => {}));
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    loading ??= load();
  });
  seen.observe(root);
}

// It fires once, so this must not wait for anything.
window.onUiLoaded?.(watch);
