// Joins the parts: the state, the frame, and what fills it. Each part in app/ joins views that belong together.

import { Actions } from "./actions.mjs";
import { Bin } from "./app/bin.mjs";
import { Finding } from "./app/finding.mjs";
import { Frame } from "./app/frame.mjs";
import { Making } from "./app/making.mjs";
import { Reviewing } from "./app/reviewing.mjs";
import { Taking } from "./app/taking.mjs";
import { Telling } from "./app/telling.mjs";
import { keepKeys, openTab, OURS, watchVisible } from "./host.mjs";
import { Toasts } from "./parts.mjs";
import { Selection } from "./selection.mjs";
import { State } from "./state.mjs";
import { jobList } from "./views/list.mjs";
import { manyBar } from "./views/many.mjs";
import { banners, queueFoot } from "./views/queue.mjs";
import { Runs } from "./views/runs.mjs";
import { startPage } from "./views/start.mjs";

class App {
  /** @param {HTMLElement} root #inu-jobs */
  constructor(root) {
    const state = new State();
    const picked = new Selection(); // jobs that are acted on together
    const frame = new Frame(root, state);
    const toasts = new Toasts(frame.layer);
    const open = (/** @type {string} */ id) => void frame.open(id);
    const making = (this.making = new Making({ root, state, toasts, open }));
    /** @type {import("./many.mjs").Note} */
    const note = (done, undone) => reviewing.marks.note(done, undone);
    const actions = new Actions(state, toasts, root, note);
    const runs = new Runs({ state, toasts, place: root, open });
    const reviewing = new Reviewing({ frame, state, toasts, actions, making, windows: (job) => runs.windows(job), trashed: (id) => void bin.show(id) });
    jobList(frame.list, { state, open: (id) => frame.open(id), enter: () => reviewing.enter(), compose: () => making.compose(), picked });
    manyBar(frame.list, {
      state, picked, toasts, place: root, note,
      derive: (jobs, action) => void making.deriveKept(jobs, action, () => picked.clear()),
    });
    const telling = new Telling(toasts, (job) => {
      openTab(OURS);
      open(job);
    });
    queueFoot(frame.foot, state, telling, { turn: (on) => void runs.turn(on), show: () => void runs.show() });
    banners(frame.above, state);
    new Finding({ frame, state, reviewing });
    new Taking({ frame, state, toasts });
    const bin = new Bin({ frame, state, toasts, thumbSize: () => reviewing.page.thumbSize });
    startPage(frame.start, { state, go: openTab, recipe: () => making.compose(true), back: () => frame.back() });
    keepKeys(root);
    watchVisible(root, (visible) => {
      state.show(visible);
      if (visible) frame.place();
    });
  }

  /** @param {string | { error?: string }} answer a capture's id, or why there is none @param {boolean} shift */
  captured(answer, shift) {
    return this.making.captured(answer, shift);
  }
}

/** @type {App | undefined} */
let app;

/** Fills the tab; once. @param {HTMLElement} root */
export function mount(root) {
  app ??= new App(root);
  return app;
}
