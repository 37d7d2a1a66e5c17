// Finds our tab and fills it from ui/main.mjs when it is opened or something is queued, once its styles have loaded.
// The WebUI loads this file under an address with the file's time in it, so everything else comes from our own route,
// which the tab's element names.

/** @typedef {{ captured: (answer: string | { error?: string }, shift: boolean) => Promise<void> }} App */

/** @type {Promise<App | null> | undefined} */
let loading;

const SORRY = "The Jobs tab could not be loaded. Reload the page, and log in if asked.";

/** @returns {HTMLElement | null} */
const findRoot = () => document.getElementById("inu-jobs");

/** @type {Promise<void> | undefined} */
let styled;

/** Adds the styles to the page, once, right after the ones the WebUI added for us, so that user.css still comes last.
 * @param {string} address @returns {Promise<void>} */
function styles(address) {
  const own = import.meta.url.replace(/javascript\/inu_jobs\.mjs.*/, "style.css");
  styled ??= new Promise((resolve, reject) => {
    const sheet = document.createElement("link");
    sheet.rel = "stylesheet";
    sheet.href = address;
    sheet.onload = () => resolve();
    sheet.onerror = () => {
      sheet.remove();
      styled = undefined; // the next click tries again
      reject(new Error("The styles could not be loaded."));
    };
    const links = [...document.querySelectorAll(/** @type {"link"} */ ("link[rel=stylesheet]"))];
    const ours = links.find(({ href }) => href.split("?")[0] === own);
    if (ours) ours.after(sheet);
    else document.head.append(sheet);
  });
  return styled;
}

/** Loads modules and styles in parallel. @param {HTMLElement} root @returns {Promise<{ mount: (root: HTMLElement) => App }>} */
async function parts(root) {
  const main = new URL(root.dataset.main ?? "", document.baseURI).href;
  const [modules] = await Promise.all([import(main), styles(new URL("ui.css", main).href)]);
  return modules;
}

/** If Inu Jobs could not start, the server says why, with the versions for a bug report.
 * @param {HTMLElement} root @param {HTMLElement} words */
async function explain(root, words) {
  const main = new URL(root.dataset.main ?? "", document.baseURI).href;
  const answer = await fetch(new URL("../../problem", main)).catch(() => null);
  if (!answer?.ok || !answer.headers.get("content-type")?.startsWith("text/plain")) return;
  const report = await answer.text();
  if (!report) return; // it did start
  const box = Object.assign(document.createElement("textarea"), { className: "ij-report", readOnly: true, rows: 5, value: report });
  box.setAttribute("aria-label", "For a bug report");
  const copy = Object.assign(document.createElement("button"), { className: "ij-report", type: "button", textContent: "Copy" });
  copy.addEventListener("click", () => {
    box.select();
    document.execCommand("copy");
  });
  words.textContent = report.split("\n")[0] ?? SORRY;
  words.after(box, copy);
}

/** @returns {Promise<App | null>} */
async function load() {
  const root = findRoot();
  // The server has already put a problem here if our own packages could not be loaded.
  if (!root || root.querySelector(".ij-problem:not([data-again])")) return null;
  try {
    return (await parts(root)).mount(root);
  } catch (error) {
    console.warn("Inu Jobs:", error);
    const words = document.createElement("p");
    words.className = "ij-problem";
    words.dataset.again = "";
    words.textContent = SORRY;
    root.replaceChildren(words);
    void explain(root, words);
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

// Filled only when visible, but fetched as soon as the page is idle, so that it opens instantly.
function watch() {
  const root = findRoot();
  if (!root) return;
  // Safari has no requestIdleCallback. Failures are shown when the tab is opened.
  const later = window.requestIdleCallback ?? ((/** @type {() => void} */ work) => setTimeout(work, 1000));
  if (root.dataset.ahead !== undefined) later(() => void parts(root).catch(() => {}));
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    loading ??= load();
  });
  seen.observe(root);
  if (reopening()) loading ??= load();
}

/** Whether we have loaded the page again ourselves: then our tab opens itself. */
function reopening() {
  try {
    return sessionStorage.getItem("inu-jobs-reopen") !== null;
  } catch {
    return false; // site data is blocked
  }
}

// It fires once, so this must not wait for anything.
window.onUiLoaded?.(watch);
