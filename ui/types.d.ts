// The answers of /inu-jobs/v1, as inu_jobs/api.py has them, and the globals of the WebUI's page.

export type TaskState =
  | "held" | "queued" | "running" | "done" | "failed" | "interrupted" | "cancelled" | "lost";
export type JobState = "held" | "waiting" | "running" | "review" | "done" | "failed" | "cancelled";
/** Why a job does not go on at once; "": it does. */
export type Waits = "" | "others" | "window" | "hold" | "stopped";
export type Verdict = "unreviewed" | "kept" | "rejected";
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Payload = { [key: string]: Json };

export interface Finding {
  severity: "error" | "warning";
  code: string;
  message: string;
  field?: string;
  suggestion?: string;
}

export interface Axis {
  field: string;
  values: Json[];
}

/** What the server fills in: prompts in dynamicprompts' syntax. `count` 0: all of them. */
export interface Template {
  text: string;
  mode: "random" | "combinatorial";
  count: number;
  seed: number;
}

/** Exactly one of `values`, `text` and `template`. */
export interface AxisSpec {
  field: string;
  values?: Json[];
  text?: string;
  template?: Template;
}

export type LinesAt = "instead" | "start" | "end";

export interface JobSpec {
  kind: string;
  payload: Payload;
  name: string;
  axes: AxisSpec[];
  lines: string;
  lines_at: LinesAt;
  windows: Window[];
  priority: number;
  hold: boolean;
  force: boolean;
  capture: string | null;
  /** open seeds are the same as long as this is */
  drawn_with: number;
}

export interface Plan {
  tasks: number;
  images: number;
  sample: { changes: Payload; prompt: string; label: string }[];
  findings: Finding[];
  seconds: number | null;
  low: number | null;
  high: number | null;
  loads: number;
  bytes: number | null;
  free_bytes: number | null;
  loras: string[];
  /** when it would be done, in seconds since the epoch; null where that cannot be told */
  ends: number | null;
  waits: Waits;
}

/** What a change of a job would do: `kept` run or have ended, `dropped` wait and go, `added` are new. */
export interface EditPlan extends Plan {
  kept: number;
  dropped: number;
  added: number;
}

export interface Prompts {
  prompts: string[];
  total: number | null;
  findings: Finding[];
}

export interface Ask {
  key: string;
  label: string;
  kind: "lora" | "checkpoint" | "text" | "sampler";
  default: string;
}

export interface SavedRecipe {
  id: string;
  name: string;
  created: number;
  note: string;
  kind: string;
  payload: Payload;
  axes: AxisSpec[];
  lines: string;
  lines_at: LinesAt;
  asks: Ask[];
  builtin: boolean;
  own_seeds: boolean | null;
  windows: Window[];
  priority: number;
}

export interface Hold {
  by: "user" | "errors" | "requeue" | "memory" | "disk";
  message?: string;
}

export interface Recipe {
  prompt: string;
  checkpoint: string;
  sampler: string;
  scheduler: string;
  steps: number;
  width: number;
  height: number;
  /** its tasks have other settings than these, each its own */
  mixed: boolean;
}

export interface Job {
  id: string;
  name: string;
  kind: string;
  state: JobState;
  created: number;
  tasks: Partial<Record<TaskState | "total", number>>;
  images: { total: number; expected: number; unreviewed: number; kept: number; rejected: number; findings: number };
  progress: number;
  recipe: Recipe;
  eta: number | null;
  cover: string | null;
  started: number | null;
  finished: number | null;
  hold: Hold | null;
  priority: number;
  archived: boolean;
  error: string;
  windows: Window[];
  /** seconds since the epoch; null if its windows are open, or it has none */
  opens: number | null;
  /** when it will be done, in seconds since the epoch; null where that cannot be told */
  ends: number | null;
  waits: Waits;
  /** the composer can change it, and make it again */
  composed: boolean;
}

/** What of a task the page keeps: with ten thousand of them, every field counts. */
export interface Task {
  id: string;
  job: string;
  index: number;
  state: TaskState;
  error: string;
  label: string;
  /** what sets the image apart that it starts from; "" where there is none */
  source_label?: string;
  images: number;
  width: number;
  height: number;
  /** its place on the axes; none where it is outside of the job as it is now */
  coords: number[];
  /** how many of its images were deleted for good */
  purged?: number;
  /** the image that it starts from */
  source?: string | null;
}

/** What of an image the page keeps. */
export interface Image {
  id: string;
  job: string;
  task: string;
  index: number;
  width: number;
  height: number;
  trashed: boolean;
  findings: Finding[];
  version: string;
  verdict: Verdict;
  rating: number;
  created: number;
}

/** What was left alone, and why. `name`: of its file, "" where it is not known. */
export interface Failure {
  id: string;
  message: string;
  name: string;
}

/** An output folder that holds images; `images`: those that no job has. */
export interface ImportFolder {
  id: string;
  name: string;
  images: number;
  known: number;
  oldest: number;
  newest: number;
  /** the WebUI's own "Save" puts its copies there */
  saved?: boolean;
}

export interface ImportState {
  state: "idle" | "counting" | "reading" | "saving" | "done" | "cancelled" | "failed";
  total: number;
  read: number;
  images: number;
  jobs: JobName[];
  already: number;
  bare: number;
  failed: Failure[];
  failed_total: number;
  message: string;
}

/** Of a bulk action: what was left alone says why. */
export interface Result {
  done: number;
  failed: Failure[];
  undo: string | null;
  /** of those done, how many had no file any more */
  gone?: number;
}

/** `found`: how many of those that were looked at have findings. */
export interface Audited extends Result {
  found: number;
}

export interface Selection {
  images?: string[];
  jobs?: string[];
  verdict?: Verdict;
  findings?: boolean;
}

export type DeriveAction = "img2img" | "hires" | "upscale" | "variations" | "rerender";

export interface DeriveSpec {
  selection: Selection;
  action: DeriveAction;
  changes: Payload;
  axes: Axis[];
  name: string;
  hold: boolean;
  windows: Window[];
  priority: number;
  force: boolean;
  skip_made: boolean;
  drawn_with: number;
}

/** The names of what is installed. */
export interface Catalog {
  loras: string[];
  styles: string[];
  wildcards: string[];
  checkpoints: string[];
  vaes: string[];
  samplers: string[];
  schedulers: string[];
  upscalers: string[];
  latent_upscale_modes: string[];
}

/** Of a deleted job: images that could not go to the trash say why. */
export interface Deleted {
  /** images that could not be moved: the job stays with them */
  failed?: Failure[];
  /** how many images went to the trash */
  trashed?: number;
  /** takes them and the job out of it again */
  undo?: string | null;
}

export interface Trash {
  images: Image[];
  /** of their files, in the same order */
  sizes: number[];
  bytes: number;
  /** how many files lie there that no job knows */
  strays: number;
  /** whose the images are */
  jobs: JobName[];
}

export interface JobList {
  epoch: string;
  revision: number;
  jobs: Job[];
  total: number;
  states: Partial<Record<JobState, number>>;
}

export interface JobDetail {
  epoch: string;
  revision: number;
  job: Job;
  axes: Axis[];
  tasks: Task[];
  images: Image[];
  parents: JobName[];
  children: JobName[];
  axes_words: AxisWords[];
}

/** An axis as a person reads it; `values` in the order of the axis. */
export interface AxisWords {
  title: string;
  values: string[];
}

/** Where images lie side by side, can be picked and walked through: the grid, the table. A place counts from 0. */
export interface Surface {
  element: HTMLElement;
  scroller: HTMLElement;
  slotOf(target: EventTarget | null): import("./slots.mjs").Slot | undefined;
  ids(): string[];
  /** what a range from one image to another means, the first at its begin and the last at its end */
  span(from: string | null, to: string): string[];
  focusImage(id: string): void;
  goTo(place: number): void;
  imageAt(place: number): Image | undefined;
  walk(key: string): number | null;
  inside(area: import("./layout.mjs").Area): Image[];
}

/** `start` and `end` are "HH:MM"; `days`: 0 = Monday, none = all. */
export interface Window {
  start: string;
  end: string;
  days?: number[];
}

/** Times in seconds since the epoch, null where that cannot be told. */
export interface RunJob {
  job: string;
  name: string;
  priority: number;
  state: JobState;
  reason: string;
  tasks: number;
  windows: Window[];
  seconds: number | null;
  starts: number | null;
  ends: number | null;
}

export interface RunPlan {
  now: number;
  timezone: string;
  jobs: RunJob[];
  ends: number | null;
}

export interface JobName {
  id: string;
  name: string;
}

export interface Live {
  task: string | null;
  job: string | null;
  fraction: number;
  step: number;
  steps: number;
  eta: number | null;
  preview: number;
}

export interface Notice {
  severity: "error" | "warning" | "info";
  code: string;
  message: string;
}

export interface Status {
  version: string;
  scheduler: {
    attached: boolean; name: string; paused: boolean; paused_by: string; running: string | null; problem: string;
  };
  store: {
    epoch: string; revision: number; jobs: number; tasks: number; images: number; read_only: boolean; problem: string;
    trashed: number;
  };
  waiting: number;
  running: number;
  eta: number | null;
  notices: Notice[];
  work: Work[];
  /** why no task of any job may start */
  hold: Hold | null;
  /** when what waits will be done, in seconds since the epoch; null where that cannot be told */
  ends: number | null;
}

/** A bulk action that is under way: so many images of a total. */
export interface Work {
  what: string;
  done: number;
  total: number;
}

export interface Changes {
  epoch: string;
  revision: number;
  reset: boolean;
  jobs: Job[];
  tasks: Task[];
  images: Image[];
  removed: { jobs: string[]; tasks: string[]; images: string[] };
  live: Live;
  status: Status;
  /** of the job that was asked about */
  ends: number | null;
  waits: Waits;
}

export interface Capture {
  id: string;
  kind: string;
  payload: Payload;
  name: string;
  batch_count: number;
  summary: string[];
  not_frozen: string[];
}

export interface Relative {
  image: Image;
  job_name: string;
  label: string;
}

export interface Lineage {
  sources: Relative[];
  made: Relative[];
  made_total: number;
  lost: boolean;
}

export interface ImageInfo {
  image: Image & { path: string };
  job: Job;
  task: Task | null;
  recipe: [string, string][];
  infotext: string;
  bytes: number;
  missing: boolean;
  lineage: Lineage;
}

declare global {
  interface Window {
    inuJobs?: { captured: (answer: string | { error?: string }, shift: boolean) => void };
    onUiLoaded?: (callback: () => void) => void;
  }
}
