// The browser's Back: out of what lies over the page, on a narrow screen from the page to the list, and along the
// jobs that one led to another. One entry of the browser's history is one such step, and says what shows there.

const KEY = "inuJobs"; // others keep things in an entry's state, too

/** @typedef {{ job: string | null, screen: string, paged: boolean, walks: number }} Place
 *  `screen`: "page", or "list" where that shows alone; `paged`: the one took the other's place; `walks`: how many jobs or
 *  other pages led on to another, to come here */
/** @typedef {Place & { over: number }} Entry `over`: how many dialogs lie over it */

/** @type {HTMLDialogElement[]} in the order in which they were opened */
let dialogs = [];
let changed = () => {};

/** It is left by Back. @param {HTMLDialogElement} dialog that was opened just now */
export function dialogOpened(dialog) {
  dialogs = [...dialogs.filter((other) => other !== dialog), dialog];
  dialog.addEventListener("close", () => changed(), { once: true });
  changed();
}

/** How many dialogs are open; one may have closed, and not have said so yet. */
function over() {
  dialogs = dialogs.filter((dialog) => dialog.open);
  return dialogs.length;
}

/** How many steps back it is from there. @param {Entry} entry */
const depth = ({ paged, walks, over: dialogs }) => Number(paged) + walks + dialogs;

export class BackNavigation {
  /** we are going back ourselves, and not there yet */
  #going = false;
  #started = false;

  /** @param {{ place: () => Place, go: (place: Place) => void }} wiring `place`: what shows now; `go`: the user goes there */
  constructor(wiring) {
    this.wiring = wiring;
    changed = () => this.settle();
    addEventListener("popstate", () => this.#went());
  }

  /** The entry that one is at. @returns {Entry} */
  get here() {
    const { job = null, screen = "list", paged = false, walks = 0, over = 0 } = Object(Object(history.state)[KEY]);
    return { job, screen, paged, walks, over };
  }

  /** What the entry said has been looked at: from now on it says what shows. */
  start() {
    this.#started = true;
    this.settle();
  }

  /** The browser's history follows what shows: a step further, or as far back as was closed by other means. */
  settle() {
    if (!this.#started || this.#going) return;
    const now = { ...this.wiring.place(), over: over() };
    const { here } = this;
    const steps = depth(now) - depth(here);
    if (steps < 0) {
      this.#going = true;
      history.go(steps);
    } else if (steps > 0) {
      history.scrollRestoration = "manual"; // who comes back is scrolled by us
      for (let left = steps - 1; left >= 0; left -= 1) { // an entry each: going back as many must not lead out of the page
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

/** As Escape does it: the dialog may refuse. @param {HTMLDialogElement | undefined} dialog */
function closed(dialog) {
  if (!dialog?.dispatchEvent(new Event("cancel", { cancelable: true }))) return false;
  dialog.close();
  return true;
}
