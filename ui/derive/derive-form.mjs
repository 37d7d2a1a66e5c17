// The derive dialog's model, without the page: from an action's fields to the DeriveSpec that is sent.

import { Fields } from "../core/fields.mjs";
import { plural } from "../core/format.mjs";
import { t } from "../core/sentences.mjs";
import { swap } from "../plan/name-fixes.mjs";
import { numbers } from "../plan/number-ranges.mjs";

/** @typedef {import("../types").Json} Json */
/** @typedef {import("../types").DeriveAction} DeriveAction */
/** @typedef {import("../page").Catalog} Catalog */
/** @typedef {"keep" | "set" | "times" | "before" | "after" | "replace" | "sides" | "new" | "vary"} Mode */
/** @typedef {"number" | "whole" | "name" | "text" | "size" | "seeds"} Kind */
/** @typedef {{ path: string, modes: Mode[], hint: string, start?: [Mode, string], keep?: string, label?: string, unit?: string }} Change
 *  what an action does to a field. `hint`: what "keep" means; `start`: the initial mode and value; `keep`: the word for
 *  "keep" if there is nothing to keep; `label` and `unit`: if they differ from the field's own */
/** @typedef {Change & { label: string, unit: string, kind: Kind, names: string[] }} Field a change and its field's description */
/** @typedef {{ mode: Mode, text: string, by: string, lora: string }} Entry
 *  `by`: the replacement for `text`, or the height next to the width; `lora`: which LoRA's strength, or all */

/** @type {Record<Exclude<Mode, "vary">, string>} */
const MODES = {
  keep: t("Keep"), set: t("Set to"), times: t("Multiply by"), before: t("Put before"), after: t("Put after"), replace: t("Replace"), sides: t("Each side"),
  new: t("New seeds"),
};

/** @param {string} path @param {Mode[]} modes @param {Partial<Change>} [more] @returns {Change} */
const change = (path, modes, more) => ({ path, modes, hint: t("its own"), ...more });
/** @param {string} path @param {string} first initial value @returns {Change} */
const set = (path, first) => change(path, ["set"], { start: ["set", first] });
/** @param {string} path @param {Partial<Change>} [more] */
const number = (path, more) => change(path, ["keep", "set", "times"], more);
/** @param {string} path @param {Partial<Change>} [more] */
const name = (path, more) => change(path, ["keep", "set"], more);
/** @param {string} path */
const words = (path) => change(path, ["keep", "after", "before", "replace", "set"], { hint: t("as generated, wildcards resolved") });
/** Off by default. @param {string} path */
const off = (path) => name(path, { hint: "", keep: t("Off") });

export const EVERY = "*"; // LoRA
const LORA = `lora:${EVERY}`;
const STRENGTH = change(LORA, ["keep", "times", "set"]);
const SIZE = change("size", ["keep", "times", "set", "sides"]);
const PROMPTS = [words("prompt"), words("negative_prompt")];
const STEPS = number("steps");
const CFG = number("cfg_scale");
const SEED = change("seed", ["keep", "new", "set"]);
const SAMPLING = [name("sampler_name"), name("scheduler")];
const MODEL = [name("override_settings.sd_model_checkpoint"), name("override_settings.sd_vae"), name("override_settings.CLIP_stop_at_last_layers")];

/** @type {Record<DeriveAction, { label: string, says: string, changes: Change[] }>} */
export const ACTIONS = {
  img2img: {
    label: t("Img2img"), says: t("Runs img2img on each image with its own settings, except what you change."),
    changes: [set("denoising_strength", "0.4"), STRENGTH, SIZE, ...PROMPTS, SEED, STEPS, CFG, ...SAMPLING, ...MODEL],
  },
  hires: {
    label: t("Hires"), says: t("Generates each image again from its seed, with hires fix."),
    changes: [
      set("hr_scale", "2"), name("hr_upscaler", { hint: t("its own, or a default") }), number("denoising_strength", { hint: t("its own, or 0.5") }),
      number("hr_second_pass_steps", { hint: t("its own, or same as steps") }), STRENGTH, ...PROMPTS, STEPS, CFG, ...SAMPLING, ...MODEL,
    ],
  },
  upscale: {
    label: t("Upscale"), says: t("Enlarges each image without regenerating it."),
    changes: [
      set("upscaler", ""), set("scale", "2"), off("upscaler_2"), off("upscaler_2_visibility"), off("gfpgan"), off("codeformer"),
      name("codeformer_weight", { keep: t("Strongest"), hint: t("0; 1 has the least effect") }),
    ],
  },
  variations: {
    label: t("Variations"), says: t("Generates each image again, slightly or completely different."),
    changes: [
      change("seed", ["new", "vary"], { label: t("Variations"), unit: "variation", hint: "", start: ["vary", "4"] }),
      name("subseed_strength", { hint: t("0.15; no effect with new seeds") }), STRENGTH, SIZE, ...PROMPTS, STEPS, CFG, ...SAMPLING, ...MODEL,
    ],
  },
  rerender: {
    label: t("Re-render"), says: t("Generates each image again from its own seed, at better quality."),
    changes: [{ ...STEPS, start: ["set", "30"] }, SIZE, ...SAMPLING, CFG, ...MODEL, STRENGTH, ...PROMPTS, SEED],
  },
};

/** @param {string} path @param {import("../page").Field | undefined} known @returns {Kind} */
function kindOf(path, known) {
  if (path === "seed") return "seeds";
  if (known?.type === "size") return "size";
  if (known?.prose) return "text";
  if (known?.choices) return "name";
  return known?.type === "integer" ? "whole" : "number";
}

export class DeriveForm {
  name = "";
  hold = false;
  priority = 0;
  /** when its tasks may start; empty: at any time @type {import("../types").Window[]} */
  windows = [];
  skip = false;
  /** whether to keep ControlNet and its images */
  controlnet = true;
  /** input is kept when another action is chosen; `begun`: the initial state
   * @type {Map<string, { entry: Entry, begun: string }>} */
  #entries = new Map();
  /** @type {Map<DeriveAction, Field[]>} */
  #fields = new Map();
  /** seed for the server's random draws, so that the plan's seeds are the ones that run */
  #dice = Math.floor(Math.random() * 2 ** 32);

  /** @param {import("../types").Selection} selection @param {number} count of its images @param {DeriveAction} action @param {Catalog} catalog */
  constructor(selection, count, action, catalog) {
    this.selection = selection;
    this.images = count;
    this.action = action;
    this.known = new Fields(catalog);
  }

  /** The fields that the action can change. @returns {Field[]} */
  get fields() {
    let fields = this.#fields.get(this.action);
    if (!fields) this.#fields.set(this.action, (fields = ACTIONS[this.action].changes.map((made) => this.#field(made))));
    return fields;
  }

  /** @param {Change} made @returns {Field} */
  #field(made) {
    const { known } = this;
    const field = known.of(made.path);
    return { label: known.label(made.path), unit: known.unit(made.path), kind: kindOf(made.path, field), names: known.choices(field), ...made };
  }

  /** @param {Field} field @returns {Entry} */
  entry(field) {
    const key = `${this.action} ${field.path}`;
    const [mode, text] = field.start ?? [field.modes[0] ?? "keep", ""];
    const known = this.#entries.get(key);
    if (known) return known.entry;
    const entry = { mode, text: text || this.#first(field), by: "", lora: EVERY };
    this.#entries.set(key, { entry, begun: JSON.stringify(entry) });
    return entry;
  }

  /** @param {Mode} mode */
  modeLabel(mode) {
    return mode === "vary" ? `${this.known.label("subseed")}s` : MODES[mode];
  }

  /** Whether anything other than the action was changed. */
  get touched() {
    const { name, hold, priority, windows, skip, controlnet } = this;
    const typed = [...this.#entries.values()].some(({ entry, begun }) => JSON.stringify(entry) !== begun);
    return typed || name !== "" || hold || priority !== 0 || windows.length > 0 || skip || !controlnet;
  }

  /** The initial upscaler: the first that is not "None". @param {Field} field */
  #first({ names, modes }) {
    return modes.includes("keep") ? "" : names.find((one) => one !== "None") ?? "";
  }

  /** What is wrong with a field, as a sentence, or "". @param {Field} field */
  wrong(field) {
    try {
      this.#read(field);
      return "";
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  /** How many values a field has. @param {Field} field */
  count(field) {
    const found = this.wrong(field) ? [] : this.#read(field);
    return found.reduce((product, [, values]) => product * values.length, found.length > 0 ? 1 : 0);
  }

  /** "40 images × 3 denoising strengths". */
  line() {
    const counts = this.fields.map((field) => ({ field, count: this.count(field) })).filter(({ count }) => count > 1);
    return [plural(this.images, "image"), ...counts.map(({ field, count }) => plural(count, field.unit))].join(" × ");
  }

  /** The field for a part of the request: "changes.PATH", "axes.N...", or a payload path.
   * @param {string} where @returns {Field | undefined} */
  about(where) {
    const nth = /^axes\.(\d+)/.exec(where)?.[1];
    const path = nth === undefined ? where.replace(/^changes\./, "") : this.spec().axes[Number(nth)]?.field;
    if (path?.startsWith("lora:")) return this.fields.find((field) => field.path === LORA);
    const meant = path === "width" || path === "height" ? "size" : path === "subseed" ? "seed" : path;
    return this.fields.find((field) => field.path === meant);
  }

  /** Replaces a name that does not exist with the suggested one. Null if only some images have the wrong name: all of
   * them would be changed. @param {import("../types").Finding} finding @returns {(() => void) | null} */
  cure({ name: wrong = "", field = "", suggestion = "", of = 0 }) {
    const about = this.about(field);
    if (!wrong || !suggestion || !about) return null;
    const entry = this.entry(about);
    if (about.kind === "text") return this.#reword(entry, wrong, suggestion);
    if (about.kind !== "name") return null;
    if (entry.mode !== "keep") return () => (entry.text = entry.text.replaceAll(wrong, suggestion));
    if (of > 0) return null;
    return () => Object.assign(entry, { mode: "set", text: suggestion });
  }

  /** Replaces a LoRA's name in the typed prompt, or else in the images' prompts. @param {Entry} entry @param {string} wrong @param {string} right */
  #reword(entry, wrong, right) {
    if (entry.mode === "keep") return () => Object.assign(entry, { mode: "replace", text: `:${wrong}:`, by: `:${right}:` });
    const typed = entry.text + entry.by;
    if (!typed.includes(wrong)) return null;
    return () => Object.assign(entry, { text: entry.mode === "replace" ? entry.text : swap(entry.text, wrong, right), by: swap(entry.by, wrong, right) });
  }

  /** @param {boolean} [force] queue it although the preflight found errors @returns {import("../page").DeriveSpec} */
  spec(force = false) {
    /** @type {import("../types").Payload} */
    const changes = {};
    const axes = [];
    for (const [path, values] of this.fields.flatMap((field) => this.#read(field))) {
      if (values.length > 1) axes.push({ field: path, values });
      else if (values[0] !== undefined) changes[path] = values[0];
    }
    const { selection, action, hold, windows, priority, skip } = this;
    const leave_out = this.controlnet ? [] : ["ControlNet"];
    return { selection, action, changes, axes, name: this.name.trim(), hold, windows, priority, force, skip_made: skip, leave_out, drawn_with: this.#dice };
  }

  /** @param {Field} field @returns {[string, Json[]][]} values by path */
  #read(field) {
    const entry = this.entry(field);
    const { mode } = entry;
    if (mode === "keep") return [];
    if (field.kind === "seeds") return seeds(entry);
    if (field.kind === "size") return sizes(entry);
    if (field.kind === "text") return [[field.path, [reworded(entry)]]];
    if (field.kind === "name") return [[field.path, this.#named(field, entry.text)]];
    const values = numbers(entry.text, field.kind === "whole" && mode === "set");
    const path = field.path === LORA ? `lora:${entry.lora}` : field.path;
    return [[path, mode === "times" ? values.map((scale) => ({ scale })) : values]];
  }

  /** Comma-separated names; a known name may contain a comma. @param {Field} field @param {string} text */
  #named({ names }, text) {
    const whole = text.trim();
    const found = names.includes(whole) ? [whole] : whole.split(",").map((one) => one.trim()).filter(Boolean);
    if (found.length === 0) throw new Error(t("Enter a name."));
    return [...new Set(found)];
  }
}

/** -1, as in the WebUI: the server draws the seed. @param {Entry} entry @returns {[string, Json[]][]} */
function seeds({ mode, text }) {
  const found = numbers(text, true);
  if (mode === "set") return [["seed", found]];
  const [count = 0] = found;
  if (found.length > 1 || count < 1 || count > 1000) throw new Error(t("Enter 1 to 1,000."));
  return [[mode === "new" ? "seed" : "subseed", Array.from({ length: count }, () => -1)]];
}

/** @param {Entry} entry @returns {[string, Json[]][]} */
function sizes({ mode, text, by }) {
  if (mode === "sides") {
    const found = [...side("width", text), ...side("height", by)];
    if (found.length === 0) throw new Error(t("Enter a width or a height."));
    return found;
  }
  if (mode === "times") {
    const [scale, more] = numbers(text.replace(/^\s*[×x]\s*/, ""));
    if (scale === undefined || more !== undefined || scale <= 0) throw new Error(t("Enter one number above 0."));
    return [["width", [{ scale }]], ["height", [{ scale }]]];
  }
  const [, width, height] = /^\s*(\d+)\s*[x×*]\s*(\d+)\s*$/i.exec(text) ?? [];
  if (!width || !height) throw new Error(t("Enter a size such as 1024 × 768."));
  return [["width", [Number(width)]], ["height", [Number(height)]]];
}

/** @param {string} path @param {string} text "768", several of them, "×1.5"; empty: unchanged @returns {[string, Json[]][]} */
function side(path, text) {
  if (!text.trim()) return [];
  const factors = /^\s*[×x*]\s*(.*)$/i.exec(text)?.[1];
  if (factors === undefined) return [[path, numbers(text, true)]];
  return [[path, numbers(factors).map((scale) => ({ scale }))]];
}

/** @param {Entry} entry @returns {Json} */
function reworded({ mode, text, by }) {
  if (mode === "set") return text;
  if (!text) throw new Error(mode === "replace" ? t("Enter the text to replace.") : t("Enter some text."));
  if (mode === "replace") return { replace: [text, by] };
  return mode === "before" ? { prefix: text } : { suffix: text };
}
