// The source of the composer's prompts: a list, a dynamicprompts template, or a text file.

import { aborted, request, sentence } from "../core/api.mjs";
import { plural, thousands } from "../core/format.mjs";
import { t } from "../core/sentences.mjs";
import { attr, button, h, icon, put, text } from "../dom/elements.mjs";

/** @typedef {import("./draft.mjs").Source} Source */

/** @type {[Source, string][]} */
const SOURCES = [["list", t("List")], ["template", t("Template")], ["file", t("Text file")]];
const SHOWN = 100; // prompts in a template's preview
const MOST_BYTES = 2_000_000; // the server's limit
const WAIT_MS = 300;

export class PromptSource {
  #asked = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #timer;

  /** @param {import("./draft.mjs").Draft} draft @param {string[]} wildcards the existing ones @param {() => void} changed */
  constructor(draft, wildcards, changed) {
    this.draft = draft;
    this.wildcards = wildcards;
    this.changed = changed;
    this.area = h("textarea", {
      class: "ij-input ij-prompts", id: "ij-prompts", rows: 6, spellcheck: "false", "aria-describedby": "ij-prompts-note", oninput: () => this.#typed(),
    });
    this.label = h("label", { class: "ij-label ij-grow", for: "ij-prompts" });
    this.lines = h("input", { type: "checkbox", onchange: () => this.#typed() });
    this.split = h("label", { class: "ij-check ij-small" }, this.lines, t("One prompt per line"));
    this.note = h("p", { class: "ij-note ij-small ij-muted", id: "ij-prompts-note" });
    this.picks = h("div", { class: "ij-seg", role: "group", "aria-label": t("Prompts from") }, ...SOURCES.map(([source, name]) =>
      h("button", { type: "button", "data-source": source, onclick: () => this.#choose(source) }, name)));
    this.element = h(
      "div", { class: "ij-field" },
      h("div", { class: "ij-line ij-wrap" }, this.label, this.split, this.picks),
      this.area, this.note, this.#template(),
    );
    this.#file();
    this.show();
  }

  /** Shows the draft's current prompts. */
  show() {
    const { draft } = this;
    this.area.value = draft.source === "template" ? draft.template.text : draft.text;
    this.lines.checked = draft.split;
    if (this.mode && this.count && this.seed) {
      this.mode.value = draft.template.mode;
      this.count.value = draft.template.count ? String(draft.template.count) : "";
      this.seed.value = String(draft.template.seed);
    }
    if (this.file && this.at) [this.file.value, this.at.value] = [draft.lines, draft.linesAt];
    this.#countLines();
    this.#describe();
  }

  /** What is wrong, as a sentence, or "". */
  get wrong() {
    const { source, template, lines } = this.draft;
    if (source === "file") return lines.trim() ? "" : t("Choose a text file, or paste its lines.");
    if (source !== "template") return "";
    if (!template.text.trim()) return t("The template is empty.");
    return template.mode === "random" && template.count < 1 ? t("Enter how many prompts to draw: at least 1.") : "";
  }

  /** @param {import("../plan/planner.mjs").Planner} planner */
  mark({ errors, field }) {
    const bad = errors.some((finding) => this.draft.aboutPrompts(finding.field ?? "")) || (field !== "" && this.draft.aboutPrompts(field));
    const inFile = this.draft.source === "file" && bad;
    attr(this.area, "aria-invalid", bad && !inFile ? "true" : null);
    if (this.file) attr(this.file, "aria-invalid", inFile ? "true" : null);
  }

  stop() {
    clearTimeout(this.#timer);
    this.#asked.abort();
  }

  /** @param {Source} source */
  #choose(source) {
    const { draft } = this;
    draft.source = source;
    if (source === "template" && !draft.template.text) draft.template.text = draft.text;
    this.show();
    this.changed();
  }

  #typed() {
    const { draft } = this;
    if (draft.source === "template") draft.template.text = this.area.value;
    else draft.text = this.area.value;
    draft.split = this.lines.checked;
    this.#describe();
    this.changed();
  }

  /** Says how the text is read, so that it is never split, or kept whole, unexpectedly. */
  #describe() {
    const { draft } = this;
    const { source } = draft;
    for (const pick of this.picks.children) attr(pick, "aria-pressed", String(pick.getAttribute("data-source") === source));
    const count = draft.prompts().length;
    const list = draft.split ? t("Prompts, one per line ({count})", { count: thousands(count) }) : `${draft.fields.label("prompt")} (1)`;
    text(this.label, source === "list" ? list : source === "template" ? t("Template: {example}", { example: "{a|b}, __wildcard__" }) : draft.fields.label("prompt"));
    this.split.hidden = source !== "list";
    if (this.drawing) this.drawing.hidden = source !== "template";
    if (source === "file") this.element.append(this.filing ?? "");
    else this.filing?.remove();
    const lines = draft.text.trim().split("\n").length;
    const whole = source === "list" && !draft.split && lines > 1;
    const kept = source === "file" && draft.linesAt === "instead" ? t("Used for lines without a prompt of their own. Each line is a prompt, or options as in “Prompts from file”.") : "";
    text(this.note, whole ? t("These {lines} lines are one prompt. Tick “One prompt per line” to make {lines} prompts.", { lines }) : source === "template" ? this.#wildcards() : kept);
    this.note.hidden = this.note.textContent === "";
    this.#preview();
  }

  /** Which wildcards exist, and where they come from. */
  #wildcards() {
    const { length } = this.wildcards;
    const where = t("text files with one choice per line, in Dynamic Prompts' folders or in data/wildcards in Inu Jobs' own folder");
    if (length === 0) return t("There are no wildcards yet: {where}.", { where });
    const some = this.wildcards.slice(0, 3).map((name) => `__${name}__`).join(", ");
    return `${plural(length, "wildcard")}${length > 3 ? t(", such as") : ":"} ${some} (${where}).`;
  }

  /** A template's options and preview. */
  #template() {
    const { draft } = this;
    /** @param {() => void} take */
    const take = (take) => () => {
      take();
      this.#preview();
      this.changed();
    };
    const mode = (this.mode = h("select", { class: "ij-input", onchange: take(() => (draft.template.mode = mode.value === "random" ? "random" : "combinatorial")) },
      h("option", { value: "random" }, t("Random")), h("option", { value: "combinatorial" }, t("All combinations"))));
    const count = (this.count = h("input", {
      class: "ij-input", type: "number", min: 0, inputmode: "numeric", placeholder: "all", oninput: take(() => (draft.template.count = Math.min(1e6, Math.max(0, Math.floor(Number(count.value) || 0))))),
    }));
    const seed = (this.seed = h("input", {
      class: "ij-input", type: "number", min: 0, inputmode: "numeric", oninput: take(() => (draft.template.seed = Math.min(Number.MAX_SAFE_INTEGER, Math.max(0, Math.floor(Number(seed.value) || 0))))),
    }));
    this.drawn = h("div", { class: "ij-drawn" });
    this.preview = h("details", { ontoggle: () => this.#preview() }, h("summary", { class: "ij-link" }, t("Preview prompts")), this.drawn);
    /** @param {string} label @param {HTMLElement} field */
    const labelled = (label, field) => h("label", { class: "ij-field" }, h("span", { class: "ij-label" }, label), field);
    return (this.drawing = h(
      "div", { class: "ij-field", hidden: true },
      h("div", { class: "ij-drawing" }, labelled(t("Draw"), mode), labelled(t("Number of prompts"), count), labelled(t("Template seed"), seed)), this.preview,
    ));
  }

  /** Requested while open: only the server has the wildcards. */
  #preview() {
    this.stop();
    const { drawn, draft } = this;
    if (!this.preview?.open || !drawn || draft.source !== "template" || this.wrong) return;
    this.#timer = setTimeout(async () => {
      const { signal } = (this.#asked = new AbortController());
      try {
        /** @type {import("../types").Prompts} */
        const { prompts, total } = await request("POST", "prompts/expand", { body: { template: draft.template }, signal });
        const more = (total ?? Infinity) - Math.min(SHOWN, prompts.length);
        put(
          drawn, h("ol", { class: "ij-tasks" }, ...prompts.slice(0, SHOWN).map((prompt) => h("li", null, prompt))),
          more > 0 && h("p", { class: "ij-muted ij-small" }, total === null ? t("and more than a job can hold") : t("and {more} more", { more: thousands(more) })),
        );
      } catch (error) {
        if (!aborted(error)) put(drawn, h("p", { class: "ij-note ij-small" }, icon("bad", "ij-bad"), sentence(error)));
      }
    }, WAIT_MS);
  }

  /** "Prompts from file": the text is read here and can be edited before it is sent. */
  #file() {
    const { draft } = this;
    const file = (this.file = h("textarea", {
      class: "ij-input ij-prompts", id: "ij-lines", rows: 6, spellcheck: "false", placeholder: t("a quiet harbour\n--prompt \"a lighthouse at night\" --steps 30 --cfg_scale 5"),
      oninput: () => {
        draft.lines = file.value;
        this.#countLines();
        this.changed();
      },
    }));
    const choose = h("input", { type: "file", accept: ".txt,text/plain", hidden: true, onchange: async () => {
      const chosen = choose.files?.[0];
      choose.value = "";
      if (chosen) await this.#read(chosen);
    } });
    const at = (this.at = h("select", { class: "ij-input", "aria-label": t("Where the lines go"), onchange: () => {
      draft.linesAt = /** @type {import("../page").LinesAt} */ (at.value);
      this.#describe();
      this.changed();
    } }, h("option", { value: "instead" }, t("Instead of the prompt")), h("option", { value: "start" }, t("Before the prompt")), h("option", { value: "end" }, t("After the prompt"))));
    this.counted = h("label", { class: "ij-label ij-grow", for: "ij-lines" }, t("Lines"));
    this.told = h("p", { class: "ij-note ij-small ij-muted", role: "status", hidden: true });
    this.filing = h(
      "div", { class: "ij-field" },
      h("div", { class: "ij-line ij-wrap" }, this.counted, at, choose, button(null, t("Choose a file…"), () => choose.click())),
      file, this.told,
    );
  }

  #countLines() {
    const count = this.draft.lines.split(/\r?\n/).filter((line) => line.trim()).length;
    if (this.counted) text(this.counted, t("Lines ({count})", { count: thousands(count) }));
  }

  /** @param {File} chosen */
  async #read(chosen) {
    const small = chosen.size <= MOST_BYTES;
    if (small) this.draft.lines = await chosen.text();
    if (this.told) {
      text(this.told, small ? t("From {name}", { name: chosen.name }) : t("{name} is too large for a list of prompts.", { name: chosen.name }));
      this.told.hidden = false;
    }
    this.show();
    this.changed();
  }
}
