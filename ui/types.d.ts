// The requests and answers of /inu-jobs/v1. Made from inu_jobs/api: do not edit, run
// "python -m tests.typescript".
// What the page itself makes of them is in page.d.ts.

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Payload = { [key: string]: Json };

export type DeriveAction = "img2img" | "hires" | "upscale" | "variations" | "rerender";
export type HoldReason = "user" | "errors" | "requeue" | "memory" | "disk" | "payload";
export type JobState = "held" | "waiting" | "running" | "review" | "done" | "failed" | "cancelled";
export type Kind = "txt2img" | "img2img" | "upscale" | "adopted" | "imported";
export type TaskState = "held" | "queued" | "running" | "done" | "failed" | "interrupted" | "cancelled" | "lost";
export type Verdict = "unreviewed" | "kept" | "rejected";
export type Waits = "" | "others" | "window" | "hold" | "stopped";
export type ExportFormat = "zip" | "sheet" | "csv" | "json";
export type SheetPicture = "jpeg" | "png";

/** What a recipe asks for before it is used: `{key}` in its texts is filled in with the answer. */
export interface Ask {
  key: string;
  label: string;
  kind: "lora" | "checkpoint" | "text" | "sampler";
  default?: string;
}

/** `found`: how many of those that were looked at have findings now. */
export interface Audited extends Result {
  found: number;
}

/**
 * One field that varies. `field` is a dotted path into the payload (`seed`, `prompt`,
 * `override_settings.sd_model_checkpoint`), or one of plan/axes/special_fields.py; `values` are the JSON values it
 * takes, in order. `text`: how they were written ("0.3-0.6 (+0.1)", a template, a file of prompts), '' where they
 * were given one by one; `template`: None where the text says all.
 */
export interface Axis {
  field: string;
  values: Json[];
  text?: string;
  template?: Writing | null;
}

/**
 * What varies, and exactly one of: `values`, JSON values one by one; `text`, for numbers in the notation of the
 * WebUI's X/Y/Z plot ("0.3-0.6 (+0.1)"), for anything else a list with commas, as a line of CSV; `template`, for
 * `prompt` and `negative_prompt`. `field`: a dotted path into the payload, or `size` ("512x768"); `lora:NAME` or
 * `lora:*`, the strength of a LoRA in the prompt, null for none; `swap:NAME`, the LoRA that takes its place, null for
 * none; `replace:TEXT`, what stands in TEXT's place in the prompt and the negative prompt.
 */
export interface AxisSpec {
  field: string;
  values?: Json[];
  text?: string;
  template?: Template;
}

/**
 * An axis as a person reads it: `title` as a heading; `values` in the order of the axis; `unit`: what one of them is
 * called ("step count").
 */
export interface AxisWords {
  title: string;
  unit: string;
  values: string[];
}

/**
 * What "Queue as job" froze. `summary`: short facts for the composer ("Euler a, 20 steps", ...). `not_frozen`,
 * `not_frozen_says`: sentences on what could not be captured and follows the settings of the moment. `axes`: what the
 * page itself varies, as `JobSpec.axes`: the files of img2img's Batch tab.
 */
export interface Capture {
  id: string;
  kind: "txt2img" | "img2img";
  payload: Payload;
  name: string;
  batch_count: number;
  summary: string[];
  not_frozen: string[];
  axes: AxisSpec[];
  not_frozen_says: Says[];
}

/**
 * What changed after `since`. `reset`: fetch everything again (another epoch, or too old). `ends`, `waits`: of the
 * job that was asked about, which others may have moved.
 */
export interface Changes {
  epoch: string;
  revision: number;
  reset: boolean;
  jobs: JobSummary[];
  tasks: TaskView[];
  images: ImageView[];
  removed: Removed;
  live: Live;
  status: Status;
  ends: number | null;
  waits: Waits;
}

/**
 * What went at once. `trashed`: how many images went to the trash; while some lie there, the job stays, archived.
 * `failed`: images whose file was left where it is; then the job stays listed, with them. `undo`: for POST /undo.
 */
export interface Deleted extends Removed {
  trashed: number;
  failed: Failure[];
  undo: string | null;
}

/**
 * New images from known ones. `changes`: dotted path -> what happens to that value of each image's own payload: a
 * plain JSON value sets it; `{"scale": 1.5}` multiplies; for texts `{"prefix": s}`, `{"suffix": s}`, `{"replace":
 * [old, new]}`. The path `lora:NAME` (or `lora:*`) is the strength of a LoRA in the prompt. `axes` multiply, with the
 * same paths. For `upscale` the paths are `upscaler`, `scale`, `upscaler_2`, `upscaler_2_visibility`, `gfpgan`,
 * `codeformer` (visibilities from 0 to 1) and `codeformer_weight`. `skip_made`: leave out what an earlier derive
 * already made. `leave_out`: always-on scripts, by title, that are not to come along ("ControlNet", say); they do
 * what they do by default then.
 */
export interface DeriveSpec {
  selection: Selection;
  action: DeriveAction;
  changes?: Payload;
  axes?: AxisSpec[];
  name?: string;
  hold?: boolean;
  priority?: number;
  force?: boolean;
  skip_made?: boolean;
  leave_out?: string[];
  windows?: Window[];
  drawn_with?: number | null;
}

/**
 * What the extension Dynamic Prompts, `title` among the always-on scripts, will do: `combinatorial`, make every
 * combination of the prompt in one task, `images` in all tasks (None: more than can be counted, or not told by the
 * template), each `batches` times and at most `most` of them (0: all); else fill in the prompt anew for each image.
 * `template`: our own template of the prompt would do as well.
 */
export interface Dynamic {
  title: string;
  combinatorial: boolean;
  batches: number;
  most: number;
  images: number | null;
  template: boolean;
}

/**
 * A plan of what will wait after the edit. `kept`: finished or running tasks, which stay; `dropped`: waiting ones
 * that go; `added`: new ones.
 */
export interface EditPlan extends Plan {
  kept: number;
  dropped: number;
  added: number;
}

/** `download`: fetch it with GET /exports/{download}, as often as wanted within 10 minutes. */
export interface Export {
  download: string;
  name: string;
  images: number;
}

/**
 * Why something was left alone, in one sentence. `id`: of the image, or of the job. `name`: that of its file, ''
 * where it is not known any more.
 */
export interface Failure {
  id: string;
  message: string;
  name: string;
  says: Says | null;
}

/**
 * What preflight or audit noticed. An `error` means the result cannot be what was asked. `name`: what the message
 * names, as it stands in `field`. It is so with `count` `of` so many tasks, images or combinations; 0: of all.
 */
export interface Finding {
  severity: "error" | "warning";
  code: string;
  message: string;
  field?: string;
  suggestion?: string;
  name?: string;
  count?: number;
  of?: number;
  says?: Says | null;
}

/** One page of what was looked for; `total`: how many there are in all; `jobs`: whose these are. */
export interface FoundImages {
  images: ImageView[];
  total: number;
  jobs: JobName[];
}

/** Why a job, or everything, stands still: in a few words, and all that there is to say, `says` the same. */
export interface HoldView {
  by: HoldReason;
  title: string;
  message: string;
  title_says: Says | null;
  says: Says | null;
}

/** `expected`: how many there are to be, without what was thrown away. */
export interface ImageCounts {
  total: number;
  expected: number;
  unreviewed: number;
  kept: number;
  rejected: number;
  findings: number;
}

export interface ImageExport {
  selection: Selection;
  format: ExportFormat;
  picture?: SheetPicture;
}

/**
 * `parameters`: (label, value) pairs in the WebUI's own words, the first `prompts` of which are prompts; `payload`:
 * what was sent.
 */
export interface ImageInfo {
  image: ImageView;
  job: JobSummary;
  task: TaskView | null;
  recipe: ([string, string])[];
  prompts: number;
  infotext: string;
  payload: Payload | null;
  bytes: number;
  missing: boolean;
  lineage: Lineage;
}

export interface ImageView {
  id: string;
  job: string;
  task: string;
  index: number;
  path: string;
  width: number;
  height: number;
  seed: number | null;
  verdict: Verdict;
  rating: number;
  trashed: boolean;
  findings: Finding[];
  created: number;
  version: string;
}

/**
 * `images`: how many in it no job has; `known`: how many one has. `oldest`, `newest`: when its files were written, in
 * seconds. `saved`: the WebUI's own "Save" puts its copies there.
 */
export interface ImportFolder {
  id: string;
  name: string;
  images: number;
  known: number;
  oldest: number;
  newest: number;
  saved: boolean;
}

export interface ImportFolders {
  folders: ImportFolder[];
}

/**
 * `folders`: ids of GET /import/folders; UNSET: all. `since`, `until`: local days as "2026-11-24", both included, by
 * when the files were written.
 */
export interface ImportSpec {
  folders?: string[];
  since?: string;
  until?: string;
}

/**
 * `total`: files to look at, `read`: those looked at. At the end: `images` became `jobs`; `already`, `bare` (no
 * parameters in them), `grids` and `failed_total` were left out, of the last the first 100 in `failed` (`id`: the
 * file). `message`: the result in one sentence.
 */
export interface ImportState {
  state: "idle" | "counting" | "reading" | "saving" | "done" | "cancelled" | "failed";
  total: number;
  read: number;
  images: number;
  jobs: JobName[];
  already: number;
  bare: number;
  grids: number;
  failed: Failure[];
  failed_total: number;
  message: string;
  says: Says | null;
}

/**
 * `axes_words`: one for each of `axes`, in order. `parents`: the jobs whose images this one starts from; `children`:
 * those that start from images of this one.
 */
export interface JobDetail {
  epoch: string;
  revision: number;
  job: JobSummary;
  axes: Axis[];
  payload: Payload;
  tasks: TaskView[];
  images: ImageView[];
  parents: JobName[];
  children: JobName[];
  axes_words: AxisWords[];
}

/** What of a job shall be otherwise; what is not given stays. `lines` '' takes the list of prompts away. */
export interface JobEdit {
  payload?: Payload;
  axes?: AxisSpec[];
  lines?: string;
  lines_at?: "instead" | "start" | "end";
  name?: string;
  force?: boolean;
  drawn_with?: number | null;
}

/**
 * `selection` narrows the job's images down. `picture`: what a contact sheet or a matrix is saved as. The rest is for
 * a matrix: `rows` and `columns` are axes of the job by number (-1: none), `at` has the number of a value for each
 * axis, which counts for the others; `kept`: only what was kept.
 */
export interface JobExport {
  format: "zip" | "sheet" | "csv" | "json" | "matrix";
  selection?: Selection | null;
  picture?: SheetPicture;
  rows?: number;
  columns?: number;
  at?: number[];
  kept?: boolean;
}

/** `total`: how many match; `states`: how many of all jobs are in each state. */
export interface JobList {
  epoch: string;
  revision: number;
  jobs: JobSummary[];
  total: number;
  states: { [key: string]: number };
}

export interface JobName {
  id: string;
  name: string;
}

export interface JobPatch {
  name?: string;
  note?: string;
  priority?: number;
  windows?: Window[];
  archived?: boolean;
}

/**
 * `axes` multiply. `payload` is in the WebUI's API form; files are tokens or base64. `lines`: a text with a prompt a
 * line, or options (`--prompt "a cat" --steps 20`), as the WebUI's script "Prompts from file" takes it; it multiplies
 * with the axes, and what a line sets wins. `lines_at`: its prompts stand instead of those that there would be, or at
 * their start or end.
 */
export interface JobSpec {
  kind: "txt2img" | "img2img";
  payload: Payload;
  name?: string;
  axes?: AxisSpec[];
  lines?: string;
  lines_at?: "instead" | "start" | "end";
  hold?: boolean;
  priority?: number;
  note?: string;
  force?: boolean;
  capture?: string | null;
  windows?: Window[];
  drawn_with?: number | null;
}

/**
 * `tasks`: count by task state, plus 'total'. `progress` 0..1. `eta`: seconds of work left in it, or None. `ends`:
 * when it will be done, with what goes before it and its run windows, in seconds since the epoch, or None; `waits`:
 * why it does not go on at once, as in `Plan`. `error`: the newest failure in plain words.
 */
export interface JobSummary {
  id: string;
  name: string;
  kind: Kind;
  state: JobState;
  created: number;
  tasks: { [key: string]: number };
  images: ImageCounts;
  progress: number;
  recipe: Parameters;
  eta: number | null;
  cover: string | null;
  started: number | null;
  finished: number | null;
  hold: HoldView | null;
  priority: number;
  note: string;
  archived: boolean;
  parent: string | null;
  error: string;
  windows: Window[];
  opens: number | null;
  ends: number | null;
  waits: Waits;
  composed: boolean;
  not_composed: string;
  error_says: Says | null;
  not_composed_says: Says | null;
}

/**
 * `sources`: what an image came from, the nearest first. `made`: what came of it directly, oldest job first, the
 * first 200; `made_total`: how many there are. `lost`: the first of them came from an image that is not known any
 * more.
 */
export interface Lineage {
  sources: Relative[];
  made: Relative[];
  made_total: number;
  lost: boolean;
}

/** What runs now. `preview` counts up with each new live preview (GET /live/preview?n=...). */
export interface Live {
  task: string | null;
  job: string | null;
  fraction: number;
  step: number;
  steps: number;
  eta: number | null;
  preview: number;
}

/** Something the user should know that belongs to no job: one sentence. */
export interface Notice {
  severity: "error" | "warning" | "info";
  code: string;
  message: string;
  says: Says | null;
}

/**
 * The settings in short, for the job's subtitle; '' or 0 where unknown, and where its tasks have other ones by their
 * own payloads. `mixed`: that is so of more than the prompt.
 */
export interface Parameters {
  prompt: string;
  checkpoint: string;
  sampler: string;
  scheduler: string;
  steps: number;
  width: number;
  height: number;
  mixed: boolean;
}

/**
 * `sample`: the first tasks, each `{"changes": {...}, "prompt": str, "label": str}`; the label says what varies
 * besides the prompt. `seconds` is None where this machine has nothing to go by; in four cases of five it takes
 * between `low` and `high`. `loads`: how often another model is loaded in between. `loras`: the names in the prompts.
 * `starts` and `ends`: when it would run and be done, with what waits already, its run windows and its hold; `waits`:
 * why it would not run at once, see `model.Waits`. `dynamic`: where the extension Dynamic Prompts fills in the
 * prompts. `controlnet`: of a derive, how many of the images were made with ControlNet, which comes along or is left
 * out.
 */
export interface Plan {
  tasks: number;
  images: number;
  sample: Payload[];
  findings: Finding[];
  seconds: number | null;
  low: number | null;
  high: number | null;
  loads: number;
  bytes: number | null;
  free_bytes: number | null;
  loras: string[];
  starts: number | null;
  ends: number | null;
  waits: Waits;
  dynamic: Dynamic | null;
  controlnet: number;
}

/** Every answer that is not a success. `detail` is one sentence, `says` the same. */
export interface Problem {
  detail: string;
  field?: string;
  findings?: Finding[];
  says?: Says | null;
}

/** `tasks`: of each line `{"changes": {...}}`, dotted path -> value. */
export interface PromptLines {
  tasks: Payload[];
  findings: Finding[];
}

/** The first 1,000 of a template. `total`: how many it makes, None if more than a job takes. */
export interface Prompts {
  prompts: string[];
  total: number | null;
  findings: Finding[];
}

export interface PromptsExpand {
  template: Template;
}

/** `text`: as `JobSpec.lines`; `kind`: what its options are for. */
export interface PromptsFile {
  text: string;
  kind?: "txt2img" | "img2img";
}

/** `selection` UNSET: the whole trash. `for_good`: not even to the recycle bin of the system. */
export interface Purge {
  selection?: Selection;
  for_good?: boolean;
}

/** Those that came with Inu Jobs first, then the user's, the newest first. */
export interface RecipeList {
  recipes: SavedRecipe[];
}

/** A recipe as a file: shared as it is, and imported by sending it here. See `model.Recipe`. */
export interface RecipeSpec {
  name: string;
  format?: "inu-jobs-recipe-1";
  note?: string;
  kind?: "txt2img" | "img2img" | "";
  payload?: Payload;
  axes?: AxisSpec[];
  lines?: string;
  lines_at?: "instead" | "start" | "end";
  asks?: Ask[];
  own_seeds?: boolean | null;
  windows?: Window[];
  priority?: number;
}

/** An image in another's lineage. `label`: what sets its task apart on the axes, in short. */
export interface Relative {
  image: ImageView;
  job_name: string;
  label: string;
}

export interface Removed {
  jobs: string[];
  tasks: string[];
  images: string[];
}

/**
 * Of a bulk action. `undo`: for POST /undo, None where nothing was done or nothing can be undone; undoing answers
 * with a Result too, whose `undo` does it again. `gone`: how many of those done had no file any more, so that only
 * their records went.
 */
export interface Result {
  done: number;
  failed: Failure[];
  undo: string | null;
  gone: number;
}

/**
 * `reason`: why it does not run now, '' if it does or is next. `starts` and `ends`: seconds since the epoch, None
 * where that cannot be told; `seconds` of work left.
 */
export interface RunJob {
  job: string;
  name: string;
  priority: number;
  state: JobState;
  reason: string;
  tasks: number;
  windows: Window[];
  reason_says: Says | null;
  seconds: number | null;
  starts: number | null;
  ends: number | null;
}

/**
 * Which job runs when, as far as can be told: those that go on first come first. `timezone`: the machine's, as
 * "+01:00". `ends`: when nothing waits any more.
 */
export interface RunPlan {
  now: number;
  timezone: string;
  jobs: RunJob[];
  ends: number | null;
}

/** `builtin`: it came with Inu Jobs, and cannot be deleted. */
export interface SavedRecipe {
  id: string;
  name: string;
  created: number;
  note: string;
  kind: "txt2img" | "img2img" | "";
  payload: Payload;
  axes: AxisSpec[];
  lines: string;
  lines_at: "instead" | "start" | "end";
  asks: Ask[];
  builtin: boolean;
  own_seeds: boolean | null;
  windows: Window[];
  priority: number;
}

/**
 * A sentence as the store and the web API have it: `text` is the template, with `{name}` for each of `values`.
 * Numbers are counts; what is no count (a seed, a size in pixels) is a text. A sentence with a form for one and a
 * form for many has the count as `n`.
 */
export interface Says {
  text: string;
  values: { [key: string]: string | number | Says };
}

export interface SchedulerView {
  attached: boolean;
  name: string;
  paused: boolean;
  paused_by: string;
  running: string | null;
  problem: string;
  problem_says: Says | null;
}

export interface Selected {
  selection: Selection;
}

/**
 * Either `images`, or all images of `jobs` that the other fields let through. Images in the trash are meant only
 * where the route is about the trash.
 */
export interface Selection {
  images?: string[];
  jobs?: string[];
  verdict?: Verdict;
  rating_at_least?: number;
  findings?: boolean;
}

/** `rating`: 0 (none) to 5. */
export interface SetRating {
  selection: Selection;
  rating: number;
}

export interface SetVerdict {
  selection: Selection;
  verdict: Verdict;
}

/**
 * `waiting`/`running`: our tasks that will run by themselves. `eta`: seconds of work in them, or None; `ends`: when
 * they will be done, in seconds since the epoch, or None. `hold`: why no task of any job may start.
 */
export interface Status {
  version: string;
  scheduler: SchedulerView;
  store: StoreView;
  waiting: number;
  running: number;
  eta: number | null;
  notices: Notice[];
  work: Work[];
  hold: HoldView | null;
  ends: number | null;
}

export interface StoreView {
  epoch: string;
  revision: number;
  jobs: number;
  tasks: number;
  images: number;
  read_only: boolean;
  problem: string;
  trashed: number;
  problem_says: Says | null;
}

/**
 * `label`: what sets this task apart on the axes, in short, with the seed that was drawn for it; `axes_label`:
 * without that. `purged`: how many of its images were deleted for good. `error_says`: `error`, as all `says`.
 */
export interface TaskView {
  id: string;
  job: string;
  index: number;
  state: TaskState;
  error: string;
  changes: Payload;
  coords: number[];
  label: string;
  axes_label: string;
  source_label: string;
  images: number;
  width: number;
  height: number;
  source: string | null;
  started: number | null;
  finished: number | null;
  purged: number;
  error_says: Says | null;
}

/**
 * Prompts in dynamicprompts' syntax: `{a|b}`, `__wildcard__`. `random`: `count` of them, drawn with `seed`;
 * `combinatorial`: all, or the first `count`. The same template, seed and wildcard files give the same prompts.
 */
export interface Template {
  text: string;
  mode: "random" | "combinatorial";
  count?: number;
  seed?: number;
}

/**
 * `images`: what lies in the trash, the newest first; `sizes`: of their files, in the same order; `bytes`: of all.
 * `strays`: how many files lie there that no job knows. `jobs`: whose the images are.
 */
export interface TrashList {
  images: ImageView[];
  sizes: number[];
  bytes: number;
  strays: number;
  jobs: JobName[];
}

export interface Undo {
  undo: string;
}

/**
 * When tasks may start: `start` and `end` are "HH:MM" of the machine's own clock. `end` at or before `start` is on
 * the next day. `days` (0 = Monday .. 6) are those on which it opens, [] = all.
 */
export interface Window {
  start: string;
  end: string;
  days?: number[];
}

/**
 * A bulk action under way. `id`: what it does ("trash", "restore", "purge", "audit", "save"), or of an export its
 * `download`; `what`, `says`: that in words, as in "Moving to the trash"; `done` of `total` images.
 */
export interface Work {
  id: string;
  what: string;
  done: number;
  total: number;
  says: Says | null;
}

/**
 * What else is to be known to read an axis' text again: `mode`, `count` and `seed` of a template, as in `Template`;
 * of a prompt file where its lines `at` go.
 */
export interface Writing {
  mode?: "random" | "combinatorial";
  count?: number;
  seed?: number;
  at?: "instead" | "start" | "end";
}
