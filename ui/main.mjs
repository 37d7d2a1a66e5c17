// Connects the parts: the state, the frame and its contents.

import { NewJobs } from "./compose/new-jobs.mjs";
import { Selection } from "./core/selection.mjs";
import { State } from "./core/state.mjs";
import { Toasts } from "./dom/toasts.mjs";
import { FindEntry } from "./find/find-entry.mjs";
import { Frame } from "./frame/frame.mjs";
import { startPage } from "./frame/start-page.mjs";
import { keepKeys, openTab, OURS, reopen, watchVisible } from "./host/webui-page.mjs";
import { ImportEntry } from "./import/import-entry.mjs";
import { bulkBar } from "./jobs/bulk-bar.mjs";
import { JobActions } from "./jobs/job-actions.mjs";
import { jobList } from "./jobs/job-list.mjs";
import { banners, queueFoot } from "./jobs/queue-status.mjs";
import { Notifications } from "./notifications/notifications.mjs";
import { RunPlanDialog } from "./runs/run-plan-dialog.mjs";
import { SchedulerSetup } from "./setup/scheduler-setup.mjs";
import { TrashEntry } from "./trash/trash-entry.mjs";
import { JobReview } from "./workspace/job-review.mjs";

class App {
  /** @param {HTMLElement} root #inu-jobs */
  constructor(root) {
    const state = new State();
    const picked = new Selection(); // selected jobs
    const frame = new Frame(root, state);
    const toasts = new Toasts(frame.layer);
    const open = (/** @type {string} */ id) => void frame.open(id);
    const newJobs = (this.newJobs = new NewJobs({ root, state, toasts, open }));
    /** @type {import("./jobs/bulk-actions.mjs").Note} */
    const note = (done, undone) => jobReview.marks.note(done, undone);
    const actions = new JobActions(state, toasts, root, note);
    const runs = new RunPlanDialog({ state, toasts, place: root, open });
    const jobReview = new JobReview({ frame, state, toasts, actions, newJobs, windows: (job) => runs.windows(job), trashed: (id) => void trash.show(id) });
    jobList(frame.list, { state, open: (id) => frame.open(id), enter: () => jobReview.enter(), compose: () => newJobs.compose(), picked });
    bulkBar(frame.list, {
      state, picked, toasts, place: root, note,
      derive: (jobs, action) => void newJobs.deriveKept(jobs, action, () => picked.clear()),
    });
    const notifications = new Notifications(toasts, (job) => {
      openTab(OURS);
      open(job);
    });
    queueFoot(frame.foot, state, notifications, { turn: (on) => void runs.turn(on), show: () => void runs.show() });
    const setup = new SchedulerSetup(state, toasts);
    banners(frame.above, state, setup);
    new FindEntry({ frame, state, jobReview });
    new ImportEntry({ frame, state, toasts });
    const trash = new TrashEntry({ frame, state, toasts, thumbSize: () => jobReview.page.thumbSize });
    startPage(frame.start, { state, setup, go: openTab, recipe: () => newJobs.compose(true), back: () => frame.back() });
    keepKeys(root);
    watchVisible(root, (visible) => {
      state.show(visible);
      if (visible) frame.place();
    });
    reopen();
  }

  /** @param {string | { error?: string }} answer a capture's id, or an error @param {boolean} shift */
  captured(answer, shift) {
    return this.newJobs.captured(answer, shift);
  }
}

/** @type {App | undefined} */
let app;

/** Fills the tab, once. @param {HTMLElement} root */
export function mount(root) {
  app ??= new App(root);
  return app;
}
