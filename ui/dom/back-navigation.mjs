// The browser's Back button: closes dialogs, returns from the page to the list on a narrow screen, and goes back through
// linked jobs. Each step has its own history entry, which describes what is shown.

const KEY = "inuJobs"; // others use the entry's state, too

/** @typedef {{ job: string | null, screen: string, paged: boolean, walks: number }} Place
 *  `screen`: "page", or "list" if shown alone; `paged`: the page replaced the list; `walks`: the number of jobs or other
 *  pages visited on the way here */
/** @typedef {Place & { over: number }} Entry `over`: the number of open dialogs */

/** @type {HTMLDialogElement[]} in order of opening */
let dialogs = [];
let changed = () => {};

/** Makes Back close it. @param {HTMLDialogElement} dialog just opened */
export function dialogOpened(dialog) {
  dialogs = [...dialogs.filter((other) => other !== dialog), dialog];
  dialog.addEventListener("close", () => changed(), { once: true });
  changed();
}

/** The number of open dialogs; one may have closed without firing "close" yet. */
function over() {
  dialogs = dialogs.filter((dialog) => dialog.open);
  return dialogs.length;
}

/** The number of steps back to the start. @param {Entry} entry */
const depth = ({ paged, walks, over: dialogs }) => Number(paged) + walks + dialogs;

export class BackNavigation {
  /** we called history.go() and are still waiting */
  #going = false;
  #started = false;

  /** @param {{ place: () => Place, go: (place: Place) => void }} wiring `place`: what is shown now; `go`: the user went there */
  constructor(wiring) {
    this.wiring = wiring;
    changed = () => this.settle();
    addEventListener("popstate", () => this.#went());
  }

  /** The current entry. @returns {Entry} */
  get here() {
    const { job = null, screen = "list", paged = false, walks = 0, over = 0 } = Object(Object(history.state)[KEY]);
    return { job, screen, paged, walks, over };
  }

  /** The initial entry has been restored: keep entries up to date from now on. */
  start() {
    this.#started = true;
    this.settle();
  }

  /** Brings the history in line with what is shown: forward, or back by as many steps as were closed in other ways. */
  settle() {
    if (!this.#started || this.#going) return;
    const now = { ...this.wiring.place(), over: over() };
    const { here } = this;
    const steps = depth(now) - depth(here);
    if (steps < 0) {
      this.#going = true;
      history.go(steps);
    } else if (steps > 0) {
      history.scrollRestoration = "manual"; // we restore the scroll position
      for (let left = steps - 1; left >= 0; left -= 1) { // one entry each, so that going back never leaves the page
        history.pushState({ ...history.state, [KEY]: { ...now, over: Math.max(0, now.over - left) } }, "");
      }
    } else if (JSON.stringify(now) !== JSON.stringify(here)) history.replaceState({ ...history.state, [KEY]: now }, "");
  }

  #went() {
    if (!this.#started) return;
    if (this.#going) this.#going = false;
    else {
      const { over: left, ...place } = this.here;
      while (over() > left && closed(dialogs[dialogs.length - 1])) continue;
      if (over() <= left) this.wiring.go(place);
    }
    this.settle();
  }
}

/** Closes like Escape: the dialog may refuse. @param {HTMLDialogElement | undefined} dialog */
function closed(dialog) {
  if (!dialog?.dispatchEvent(new Event("cancel", { cancelable: true }))) return false;
  dialog.close();
  return true;
}
