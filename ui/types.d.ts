// The requests and answers of /inu-jobs/v1. Made from inu_jobs/api: do not edit, run
// "python -m tests.typescript".
// What the page itself makes of them is in page.d.ts.

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
export type Payload = { [key: string]: Json };

export type DeriveAction = "img2img" | "hires" | "upscale" | "variations" | "rerender";
export type HoldReason = "user" | "errors" | "requeue" | "memory" | "disk" | "payload";
export type Hospitality = "off" | "last" | "turn" | "first";
export type JobState = "held" | "waiting" | "running" | "review" | "done" | "failed" | "cancelled";
export type Kind = "txt2img" | "img2img" | "upscale" | "adopted" | "imported";
export type TaskState = "held" | "queued" | "running" | "done" | "failed" | "interrupted" | "cancelled" | "lost";
export type Verdict = "unreviewed" | "kept" | "rejected";
export type Waits = "" | "others" | "window" | "hold" | "stopped";
export type ExportFormat = "zip" | "sheet" | "csv" | "json";
export type SheetPicture = "jpeg" | "png";
export type TaskKind = "txt2img" | "img2img";

/** A question that a recipe asks before use: the answer replaces `{key}` in its texts. */
export interface Ask {
  key: string;
  label: string;
  kind: "lora" | "checkpoint" | "text" | "sampler";
  default?: string;
}

/** `found`: how many of the checked images now have findings. */
export interface Audited extends Result {
  found: number;
}

/**
 * One field that varies. `field`: a dotted path into the payload (`seed`, `prompt`,
 * `override_settings.sd_model_checkpoint`), or one of plan/axes/special_fields.py; `values`: its JSON values, in
 * order. `text`: how they were written ("0.3-0.6 (+0.1)", a template, a file of prompts), '' if given one by one;
 * `template`: None if the text is enough.
 */
export interface Axis {
  field: string;
  values: Json[];
  text?: string;
  template?: Writing | null;
}

/**
 * What varies, with exactly one of: `values`, JSON values; `text`, for numbers in the notation of the WebUI's X/Y/Z
 * plot ("0.3-0.6 (+0.1)"), for anything else a comma-separated list, as a line of CSV; `template`, for `prompt` and
 * `negative_prompt`. `field`: a dotted path into the payload, or `size` ("512x768"); `lora:NAME` or `lora:*`, the
 * strength of a LoRA in the prompt, null for none; `swap:NAME`, the LoRA that replaces it, null for none;
 * `replace:TEXT`, what replaces TEXT in the prompt and the negative prompt.
 */
export interface AxisSpec {
  field: string;
  values?: Json[];
  text?: string;
  template?: Template;
}

/**
 * An axis in readable form: `title` as a heading; `values` in the order of the axis; `unit`: what one value is called
 * ("step count").
 */
export interface AxisWords {
  title: string;
  unit: string;
  values: string[];
}

/**
 * What "Queue as job" captured. `summary`: short facts for the composer ("Euler a, 20 steps", ...). `not_frozen`,
 * `not_frozen_says`: sentences about what could not be captured and follows the current settings. `axes`: what the
 * page itself varies, as in `JobSpec.axes`: the files of img2img's Batch tab.
 */
export interface Capture {
  id: string;
  kind: TaskKind;
  payload: Payload;
  name: string;
  batch_count: number;
  summary: string[];
  not_frozen: string[];
  axes: AxisSpec[];
  not_frozen_says: Says[];
}

/**
 * What has changed after `since`. `reset`: fetch everything again (another epoch, or too old). `ends`, `waits`: of
 * the requested job, which changes of other jobs may affect.
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
 * What was deleted at once. `trashed`: how many images were moved to the trash; while some are there, the job stays,
 * archived. `failed`: images whose file stayed in place; then the job stays listed, with them. `undo`: for POST
 * /undo.
 */
export interface Deleted extends Removed {
  trashed: number;
  failed: Failure[];
  undo: string | null;
}

/**
 * New images from existing ones. `changes`: dotted path -> how that value of each image's own payload changes: a
 * plain JSON value sets it; `{"scale": 1.5}` multiplies; for texts `{"prefix": s}`, `{"suffix": s}`, `{"replace":
 * [old, new]}`. The path `lora:NAME` (or `lora:*`) is the strength of a LoRA in the prompt. `axes` multiply, with the
 * same paths. For `upscale` the paths are `upscaler`, `scale`, `upscaler_2`, `upscaler_2_visibility`, `gfpgan`,
 * `codeformer` (visibilities from 0 to 1) and `codeformer_weight`. `skip_made`: skip what an earlier derive has
 * already made. `leave_out`: titles of always-on scripts not to carry over ("ControlNet", say); they then run with
 * their defaults.
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
 * What the extension Dynamic Prompts (`title` among the always-on scripts) will do: `combinatorial`, make every
 * combination of the prompt in one task, `images` in all tasks (None: too many to count, or unknown), each `batches`
 * times and at most `most` of them (0: all); otherwise, fill in the prompt again for each image. `template`: a
 * template axis of ours could do the same.
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
 * A plan of what will wait after the edit. `kept`: finished or running tasks, which stay; `dropped`: waiting tasks
 * that will be removed; `added`: new ones.
 */
export interface EditPlan extends Plan {
  kept: number;
  dropped: number;
  added: number;
}

/** `download`: fetch it with GET /exports/{download}, any number of times within 10 minutes. */
export interface Export {
  download: string;
  name: string;
  images: number;
}

/** Why something was skipped, in one sentence. `id`: of the image or the job. `name`: of its file, '' if unknown. */
export interface Failure {
  id: string;
  message: string;
  name: string;
  says: Says | null;
}

/**
 * What preflight or the audit noticed. An `error` means that the result cannot be what was requested. `name`: what
 * the message is about, as written in `field`. Applies to `count` `of` so many tasks, images or combinations; 0: to
 * all.
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

/** One page of search results; `total`: how many there are in all; `jobs`: the jobs of these images. */
export interface FoundImages {
  images: ImageView[];
  total: number;
  jobs: JobName[];
}

/**
 * `name`: of its file; `bytes`: its size. `index`: among the images of its task; `subseed` only with variation,
 * `prompt` only if a script or a style changed it.
 */
export interface GuestImage {
  id: string;
  name: string;
  bytes: number;
  index: number;
  width: number;
  height: number;
  seed: number | null;
  subseed: number | null;
  prompt: string | null;
  version: string;
}

/** `run`: when guests' tasks run. */
export interface GuestList {
  run: Hospitality;
  guests: GuestSummary[];
}

/** `name`: what the guest calls itself. Tasks that are there already stay as they are. */
export interface GuestSpec {
  name: string;
  kind: TaskKind;
  tasks: GuestTaskSpec[];
}

/**
 * What the owner sees of a guest. `job`: for pausing, reordering or deleting it like any other; `tasks`: count by
 * state, plus 'total'; `images` and `seconds`: what was made, and how long that took; `silence`: seconds since it
 * asked; `forgotten`: that is so long that nothing more starts.
 */
export interface GuestSummary {
  job: string;
  name: string;
  tasks: { [key: string]: number };
  images: number;
  seconds: number;
  waits: Waits;
  silence: number;
  forgotten: boolean;
}

/** `id`: as it was put. `started`, `finished`: by this machine's clock. */
export interface GuestTask {
  id: string;
  state: TaskState;
  images: GuestImage[];
  error: string;
  error_says: Says | null;
  started: number | null;
  finished: number | null;
}

/**
 * `id`: 8 to 64 letters, digits, "-" or "_", chosen by the guest. `payload`: as `JobSpec.payload`, with a seed, and
 * with `n_iter` 1.
 */
export interface GuestTaskSpec {
  id: string;
  payload: Payload;
}

/** Tasks of a guest, by their ids there. */
export interface GuestTasks {
  tasks: string[];
}

/**
 * What a guest sees of its tasks. `waits`: why none of them starts now; `reason`: the same as a sentence, where there
 * is one. `eta`: seconds of work left, None if unknown.
 */
export interface GuestView {
  id: string;
  name: string;
  tasks: GuestTask[];
  waits: Waits;
  reason: string;
  reason_says: Says | null;
  eta: number | null;
}

/**
 * Why a job, or everything, is on hold: `title` in a few words, `message` in full; `says` is the latter's template.
 */
export interface HoldView {
  by: HoldReason;
  title: string;
  message: string;
  title_says: Says | null;
  says: Says | null;
}

/** `expected`: how many there will be, without deleted ones. */
export interface ImageCounts {
  total: number;
  expected: number;
  unreviewed: number;
  kept: number;
  rejected: number;
  findings: number;
}

/** Images of any jobs as a file. */
export interface ImageExport {
  selection: Selection;
  format: ExportFormat;
  picture?: SheetPicture;
}

/**
 * `parameters`: (label, value) pairs with the WebUI's own labels, of which the first `prompts` are prompts;
 * `payload`: the request.
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

/** An image of a job: sizes in pixels, times in seconds since the epoch. */
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
 * `images`: how many are new; `known`: how many already belong to a job. `oldest`, `newest`: when its files were
 * written, in seconds. `saved`: the WebUI's own "Save" copies images there.
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

/** The output folders that contain images, newest first. */
export interface ImportFolders {
  folders: ImportFolder[];
}

/**
 * `folders`: ids from GET /import/folders; UNSET: all. `since`, `until`: local days such as "2026-11-24", both
 * included, by when the files were written.
 */
export interface ImportSpec {
  folders?: string[];
  since?: string;
  until?: string;
}

/**
 * `total`: files to read, `read`: those read so far. At the end: `images` became `jobs`; `already`, `bare` (without
 * parameters), `grids` and `failed_total` were skipped; `failed` has the first 100 failures (`id`: the file).
 * `message`: the result in one sentence.
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

/** What to change about a job; anything not given stays. `lines` '' removes the list of prompts. */
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
 * `selection` narrows down the job's images. `picture`: the format of a contact sheet or a matrix. The rest is for a
 * matrix: `rows` and `columns` are indices of the job's axes (-1: none), `at` has an index into the values of each
 * axis, used for the other axes; `kept`: only kept images.
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

/** Only the given fields are changed. */
export interface JobPatch {
  name?: string;
  note?: string;
  priority?: number;
  windows?: Window[];
  archived?: boolean;
}

/**
 * `axes` multiply. `payload`: in the WebUI's API format; files are tokens or base64. `lines`: a text with one prompt
 * per line, or options (`--prompt "a cat" --steps 20`), in the format of the WebUI's script "Prompts from file"; it
 * multiplies with the axes, and what a line sets overrides them. `lines_at`: whether its prompts replace the others
 * or are added at their start or end.
 */
export interface JobSpec {
  kind: TaskKind;
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
 * when it will be done, counting what runs before it and its run windows, in seconds since the epoch, or None;
 * `waits`: why it does not run now, as in `Plan`. `error`: the latest failure in plain words.
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
 * `sources`: what an image was made from, nearest first. `made`: what was made directly from it, oldest job first,
 * the first 200; `made_total`: how many there are. `lost`: the first source was made from an image that is no longer
 * known.
 */
export interface Lineage {
  sources: Relative[];
  made: Relative[];
  made_total: number;
  lost: boolean;
}

/** What is running. `preview` increases with each new live preview (GET /live/preview?n=...). */
export interface Live {
  task: string | null;
  job: string | null;
  fraction: number;
  step: number;
  steps: number;
  eta: number | null;
  preview: number;
}

/** A machine in the queue's status; see `MachineView`. */
export interface MachineLine {
  id: string;
  name: string;
  state: "off" | "starting" | "ready" | "resting" | "problem";
  reason: string;
  reason_says: Says | null;
  running: number;
  seconds: number | null;
}

export interface MachineList {
  machines: MachineView[];
}

/** `enabled`: whether it gets tasks. */
export interface MachinePatch {
  name?: string;
  enabled?: boolean;
}

/**
 * `address`: of its WebUI's page; `user`, `password`: of its --api-auth or --gradio-auth; `name`: '' for its address.
 */
export interface MachineSpec {
  address: string;
  user?: string;
  password?: string;
  name?: string;
}

/**
 * `ok`: it takes tasks; `message`: what is wrong, or what was found. `checkpoints`, `loras`: what it lacks of those
 * that are here, at most 20 of each, and how many there are.
 */
export interface MachineTest {
  ok: boolean;
  message: string;
  says: Says | null;
  version: string;
  device: string;
  checkpoints: string[];
  loras: string[];
  checkpoints_missing: number;
  loras_missing: number;
}

/**
 * `address`: of its WebUI; its password is never told. `state`: 'off' (switched off), 'starting' (not asked yet),
 * 'ready', 'resting' (its owner stopped our tasks, or they fail there), or 'problem'; `reason`: why it takes none.
 * `waiting`, `running`: tasks of ours that it has; `made`: since the start; `seconds`: an average task, None if
 * unknown; `missing`: what waiting tasks need and it has not.
 */
export interface MachineView {
  id: string;
  name: string;
  address: string;
  user: string;
  enabled: boolean;
  state: "off" | "starting" | "ready" | "resting" | "problem";
  reason: string;
  reason_says: Says | null;
  version: string;
  device: string;
  waiting: number;
  running: number;
  made: number;
  seconds: number | null;
  missing: string[];
}

/**
 * How many other machines there are, how many of them take tasks, and how many of our tasks run on them. `lines`: at
 * most 4 of those that are switched on, first those that take no tasks.
 */
export interface MachinesView {
  total: number;
  ready: number;
  running: number;
  lines: MachineLine[];
}

/** Something that the user should know and that belongs to no job: one sentence. */
export interface Notice {
  severity: "error" | "warning" | "info";
  code: string;
  message: string;
  says: Says | null;
}

/**
 * The settings in short, for the job's subtitle; '' or 0 if unknown, or if its tasks' own payloads differ. `mixed`:
 * they differ in more than the prompt.
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
 * `sample`: the first tasks, each `{"changes": {...}, "prompt": str, "label": str}`; the label tells what varies
 * besides the prompt. `seconds`: None if this machine has no data; in four cases out of five, it takes between `low`
 * and `high`. `loads`: how often another model is loaded in between. `loras`: the names in the prompts. `starts` and
 * `ends`: when it would run and be done, counting what is already waiting, its run windows and its hold; `waits`: why
 * it would not run at once, see `model.Waits`. `dynamic`: if the extension Dynamic Prompts fills in the prompts.
 * `controlnet`: for a derive, how many of the images were made with ControlNet, which is carried over unless left
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

/** Every unsuccessful response. `detail`: one sentence; `says`: its template and values. */
export interface Problem {
  detail: string;
  field?: string;
  findings?: Finding[];
  says?: Says | null;
}

/** `tasks`: `{"changes": {...}}` for each line, dotted path -> value. */
export interface PromptLines {
  tasks: Payload[];
  findings: Finding[];
}

/** The first 1,000 of a template. `total`: how many it makes, None if more than a job can have. */
export interface Prompts {
  prompts: string[];
  total: number | null;
  findings: Finding[];
}

/** The prompts of a template, as a preview. */
export interface PromptsExpand {
  template: Template;
}

/** `text`: as `JobSpec.lines`; `kind`: the kind of request that its options are for. */
export interface PromptsFile {
  text: string;
  kind?: TaskKind;
}

/** `selection` UNSET: the whole trash. `for_good`: bypass the system's recycle bin. */
export interface Purge {
  selection?: Selection;
  for_good?: boolean;
}

/** Built-in ones first, then the user's, newest first. */
export interface RecipeList {
  recipes: SavedRecipe[];
}

/** A recipe as a file: it can be shared, and imported by sending it here. */
export interface RecipeSpec {
  name: string;
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
  format?: "inu-jobs-recipe-1";
}

/** An image in another's lineage. `label`: what distinguishes its task on the axes, in short. */
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
 * Of a bulk action. `undo`: for POST /undo, None if nothing was done or it cannot be undone; undoing returns a
 * Result, too, whose `undo` redoes it. `gone`: how many of those done no longer had a file, so that only their
 * records were deleted.
 */
export interface Result {
  done: number;
  failed: Failure[];
  undo: string | null;
  gone: number;
}

/**
 * `reason`: why it does not run now, '' if it does or is next. `starts` and `ends`: seconds since the epoch, None if
 * unknown; `seconds` of work left.
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
 * Which job runs when, as far as known, in order. `timezone`: the machine's, as "+01:00". `ends`: when nothing is
 * waiting any more.
 */
export interface RunPlan {
  now: number;
  timezone: string;
  jobs: RunJob[];
  ends: number | null;
}

/** `builtin`: it comes with Inu Jobs, and cannot be deleted. */
export interface SavedRecipe {
  name: string;
  note: string;
  kind: "txt2img" | "img2img" | "";
  payload: Payload;
  axes: AxisSpec[];
  lines: string;
  lines_at: "instead" | "start" | "end";
  asks: Ask[];
  own_seeds: boolean | null;
  windows: Window[];
  priority: number;
  id: string;
  created: number;
  builtin: boolean;
}

/**
 * A sentence in the store and the web API: `text` is the template, with `{name}` for each of `values`. Numbers are
 * counts; anything that is not a count (a seed, a size in pixels) is a string. A sentence with singular and plural
 * forms has the count as `n`.
 */
export interface Says {
  text: string;
  values: { [key: string]: string | number | Says };
}

/** Agent Scheduler's state; `problem`: why it cannot be used, in one sentence. */
export interface SchedulerView {
  attached: boolean;
  name: string;
  paused: boolean;
  paused_by: string;
  running: string | null;
  problem: string;
  problem_says: Says | null;
  setup: Setup | null;
}

export interface Selected {
  selection: Selection;
}

/**
 * Either `images`, or all images of `jobs` that match the other fields. Images in the trash are only included in
 * routes about the trash.
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

/** The verdict for all images of `selection`. */
export interface SetVerdict {
  selection: Selection;
  verdict: Verdict;
}

/**
 * What keeps Agent Scheduler from running, and what helps. `message`: one sentence; `offer`: which of POST
 * /scheduler/install, /enable and /restart helps, '' if none does or may; `hint`: why none may, or what to know
 * before; `failure`: why the last of them failed; `source`: what would be installed; `report`: for a bug report, with
 * all versions; `start`: changes with each start of the WebUI; `back_in`: seconds until a restarting WebUI should be
 * back. Send it no requests before that: with --api, A1111 1.10.1 ends at one that comes while it starts.
 */
export interface Setup {
  state: "ready" | "starting" | "missing" | "disabled" | "wrong" | "clash" | "incomplete" | "broken" | "restart" | "installing" | "restarting";
  message: string;
  message_says: Says | null;
  offer: "" | "install" | "enable" | "restart";
  hint: string;
  hint_says: Says | null;
  failure: string;
  failure_says: Says | null;
  source: string;
  report: string;
  start: string;
  back_in: number;
}

/**
 * `waiting`/`running`: our tasks that will run without the user's help. `eta`: seconds of work in them, or None;
 * `ends`: when they will be done, in seconds since the epoch, or None. `hold`: why no task of any job may start.
 * `device`: the graphics card, '' if unknown; `machines`: the other ones, None if there are none.
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
  device: string;
  machines: MachinesView | null;
}

/** The store's state, and how much it contains. */
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
 * `label`: what distinguishes this task on the axes, in short, with the seed that was drawn for it; `axes_label`:
 * without that. `purged`: how many of its images have been permanently deleted. `error_says`: template and values of
 * `error`; `machine`: the name of the one that has or made it, '' if this one.
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
  machine: string;
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
 * `images`: the images in the trash, newest first; `sizes`: of their files, in the same order; `bytes`: of all of
 * them. `strays`: how many files there belong to no job. `jobs`: the jobs of these images.
 */
export interface TrashList {
  images: ImageView[];
  sizes: number[];
  bytes: number;
  strays: number;
  jobs: JobName[];
}

/** `undo`: that of an earlier result. */
export interface Undo {
  undo: string;
}

/**
 * When tasks may start: `start` and `end` are "HH:MM" in local time. `end` at or before `start` is on the next day.
 * `days` (0 = Monday .. 6): when it opens, [] = every day.
 */
export interface Window {
  start: string;
  end: string;
  days?: number[];
}

/**
 * A bulk action in progress. `id`: the action ("trash", "restore", "purge", "audit", "save"), or an export's
 * `download`; `what`, `says`: the action in words, as in "Moving to the trash"; `done` of `total` images.
 */
export interface Work {
  id: string;
  what: string;
  done: number;
  total: number;
  says: Says | null;
}

/**
 * What else is needed to read an axis' text again: `mode`, `count` and `seed` of a template, as in `Template`; for a
 * prompt file, where its lines are added (`at`).
 */
export interface Writing {
  mode?: "random" | "combinatorial";
  count?: number;
  seed?: number;
  at?: "instead" | "start" | "end";
}
