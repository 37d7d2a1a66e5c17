// What the derive dialog edits, without the page: from the fields of an action to the DeriveSpec that is sent.

import { swap, wrongName } from "./cures.mjs";
import { plural } from "./format.mjs";
import { numbers } from "./ranges.mjs";

/** @typedef {import("./types").Json} Json */
/** @typedef {import("./types").DeriveAction} DeriveAction */
/** @typedef {import("./types").Catalog} Catalog */
/** @typedef {"keep" | "set" | "times" | "before" | "after" | "replace" | "sides" | "new" | "vary"} Mode */
/** @typedef {"number" | "whole" | "name" | "text" | "size" | "seeds"} Kind */
/** @typedef {{ path: string, label: string, kind: Kind, unit: string, modes: Mode[], hint: string,
 *   start?: [Mode, string], keep?: string, names?: (catalog: Catalog) => string[] }} Field
 *  `hint`: what "keep" means; `unit`: what one value of it is called; `start`: how it stands at first;
 *  `keep`: the word for "keep" where there is nothing to keep */
/** @typedef {{ mode: Mode, text: string, by: string, lora: string }} Entry
 *  `by`: what takes the place of `text`, or the height beside the width; `lora`: whose strength, or all */

/** @type {Record<Mode, string>} */
export const MODES = {
  keep: "Keep", set: "Set to", times: "Multiply by", before: "Put before", after: "Put after", replace: "Replace", sides: "Each side",
  new: "New seeds", vary: "Variation seeds",
};

/** @param {string} path @param {string} label @param {string} unit @param {Partial<Field>} [more] @returns {Field} */
const number = (path, label, unit, more) => ({ path, label, unit, kind: "number", modes: ["keep", "set", "times"], hint: "its own", ...more });
/** @param {string} path @param {string} label @param {string} unit @param {(catalog: Catalog) => string[]} names @param {Partial<Field>} [more] @returns {Field} */
const name = (path, label, unit, names, more) => ({ path, label, unit, names, kind: "name", modes: ["keep", "set"], hint: "its own", ...more });
/** @param {string} path @param {string} label @returns {Field} */
const words = (path, label) => ({ path, label, unit: label.toLowerCase(), kind: "text", modes: ["keep", "after", "before", "replace", "set"], hint: "as it came out, wildcards resolved" });

export const EVERY = "*"; // LoRA
const LORA = number(`lora:${EVERY}`, "LoRA strength", "LoRA strength", { modes: ["keep", "times", "set"] });
const PROMPTS = [words("prompt", "Prompt"), words("negative_prompt", "Negative prompt")];
/** @type {Field} */
const SIZE = { path: "size", label: "Size", unit: "size", kind: "size", modes: ["keep", "times", "set", "sides"], hint: "its own" };
const STEPS = number("steps", "Steps", "step count", { kind: "whole" });
const CFG = number("cfg_scale", "CFG scale", "CFG scale");
/** @type {Field} */
const SEED = { path: "seed", label: "Seed", unit: "seed", kind: "seeds", modes: ["keep", "new", "set"], hint: "its own" };
const SAMPLER = name("sampler_name", "Sampler", "sampler", ({ samplers }) => samplers);
const SCHEDULER = name("scheduler", "Schedule type", "schedule type", ({ schedulers }) => schedulers);
const VAE = name("override_settings.sd_vae", "VAE", "VAE", ({ vaes }) => ["Automatic", "None", ...vaes]);
const CLIP = number("override_settings.CLIP_stop_at_last_layers", "Clip skip", "clip skip", { kind: "whole", modes: ["keep", "set"] });
const CHECKPOINT = name("override_settings.sd_model_checkpoint", "Checkpoint", "checkpoint", ({ checkpoints }) => checkpoints);
const upscalers = (/** @type {Catalog} */ { upscalers: known }) => known;
const scalers = (/** @type {Catalog} */ { latent_upscale_modes: latent, upscalers: known }) => [...latent, ...known];
const OFF = { hint: "", keep: "Off", modes: /** @type {Mode[]} */ (["keep", "set"]) };

/** @type {Record<DeriveAction, { label: string, says: string, fields: Field[] }>} */
export const ACTIONS = {
  img2img: {
    label: "Img2img", says: "Each image is painted over, with its own recipe but for what you change.",
    fields: [
      number("denoising_strength", "Denoising strength", "denoising strength", { modes: ["set"], start: ["set", "0.4"] }),
      LORA, SIZE, ...PROMPTS, SEED, STEPS, CFG, SAMPLER, SCHEDULER, CHECKPOINT, VAE, CLIP,
    ],
  },
  hires: {
    label: "Hires", says: "Each image is made again from its seed, then enlarged by hires fix.",
    fields: [
      number("hr_scale", "Upscale by", "scale", { modes: ["set"], start: ["set", "2"] }),
      name("hr_upscaler", "Upscaler", "upscaler", scalers, { hint: "its own, else Latent" }),
      number("denoising_strength", "Denoising strength", "denoising strength", { hint: "its own, else 0.5" }),
      number("hr_second_pass_steps", "Hires steps", "step count", { kind: "whole", hint: "its own, else as many as steps" }),
      LORA, ...PROMPTS, STEPS, CFG, SAMPLER, SCHEDULER, CHECKPOINT, VAE, CLIP,
    ],
  },
  upscale: {
    label: "Upscale", says: "Each image is enlarged as it is; nothing is painted anew.",
    fields: [
      name("upscaler", "Upscaler", "upscaler", upscalers, { modes: ["set"], start: ["set", ""] }),
      number("scale", "Upscale by", "scale", { modes: ["set"], start: ["set", "2"] }),
      name("upscaler_2", "Second upscaler", "upscaler", upscalers, OFF),
      number("upscaler_2_visibility", "Second’s visibility", "visibility", OFF),
      number("gfpgan", "GFPGAN visibility", "visibility", OFF),
      number("codeformer", "CodeFormer visibility", "visibility", OFF),
      number("codeformer_weight", "CodeFormer weight", "weight", { modes: ["keep", "set"], keep: "Strongest", hint: "0; at 1 it changes least" }),
    ],
  },
  variations: {
    label: "Variations", says: "Each image is made again, a little or altogether different.",
    fields: [
      { path: "seed", label: "Variations", unit: "variation", kind: "seeds", modes: ["new", "vary"], hint: "", start: ["vary", "4"] },
      number("subseed_strength", "Variation strength", "variation strength", { modes: ["keep", "set"], hint: "0.15; of no use with new seeds" }),
      LORA, SIZE, ...PROMPTS, STEPS, CFG, SAMPLER, SCHEDULER, CHECKPOINT, VAE, CLIP,
    ],
  },
  rerender: {
    label: "Re-render", says: "Each image is made again from its own seed, in better quality.",
    fields: [{ ...STEPS, start: ["set", "30"] }, SIZE, SAMPLER, SCHEDULER, CFG, CHECKPOINT, VAE, CLIP, LORA, ...PROMPTS, SEED],
  },
};

export class Derivation {
  name = "";
  hold = false;
  priority = 0;
  /** when its tasks may start; none: at any time @type {import("./types").Window[]} */
  windows = [];
  skip = false;
  /** what was typed stays while one looks at another action; `begun`: how it stood at first
   * @type {Map<string, { entry: Entry, begun: string }>} */
  #entries = new Map();
  /** what the server draws new seeds with: those of the plan are those that run */
  #dice = Math.floor(Math.random() * 2 ** 32);

  /** @param {import("./types").Selection} selection @param {number} count of its images @param {DeriveAction} action @param {Catalog} catalog */
  constructor(selection, count, action, catalog) {
    this.selection = selection;
    this.images = count;
    this.action = action;
    this.catalog = catalog;
  }

  get fields() {
    return ACTIONS[this.action].fields;
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

  /** Whether anything was changed but the action, which is no more than a look. */
  get touched() {
    const { name, hold, priority, windows, skip } = this;
    const typed = [...this.#entries.values()].some(({ entry, begun }) => JSON.stringify(entry) !== begun);
    return typed || name !== "" || hold || priority !== 0 || windows.length > 0 || skip;
  }

  /** The upscaler to begin with: any but "None". @param {Field} field */
  #first({ names, modes }) {
    const known = modes.includes("keep") || !names ? [] : names(this.catalog);
    return known.find((one) => one !== "None") ?? "";
  }

  /** What is wrong with a field, one sentence, or "". @param {Field} field */
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

  /** The field that a part of the request is about: "changes.PATH", "axes.N...", or the payload's own name.
   * @param {string} where @returns {Field | undefined} */
  about(where) {
    const nth = /^axes\.(\d+)/.exec(where)?.[1];
    const path = nth === undefined ? where.replace(/^changes\./, "") : this.spec().axes[Number(nth)]?.field;
    if (path?.startsWith("lora:")) return this.fields.find((field) => field === LORA);
    const meant = path === "width" || path === "height" ? "size" : path === "subseed" ? "seed" : path;
    return this.fields.find((field) => field.path === meant);
  }

  /** How the name that exists can be put in place of the one that does not; null where only some of the images have
   * the wrong one, and all would get another. @param {import("./types").Finding} finding @returns {(() => void) | null} */
  cure({ message, field = "", suggestion = "" }) {
    const wrong = wrongName(message);
    const about = this.about(field);
    if (!wrong || !suggestion || !about) return null;
    const entry = this.entry(about);
    if (about.kind === "text") return this.#reword(entry, wrong, suggestion);
    if (about.kind !== "name") return null;
    if (entry.mode !== "keep") return () => (entry.text = entry.text.replaceAll(wrong, suggestion));
    if (/ \(\d+ of \d+ tasks\)$/.test(message)) return null;
    return () => Object.assign(entry, { mode: "set", text: suggestion });
  }

  /** A LoRA's name in a prompt: in what was typed, else in the images' own. @param {Entry} entry @param {string} wrong @param {string} right */
  #reword(entry, wrong, right) {
    if (entry.mode === "keep") return () => Object.assign(entry, { mode: "replace", text: `:${wrong}:`, by: `:${right}:` });
    const typed = entry.text + entry.by;
    if (!typed.includes(wrong)) return null;
    return () => Object.assign(entry, { text: entry.mode === "replace" ? entry.text : swap(entry.text, wrong, right), by: swap(entry.by, wrong, right) });
  }

  /** @param {boolean} [force] queue it although the preflight found errors @returns {import("./types").DeriveSpec} */
  spec(force = false) {
    /** @type {import("./types").Payload} */
    const changes = {};
    const axes = [];
    for (const [path, values] of this.fields.flatMap((field) => this.#read(field))) {
      if (values.length > 1) axes.push({ field: path, values });
      else if (values[0] !== undefined) changes[path] = values[0];
    }
    const { selection, action, hold, windows, priority, skip } = this;
    return { selection, action, changes, axes, name: this.name.trim(), hold, windows, priority, force, skip_made: skip, drawn_with: this.#dice };
  }

  /** @param {Field} field @returns {[string, Json[]][]} by path, the values that it takes */
  #read(field) {
    const entry = this.entry(field);
    const { mode } = entry;
    if (mode === "keep") return [];
    if (field.kind === "seeds") return seeds(entry);
    if (field.kind === "size") return sizes(entry);
    if (field.kind === "text") return [[field.path, [reworded(entry)]]];
    if (field.kind === "name") return [[field.path, this.#named(field, entry.text)]];
    const values = numbers(entry.text, field.kind === "whole" && mode === "set");
    const path = field === LORA ? `lora:${entry.lora}` : field.path;
    return [[path, mode === "times" ? values.map((scale) => ({ scale })) : values]];
  }

  /** Names, with commas between; but a comma may be part of one that is known. @param {Field} field @param {string} text */
  #named({ names }, text) {
    const known = names ? names(this.catalog) : [];
    const whole = text.trim();
    const found = known.includes(whole) ? [whole] : whole.split(",").map((one) => one.trim()).filter(Boolean);
    if (found.length === 0) throw new Error("A name is missing.");
    return [...new Set(found)];
  }
}

/** Seeds of their own are drawn by the server: -1, as the WebUI has it. @param {Entry} entry @returns {[string, Json[]][]} */
function seeds({ mode, text }) {
  const found = numbers(text, true);
  if (mode === "set") return [["seed", found]];
  const [count = 0] = found;
  if (found.length > 1 || count < 1 || count > 1000) throw new Error("How many goes from 1 to 1,000.");
  return [[mode === "new" ? "seed" : "subseed", Array.from({ length: count }, () => -1)]];
}

/** @param {Entry} entry @returns {[string, Json[]][]} */
function sizes({ mode, text, by }) {
  if (mode === "sides") {
    const found = [...side("width", text), ...side("height", by)];
    if (found.length === 0) throw new Error("A width or a height is missing.");
    return found;
  }
  if (mode === "times") {
    const [scale, more] = numbers(text.replace(/^\s*[×x]\s*/, ""));
    if (scale === undefined || more !== undefined || scale <= 0) throw new Error("Size is multiplied by one number above 0.");
    return [["width", [{ scale }]], ["height", [{ scale }]]];
  }
  const [, width, height] = /^\s*(\d+)\s*[x×*]\s*(\d+)\s*$/i.exec(text) ?? [];
  if (!width || !height) throw new Error("A size looks like 1024 × 768.");
  return [["width", [Number(width)]], ["height", [Number(height)]]];
}

/** @param {string} path @param {string} text "768", several of them, "×1.5"; nothing: its own @returns {[string, Json[]][]} */
function side(path, text) {
  if (!text.trim()) return [];
  const factors = /^\s*[×x*]\s*(.*)$/i.exec(text)?.[1];
  if (factors === undefined) return [[path, numbers(text, true)]];
  return [[path, numbers(factors).map((scale) => ({ scale }))]];
}

/** @param {Entry} entry @returns {Json} */
function reworded({ mode, text, by }) {
  if (mode === "set") return text;
  if (!text) throw new Error(mode === "replace" ? "What is to be replaced is missing." : "A text is missing.");
  if (mode === "replace") return { replace: [text, by] };
  return mode === "before" ? { prefix: text } : { suffix: text };
}
