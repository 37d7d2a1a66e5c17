// The composer's model, without the page: from a capture, a job or a recipe to the JobSpec that is sent.

import { Fields } from "../core/fields.mjs";
import { t } from "../core/sentences.mjs";
import { change, swap } from "../plan/name-fixes.mjs";
import { AxisRow } from "./axis-row.mjs";

/** @typedef {import("../page").Capture} Capture */
/** @typedef {import("../types").Payload} Payload */
/** @typedef {import("../types").Json} Json */
/** @typedef {import("../types").Finding} Finding */
/** @typedef {import("../page").AxisSpec} AxisSpec */
/** @typedef {Omit<import("../page").JobSpec, "kind" | "hold" | "windows" | "priority" | "force" | "capture" | "drawn_with">} Described */
/** @typedef {Described & Pick<import("../page").SavedRecipe, "own_seeds" | "windows" | "priority">} Answered a recipe with its questions answered */
/** @typedef {"list" | "template" | "file"} Source where the prompts come from */

export const MOST_PER_SETTING = 1000;
const SEEDS = 2 ** 32;
const FILES = "files";

/** @param {Json | undefined} value @returns {string} */
const words = (value) => (typeof value === "string" ? value : "");

/** @param {Json | undefined} value @param {number} fallback */
function number(value, fallback) {
  const found = value === null || value === undefined || value === "" ? NaN : Number(value);
  return Number.isFinite(found) ? found : fallback;
}

export class Draft {
  /** @type {Source} */
  source = "list";
  /** @type {import("../page").Template} `count` 0: all */
  template = { text: "", mode: "random", count: 10, seed: Math.floor(Math.random() * 1e6) };
  /** one prompt per line, with options, as in "Prompts from file" */
  lines = "";
  /** @type {import("../page").LinesAt} */
  linesAt = "instead";
  /** @type {AxisRow[]} */
  rows = [];
  /** the axis with one task per file of img2img's Batch tab @type {AxisSpec | null} */
  files = null;
  hold = false;
  priority = 0;
  /** when its tasks may start; empty: at any time @type {import("../types").Window[]} */
  windows = [];
  /** @type {number[]} random seeds, drawn once, so that the plan shows what will be queued */
  drawn = [];
  /** whether the server draws a different seed for each task; null: the default @type {boolean | null} */
  own = null;
  /** seed for the server's random draws @type {number} */
  #dice = Math.floor(Math.random() * SEEDS);
  #fields;

  /** @param {Capture} capture @param {Fields} [fields] not needed to queue the capture unchanged */
  constructor(capture, fields = new Fields()) {
    this.#fields = fields;
    this.capture = capture;
    this.kind = capture.kind;
    /** @type {Payload} a copy: suggestions change it */
    this.payload = { ...structuredClone(capture.payload), n_iter: 1 };
    this.name = capture.name;
    this.text = words(this.payload.prompt);
    /** Whether each line is a prompt. A multi-line prompt stays whole until the user says otherwise. */
    this.split = !this.text.trim().includes("\n");
    this.each = Math.max(1, capture.batch_count);
    this.files = structuredClone(capture.axes.find(({ field }) => field === FILES) ?? null);
  }

  /** The fields that an axis can vary. */
  get fields() {
    return this.#fields;
  }

  /** From the spec of an existing job. @param {import("../page").JobSpec} spec @param {Fields} fields */
  static again({ kind, windows, priority, ...described }, fields) {
    const { payload, name } = described;
    const draft = new Draft({ id: "", kind, payload, name, batch_count: 1, summary: [], not_frozen: [], axes: [] }, fields);
    draft.payload = structuredClone(payload); // exactly as it was: any addition would count as a change
    if (draft.#open) [draft.own, draft.each] = [true, Math.max(1, number(payload.n_iter, 1))];
    [draft.windows, draft.priority] = [windows, priority];
    draft.#describe(described, false);
    return draft;
  }

  /** Applies a recipe to the draft. @param {Answered} recipe */
  take(recipe) {
    Object.assign(this.payload, structuredClone(recipe.payload), { n_iter: 1 });
    if (recipe.payload.n_iter !== undefined) this.each = Math.max(1, number(recipe.payload.n_iter, 1));
    this.name = recipe.name;
    this.drawn = [];
    this.own = recipe.own_seeds;
    if (recipe.windows.length > 0) [this.hold, this.windows] = [false, recipe.windows];
    this.priority = recipe.priority || this.priority;
    if (recipe.payload.prompt !== undefined) this.text = words(recipe.payload.prompt);
    this.split = !this.text.trim().includes("\n");
    this.#describe(recipe, true);
  }

  /** @param {Described} described @param {boolean} draws whether to draw open seeds here */
  #describe({ axes, lines, lines_at: at }, draws) {
    [this.source, this.rows] = ["list", []];
    if (lines) [this.source, this.lines, this.linesAt] = ["file", lines, at];
    for (const axis of axes) {
      if (axis.field === FILES) this.files = structuredClone(axis);
      else if (!this.#takesPrompts(axis) && !this.#takesSeeds(axis, draws)) this.rows.push(AxisRow.of(axis, this.fields));
    }
    // Multi-line or comma-separated prompts stay an axis.
    if (this.rows.some(({ path }) => path === "prompt")) this.split = false;
  }

  /** @param {AxisSpec} axis @returns {boolean} */
  #takesPrompts({ field, values, template }) {
    if (field !== "prompt" || this.source !== "list") return false;
    if (template) {
      [this.source, this.template] = ["template", { ...template }];
      return true;
    }
    if (!values?.every((value) => typeof value === "string" && value.trim() && !value.includes("\n"))) return false;
    [this.text, this.split] = [values.join("\n"), true];
    return true;
  }

  /** Turns drawn or counted seeds back into "Images per setting". @param {AxisSpec} axis @param {boolean} draws @returns {boolean} */
  #takesSeeds({ field, values }, draws) {
    const known = field === this.#counted && values && values.length > 0 && values.length <= MOST_PER_SETTING;
    if (!known || !values.every((value) => Number.isInteger(value))) return false;
    const seeds = values.map(Number);
    if (seeds.some((seed) => seed < 0) && !(draws && seeds.every((seed) => seed < 0))) return false;
    [this.each, this.payload[field]] = [seeds.length, -1];
    this.drawn = seeds.filter((seed) => seed >= 0);
    this.own = false;
    return true;
  }

  /** Whether the prompt for the Dynamic Prompts extension can become a template here. @param {import("../types").Dynamic | null} dynamic */
  mayTake(dynamic) {
    return dynamic !== null && dynamic.template && this.source === "list" && this.prompts().length === 1;
  }

  /** Takes over the extension's template and turns the extension off. @param {import("../types").Dynamic} dynamic */
  takeTemplate({ title, combinatorial, batches, most }) {
    const scripts = /** @type {Record<string, { args: Json[] }>} */ (structuredClone(this.payload.alwayson_scripts ?? {}));
    const entry = scripts[title];
    if (entry) entry.args[0] = false;
    this.payload.alwayson_scripts = scripts;
    const drawn = combinatorial ? { mode: /** @type {const} */ ("combinatorial"), count: most } : { mode: /** @type {const} */ ("random"), count: this.each };
    this.template = { ...this.template, ...drawn, text: this.prompts()[0] ?? "" };
    this.each = combinatorial ? batches : 1;
    this.source = "template";
  }

  /** Everything editable, for comparing with the initial state. */
  get written() {
    const { drawn: _drawn, ...rest } = this; // not drawn by the user
    return JSON.stringify(rest);
  }

  /** @returns {string[]} at least one */
  prompts() {
    if (!this.split || this.source !== "list") return [this.text];
    const lines = this.text.split(/\r?\n/).filter((line) => line.trim() !== "");
    return lines.length > 0 ? lines : [""];
  }

  /** The LoRAs named literally in the prompts; those from wildcards are unknown here. @returns {string[]} */
  get loras() {
    const { source, template, lines, text } = this;
    const written = source === "template" ? template.text : source === "file" ? `${lines}\n${text}` : text;
    const names = [...written.matchAll(/<(?:lora|lyco):([^:<>]+)/g)].map(([, name = ""]) => name);
    return [...new Set(names)].filter((name) => !/[{}|$]|__/.test(name));
  }

  /** Names of the input files, one per task. @returns {string[]} */
  get fileNames() {
    return (this.files?.values ?? []).map((file) => (file !== null && typeof file === "object" && "name" in file ? words(file.name) : ""));
  }

  /** Images per task. */
  get batchSize() {
    return Math.max(1, number(this.payload.batch_size, 1));
  }

  /** Whether an axis sets the seeds. */
  get seeded() {
    return this.rows.some(({ path }) => path === "seed" || path === "subseed");
  }

  get #open() {
    return number(this.payload.seed, -1) < 0;
  }

  /** Whether seeds are random, either shared by all settings or different for each task. */
  get drawsSeeds() {
    return this.#open && !this.seeded;
  }

  /** By default settings share seeds, to be comparable; prompts from a template or file get different ones. */
  get ownSeeds() {
    const usual = this.source !== "list" && this.each === 1 && this.rows.length === 0;
    return this.drawsSeeds && (this.own ?? usual);
  }

  /** The seed that counts up: with variation strength it is the variation seed, as in the WebUI. */
  get #counted() {
    return number(this.payload.subseed_strength, 0) > 0 ? "subseed" : "seed";
  }

  /** @param {boolean} [force] queue it although the preflight found errors @returns {import("../page").JobSpec} */
  spec(force = false) {
    const { kind, hold, windows, priority, capture } = this;
    return { kind, ...this.#described((nth) => this.#draw(nth)), hold, windows, priority, force, capture: capture.id || null, drawn_with: this.#dice };
  }

  /** The new spec of a waiting job. @param {boolean} [force] */
  edit(force = false) {
    return { ...this.#described((nth) => this.#draw(nth)), force, drawn_with: this.#dice };
  }

  /** As a recipe: seeds are drawn again each time it is used. @param {string} name */
  recipe(name) {
    const { kind, windows, priority, ownSeeds } = this;
    const described = this.#described(() => -1);
    const axes = described.axes.filter(({ field }) => field !== FILES); // recipes have no files
    return { format: "inu-jobs-recipe-1", kind, ...described, axes, name, windows, priority, own_seeds: this.drawsSeeds ? ownSeeds : null };
  }

  /** @param {(nth: number) => number} draw @returns {Described} */
  #described(draw) {
    const payload = { ...this.payload };
    const files = this.files ? [this.files] : [];
    const axes = [...this.#promptAxis(payload), ...this.rows.map((row) => row.spec()), ...this.#seeds(payload, draw), ...files];
    const lines = this.source === "file" ? this.lines : "";
    return { payload, name: this.name.trim(), axes, lines, lines_at: this.linesAt };
  }

  /** @param {Payload} payload gets the prompt if there is only one @returns {AxisSpec[]} */
  #promptAxis(payload) {
    if (this.source === "template") return [{ field: "prompt", template: { ...this.template } }];
    const prompts = this.prompts();
    if (prompts.length > 1) return [{ field: "prompt", values: prompts }];
    if (prompts[0] || "prompt" in payload) payload.prompt = prompts[0] ?? "";
    return [];
  }

  /** @param {Payload} payload its seed is fixed if only the variation seed counts up @param {(nth: number) => number} draw @returns {AxisSpec[]} */
  #seeds(payload, draw) {
    const open = this.#open;
    const own = this.ownSeeds;
    // Do not add a default that the original job did not have.
    if (this.drawsSeeds && (payload.n_iter !== undefined || (own && this.each > 1))) payload.n_iter = own ? this.each : 1;
    if (own) return []; // the server counts up from the seed it draws for each setting
    if (this.each < 2 || this.seeded) {
      if (open && this.own !== true && this.rows.every(({ path }) => path !== "seed")) payload.seed = draw(0);
      return [];
    }
    const field = this.#counted;
    if (field === "subseed" && open) payload.seed = draw(this.each);
    const first = number(payload[field], -1);
    // The WebUI counts across batches: the second batch of 4 starts at seed + 4.
    const step = this.batchSize;
    const value = (/** @type {number} */ nth) => (first < 0 ? draw(nth) : first + nth * step);
    return [{ field, values: Array.from({ length: this.each }, (_, nth) => value(nth)) }];
  }

  /** @param {number} nth */
  #draw(nth) {
    return (this.drawn[nth] ??= Math.floor(Math.random() * SEEDS));
  }

  /** "3 prompts × 2 samplers × 4 seeds". */
  line() {
    const { source, rows, each, fields } = this;
    const prompts = this.prompts().length;
    return [
      source === "template" ? t("prompts from a template") : source === "file" ? t("lines of text") : prompts > 1 && fields.count("prompt", prompts),
      ...rows.map((row) => (row.count > 0 ? fields.count(row.path, row.count) : fields.unit(row.path))),
      this.files && fields.count(FILES, this.fileNames.length),
      each > 1 && !this.seeded && `${fields.count("seed", each)}${this.ownSeeds ? t(" each") : ""}`,
    ].filter(Boolean).join(" × ");
  }

  /** The row for a part of the request. @param {string} where "axes.N...", or a field of the payload */
  about(where) {
    const nth = /^axes\.(\d+)/.exec(where)?.[1];
    return nth === undefined ? this.rows.find(({ path }) => path === where) : this.rows[Number(nth) - this.#promptAxis({}).length];
  }

  /** Whether a part of the request is about the prompts. @param {string} where */
  aboutPrompts(where) {
    return where === "prompt" || where === "lines" || (/^axes\.0\b/.test(where) && this.#promptAxis({}).length > 0);
  }

  /** Replaces a name that does not exist with the suggested one. @param {Finding} finding */
  use({ name: wrong = "", field = "", suggestion = "" }) {
    if (/^axes\.\d+\.field$/.test(field)) return this.about(field)?.rename(suggestion);
    const inText = field === "" || this.aboutPrompts(field) || /\.template$/.test(field);
    const rows = this.rows.filter((row) => (inText || row.path === field) && row.use(wrong, suggestion));
    if (inText) {
      if (wrong && this.name.endsWith(`: ${wrong}`)) this.name = this.name.slice(0, -wrong.length) + suggestion; // a recipe's
      this.text = swap(this.text, wrong, suggestion);
      this.template.text = swap(this.template.text, wrong, suggestion);
      this.lines = swap(this.lines, wrong, suggestion);
      if (field === "") this.payload.negative_prompt = swap(words(this.payload.negative_prompt), wrong, suggestion);
    } else if (rows.length === 0) change(this.payload, field, wrong, suggestion);
  }
}
