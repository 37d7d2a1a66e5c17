// The page's state: the jobs, one job's tasks and images, and the queue. Polls GET /changes while the page is visible.
// Notifies views with the events "jobs", "detail", "tasks", "guests", "live" and "status".

import { aborted, ApiError, request, sentence } from "./api.mjs";
import { JobImages } from "./job-images.mjs";
import { breathe } from "./timing.mjs";
import { unfinishedBesides } from "./unfinished-jobs.mjs";

/** @typedef {import("../page").Job} Job */

const PAGE = 200;
const BUSY_MS = 1000;
const IDLE_MS = 3000;
const SOON_MS = 400;
const WORST_MS = 30_000;
/** @type {import("../types").Live} */
const NOTHING_RUNS = { task: null, job: null, fraction: 0, step: 0, steps: 0, eta: null, preview: 0 };

export class State extends EventTarget {
  /** @type {Map<string, Job>} */
  jobs = new Map();
  /** @type {Partial<Record<string, number>>} how many of all jobs are in each state */
  states = {};
  /** how many jobs match the search */
  total = 0;
  query = { text: "", state: "" };
  /** @type {string | null} */
  selected = null;
  /** settles when the last `select` is done */
  opened = Promise.resolve();
  /** @type {JobImages | null} */
  detail = null;
  /** @type {Map<string, JobImages>} images of other jobs shown elsewhere, by place */
  #guests = new Map();
  /** @type {import("../types").Status | null} */
  status = null;
  live = NOTHING_RUNS;
  /** why the server cannot be reached, as a sentence */
  offline = "";
  loaded = false;
  /** @type {Set<string>} the ids in the list; the open job may not be among them */
  shown = new Set();

  #epoch = "";
  #revision = 0;
  #limit = PAGE;
  #visible = false;
  #failures = 0;
  /** when the next poll is due (performance.now) */
  #due = 0;
  #rested = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;
  #listing = new AbortController();
  #opening = new AbortController();
  /** the job that is being loaded @type {string | null} */
  #coming = null;
  #following = false;

  /** @param {string} name @param {unknown} [detail] */
  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /** Starts or stops polling. @param {boolean} visible */
  show(visible) {
    if (visible === this.#visible) return;
    this.#visible = visible;
    clearTimeout(this.#timer);
    if (visible && performance.now() < this.#rested) this.#lookIn(0);
    else if (visible) void this.#follow();
  }

  /** Sends no polls for a while: the WebUI restarts. @param {number} ms */
  rest(ms) {
    this.#rested = performance.now() + ms;
    clearTimeout(this.#timer);
    if (this.#visible) this.#lookIn(ms);
  }

  /** Polls now. */
  async refresh() {
    clearTimeout(this.#timer);
    await this.#follow();
  }

  /** Polls soon: something was done that affects the list. */
  soon() {
    if (!this.#visible || this.#following || this.#failures > 0 || this.#due <= performance.now() + SOON_MS) return;
    clearTimeout(this.#timer);
    this.#lookIn(SOON_MS);
  }

  /** The job's summary, if it is known. */
  get job() {
    return (this.selected && this.jobs.get(this.selected)) || null;
  }

  /** @param {{ text?: string, state?: string }} query */
  async search(query) {
    this.query = { ...this.query, ...query };
    this.#limit = PAGE;
    await this.#attempt(() => this.#list());
  }

  async more() {
    this.#limit += PAGE;
    await this.#attempt(() => this.#list());
  }

  /** @param {string | null} id @returns {Promise<void>} settles when it is loaded or has failed */
  select(id) {
    this.opened = this.#select(id);
    return this.opened;
  }

  /** @param {string | null} id */
  async #select(id) {
    this.selected = id;
    this.detail = null;
    this.#opening.abort();
    this.#tell("detail");
    this.#tell("jobs");
    if (id !== null) await this.#attempt(() => this.#open(id));
  }

  /** Stores an action's answer without waiting for the next poll. @param {Job} job */
  put(job) {
    if (!this.jobs.has(job.id)) {
      this.total += 1;
      if (!this.query.text && !this.query.state) this.shown.add(job.id);
    }
    this.jobs.set(job.id, job);
    this.#tell("jobs");
    void this.refresh();
  }

  /** @param {string} id */
  forget(id) {
    this.jobs.delete(id);
    if (this.selected === id) void this.select(null);
    this.#tell("jobs");
    void this.refresh();
  }

  /** Shows the user's changes before the server has them. @param {import("./job-images.mjs").Changes} changes @returns {import("./job-images.mjs").Changes} the previous values */
  change(changes) {
    /** @type {import("./job-images.mjs").Changes} */
    const before = new Map();
    this.#everywhere((detail) => {
      const made = detail.change(changes);
      for (const [id, was] of made.before) before.set(id, was);
      return made.touched;
    });
    return before;
  }

  /** Reverts changes the server refused. @param {import("./job-images.mjs").Changes} changes as given to `change` */
  back(changes) {
    this.#everywhere((detail) => detail.back(changes));
  }

  /** The server has confirmed these. @param {import("./job-images.mjs").Changes} changes as given to `change` */
  sure(changes) {
    for (const detail of this.#details()) detail.sure(changes);
  }

  /** The open job and all guests. */
  #details() {
    return [...(this.detail ? [this.detail] : []), ...this.#guests.values()];
  }

  /** @param {(detail: JobImages) => Set<string>} work returns the tasks that changed */
  #everywhere(work) {
    for (const detail of this.#details()) {
      const touched = work(detail);
      if (touched.size > 0) this.#tell(detail === this.detail ? "tasks" : "guests", touched);
    }
  }

  /** Makes images of other jobs reviewable, replacing earlier ones at the same place.
   * @param {string} where @param {import("../page").Image[]} images @param {Map<string, string>} [names] of their jobs
   * @returns {JobImages} with one task per image */
  invite(where, images, names) {
    const others = images.filter((image) => image.job !== this.detail?.id);
    const tasks = others.map(({ id, job, width, height }, index) => (
      { id, job, index, state: /** @type {const} */ ("done"), error: "", label: names?.get(job) ?? this.jobs.get(job)?.name ?? "", images: 1, width, height, coords: [] }
    ));
    const detail = new JobImages({ job: { id: where }, axes: [], tasks, images: others.map(asGuest) });
    this.#guests.set(where, detail);
    return detail;
  }

  /** Removes the guests at a place. @param {string} where */
  dismiss(where) {
    this.#guests.delete(where);
  }

  /** An image of the open job, or a guest. @param {string} id */
  find(id) {
    for (const detail of this.#details()) {
      const image = detail.find(id);
      if (image) return image;
    }
    return undefined;
  }

  async #list() {
    this.#listing.abort();
    const { signal } = (this.#listing = new AbortController());
    const { text, state } = this.query;
    /** @type {import("../types").JobList} */
    const answer = await request("GET", "jobs", { query: { text, state, limit: this.#limit }, signal });
    const jobs = new Map(answer.jobs.map((job) => [job.id, job]));
    for (const job of text || state ? [] : await unfinishedBesides(answer, signal)) jobs.set(job.id, job);
    // The open job stays open even if the search does not match it.
    const open = this.selected === null ? undefined : this.jobs.get(this.selected);
    this.shown = new Set(jobs.keys());
    if (open && !jobs.has(open.id)) jobs.set(open.id, open);
    this.jobs = jobs;
    this.states = answer.states;
    this.total = answer.total;
    if (!this.#epoch) [this.#epoch, this.#revision] = [answer.epoch, answer.revision];
    this.loaded = true;
    this.#tell("jobs");
  }

  /** @param {string} id */
  async #open(id) {
    const { signal } = (this.#opening = new AbortController());
    /** @type {import("../types").JobDetail} */
    let answer;
    let detail;
    this.#coming = id;
    try {
      answer = await request("GET", `jobs/${encodeURIComponent(id)}`, { signal });
      detail = new JobImages(answer);
      await breathe(); // with ten thousand images each step takes long enough
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 404)) throw error;
      if (this.selected === id) await this.select(null); // deleted elsewhere
      return;
    } finally {
      if (this.#opening.signal === signal) this.#coming = null;
    }
    if (signal.aborted || this.selected !== id) return;
    if (this.detail?.id === id) detail.inherit(this.detail);
    this.jobs.set(id, answer.job);
    this.detail = detail;
    // Poll again for changes made during the request.
    if (answer.epoch === this.#epoch) this.#revision = Math.min(this.#revision, answer.revision);
    this.#tell("jobs");
    this.#tell("detail");
  }

  /** Polls once and schedules the next poll. */
  async #follow() {
    if (this.#following) return;
    this.#following = true;
    try {
      await this.#attempt(() => this.#look());
    } finally {
      this.#following = false;
    }
    clearTimeout(this.#timer);
    if (!this.#visible) return;
    const busy = (this.status?.running ?? 0) > 0 || (this.status?.waiting ?? 0) > 0;
    const calm = busy ? BUSY_MS : IDLE_MS;
    this.#lookIn(this.#failures ? Math.min(WORST_MS, calm * 2 ** this.#failures) : calm);
  }

  /** @param {number} wait ms */
  #lookIn(wait) {
    wait = Math.max(wait, this.#rested - performance.now());
    this.#due = performance.now() + wait;
    this.#timer = setTimeout(() => void this.#follow(), wait);
  }

  async #look() {
    if (!this.#epoch) {
      const [status] = await Promise.all([request("GET", "status"), this.#list()]);
      this.setStatus(status);
      // A "jobs" listener may have opened a job by now.
      const missing = this.selected !== null && this.detail === null && this.#coming !== this.selected;
      if (missing) await this.#open(this.selected ?? "");
    }
    for (const detail of this.#details()) detail.settle();
    const whose = this.#whose;
    /** @type {import("../types").Changes} */
    const changes = await request("GET", "changes", { query: { epoch: this.#epoch, since: this.#revision, job: whose } });
    this.setStatus(changes.status);
    this.#live(changes.live);
    if (changes.reset) {
      [this.#epoch, this.#revision] = [changes.epoch, changes.revision];
      await this.#list();
      if (this.selected !== null) await this.#open(this.selected);
    } else {
      // If another job was opened meanwhile, poll it from the same revision.
      const ours = whose === this.#whose;
      if (ours) this.#revision = changes.revision;
      await this.#merge(changes, ours);
    }
  }

  /** The job whose images are polled; null: all jobs. */
  get #whose() {
    return this.selected ?? (this.#guests.size > 0 ? null : "none");
  }

  /** @param {import("../types").Changes} changes @param {boolean} ours whether the answer is for the open job */
  async #merge(changes, ours) {
    const { text, state } = this.query;
    let stale = false;
    for (const job of changes.jobs) {
      if (job.archived !== (state === "archived")) {
        stale = this.shown.delete(job.id) || stale;
        if (job.id === this.selected) this.jobs.set(job.id, job);
        else this.jobs.delete(job.id);
        continue;
      }
      const before = this.jobs.get(job.id);
      if (!before || before.state !== job.state) stale = true;
      if (before || (!text && !state)) {
        this.jobs.set(job.id, job);
        if (!before) this.shown.add(job.id);
      }
    }
    const open = this.jobs.get(this.selected ?? "");
    // Other jobs may have moved its end time.
    const moved = ours && open !== undefined && (open.waits !== changes.waits || differ(open.ends, changes.ends));
    if (moved) this.jobs.set(open.id, { ...open, ends: changes.ends, waits: changes.waits });
    for (const id of changes.removed.jobs) {
      stale = true; // for the counts
      this.jobs.delete(id);
      if (this.selected === id) void this.select(null);
    }
    if (moved || changes.jobs.length > 0 || changes.removed.jobs.length > 0) this.#tell("jobs");
    this.#mergeDetail(changes);
    this.#mergeGuests(changes);
    if (stale) await this.#list(); // for the counts, and for what the search should show now
  }

  /** @param {import("../types").Changes} changes */
  #mergeDetail({ tasks, images, removed }) {
    const detail = this.detail;
    if (!detail) return;
    const touched = detail.take(
      tasks.filter((task) => task.job === detail.id),
      images.filter((image) => image.job === detail.id),
    );
    for (const id of detail.drop(removed.tasks, removed.images)) touched.add(id);
    if (touched.size > 0) this.#tell("tasks", touched);
  }

  /** Updates guests; new images are not added. @param {import("../types").Changes} changes */
  #mergeGuests({ images, removed }) {
    for (const guests of this.#guests.values()) {
      const touched = guests.take([], images.filter(({ id }) => guests.find(id)).map(asGuest));
      for (const id of guests.drop(removed.images, removed.images)) touched.add(id);
      if (touched.size > 0) this.#tell("guests", touched);
    }
  }

  /** @param {import("../types").Status} status */
  setStatus(status) {
    this.status = status;
    this.#tell("status");
  }

  /** @param {import("../types").Live} live */
  #live(live) {
    this.live = live;
    this.#tell("live");
  }

  /** Runs `work`. If the server fails, reports it and starts to back off. @param {() => Promise<void>} work */
  async #attempt(work) {
    const was = this.offline;
    try {
      await work();
      this.#failures = 0;
      this.offline = "";
    } catch (error) {
      if (aborted(error)) return;
      this.#failures = Math.min(this.#failures + 1, 6);
      this.offline = sentence(error);
    }
    if (was !== this.offline) this.#tell("status");
  }
}

/** With one task per image. @param {import("../page").Image} image @returns {import("../page").Image} */
const asGuest = (image) => ({ ...image, task: image.id, index: 0 });

/** Whether two times, in seconds, differ noticeably: estimates always jitter.
 * @param {number | null} before @param {number | null} now */
function differ(before, now) {
  return before === null || now === null ? before !== now : Math.abs(before - now) > 20;
}
