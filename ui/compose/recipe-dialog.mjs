// The composer's recipes: use, save, share and import them.

import { sentence, url } from "../core/api.mjs";
import { t } from "../core/sentences.mjs";
import { openDialog } from "../dom/dialog.mjs";
import { attr, button, h, icon, put, text } from "../dom/elements.mjs";
import { answered, asFile, deleteRecipe, listRecipes, readRecipe, saveRecipe } from "./recipes.mjs";

/** @typedef {import("../page").SavedRecipe} SavedRecipe */
/** @typedef {import("./draft.mjs").Draft} Draft */

/** The known names for each kind of question in a recipe.
 * @type {Record<import("../types").Ask["kind"], (catalog: import("../page").Catalog) => string[]>} */
const KNOWN = { lora: ({ loras }) => loras, checkpoint: ({ checkpoints }) => checkpoints, sampler: ({ samplers }) => samplers, text: () => [] };

export class RecipeDialog {
  #list = h("ul", { class: "ij-recipes" });
  #busy = false;
  #told = h("p", { class: "ij-line ij-wrap ij-small", role: "status" });

  /** @param {HTMLElement} place @param {Draft} draft @param {import("../page").Catalog} catalog @param {(name: string) => void} taken a recipe was applied to the draft */
  constructor(place, draft, catalog, taken) {
    this.draft = draft;
    this.catalog = catalog;
    this.taken = taken;
    this.main = h("div", { class: "ij-dialog-main ij-scroll" });
    this.title = h("h2", { class: "ij-grow" }, t("Recipes"));
    this.dialog = h(
      "dialog", { class: "ij-dialog ij-recipe-box", "data-ij": "recipes", "aria-label": t("Recipes") },
      h("div", { class: "ij-dialog-head" }, this.title, button("cross", t("Close"), () => this.dialog.close(), { kind: "ij-btn-quiet", iconOnly: true })),
      this.main,
    );
    // It is inside the composer's dialog, which has its own keys.
    this.dialog.addEventListener("keydown", (event) => event.stopPropagation());
    openDialog(place, this.dialog);
    this.#shelf();
  }

  /** Shows the list of recipes. */
  #shelf() {
    const name = h("input", { class: "ij-input", type: "text", maxlength: 200, placeholder: t("Name of a new recipe"), "aria-label": t("Name of a new recipe") });
    const file = h("input", { type: "file", accept: ".json,application/json", hidden: true, onchange: () => {
      const chosen = file.files?.[0];
      file.value = "";
      if (chosen) void this.#do(async () => t("“{name}” was imported.", { name: (await saveRecipe(await readRecipe(chosen))).name }));
    } });
    const save = (/** @type {Event} */ event) => {
      event.preventDefault();
      if (!name.value.trim()) return this.#tell(t("Give the recipe a name."), true);
      void this.#do(async () => t("“{name}” was saved.", { name: (await saveRecipe(this.draft.recipe(name.value.trim()))).name })).then((done) => done && (name.value = ""));
    };
    // On the second press of a double click it is already saved, and the name is empty.
    const once = (/** @type {MouseEvent} */ event) => event.detail > 1 && event.preventDefault();
    text(this.title, t("Recipes"));
    put(
      this.main,
      h("form", { class: "ij-line", onsubmit: save }, name, h("button", { type: "submit", class: "ij-btn", onclick: once }, t("Save current setup"))),
      this.#told, this.#list,
      h("div", { class: "ij-line" }, file, button("plus", t("Import from a file…"), () => file.click())),
    );
    void this.#load();
  }

  async #load() {
    try {
      const recipes = await listRecipes();
      put(this.#list, ...recipes.map((recipe) => this.#entry(recipe)));
    } catch (error) {
      this.#tell(sentence(error), true);
    }
  }

  /** @param {SavedRecipe} recipe */
  #entry(recipe) {
    const { id, name, note, kind, builtin } = recipe;
    const fits = !kind || kind === this.draft.kind;
    const use = button(null, t("Use"), () => fits && (recipe.asks.length > 0 ? this.#ask(recipe) : this.#take(recipe, {})), {
      props: { "aria-label": t("Use {name}", { name }), "aria-disabled": fits ? null : "true" },
    });
    return h(
      "li", { class: "ij-recipe-entry" },
      h(
        "div", { class: "ij-grow" }, h("b", null, name), note && h("p", { class: "ij-muted ij-small" }, note),
        !fits && h("p", { class: "ij-small ij-warn" }, t("For {kind} only: press Queue as job there.", { kind })),
      ),
      h(
        "span", { class: "ij-line" },
        !builtin && button("trash", t("Delete {name}", { name }), () => void this.#delete(recipe), { kind: "ij-btn-quiet", iconOnly: true }),
        h("a", {
          class: "ij-btn ij-btn-icon ij-btn-quiet", href: url(`recipes/${encodeURIComponent(id)}/file`), download: "", "aria-label": t("Export {name}", { name }), title: t("Export {name}", { name }),
        }, icon("download")),
        use,
      ),
    );
  }

  /** Asks the recipe's questions before it is used. @param {SavedRecipe} recipe */
  #ask(recipe) {
    const fields = recipe.asks.map((ask, at) => {
      const names = KNOWN[ask.kind](this.catalog);
      const input = h("input", {
        class: "ij-input", type: "text", value: ask.default, autocomplete: "off", spellcheck: "false", list: names.length > 0 ? `ij-ask-${at}` : null,
      });
      const list = names.length > 0 && h("datalist", { id: `ij-ask-${at}` }, ...names.map((value) => h("option", { value })));
      return { ask, input, element: h("label", { class: "ij-field" }, h("span", { class: "ij-label" }, ask.label), input, list) };
    });
    const go = (/** @type {Event} */ event) => {
      event.preventDefault();
      for (const { input } of fields) attr(input, "aria-invalid", input.value.trim() ? null : "true");
      const empty = fields.find(({ input }) => !input.value.trim());
      if (!empty) return this.#take(recipe, Object.fromEntries(fields.map(({ ask, input }) => [ask.key, input.value.trim()])));
      this.#tell(t("{label}: enter a value.", { label: empty.ask.label }), true);
      empty.input.focus();
    };
    text(this.title, recipe.name);
    put(this.#told);
    put(
      this.main,
      h(
        "form", { class: "ij-recipe-asks", onsubmit: go }, recipe.note && h("p", { class: "ij-muted" }, recipe.note),
        ...fields.map(({ element }) => element), this.#told,
        h("div", { class: "ij-line" }, button("left", t("All recipes"), () => this.#shelf()), h("button", { type: "submit", class: "ij-btn ij-btn-primary" }, t("Use"))),
      ),
    );
    fields[0]?.input.focus();
  }

  /** @param {SavedRecipe} recipe @param {Record<string, string>} answers */
  #take(recipe, answers) {
    const described = answered(recipe, answers);
    this.draft.take(described);
    this.dialog.close();
    this.taken(recipe.name);
  }

  /** @param {SavedRecipe} recipe */
  async #delete(recipe) {
    const gone = await this.#do(async () => {
      await deleteRecipe(recipe);
      return t("“{name}” was deleted.", { name: recipe.name });
    });
    if (!gone) return;
    const undo = () => void this.#do(async () => t("“{name}” was restored.", { name: (await saveRecipe(asFile(recipe))).name }));
    this.#told.append(h("button", { type: "button", class: "ij-link", onclick: undo }, t("Undo")));
  }

  /** One at a time: a double click saves one recipe. @param {() => Promise<string>} act returns the message @returns {Promise<boolean>} */
  async #do(act) {
    if (this.#busy) return false;
    this.#busy = true;
    try {
      this.#tell(await act());
      await this.#load();
      return true;
    } catch (error) {
      this.#tell(sentence(error), true);
      return false;
    } finally {
      this.#busy = false;
    }
  }

  /** @param {string} words @param {boolean} [bad] */
  #tell(words, bad = false) {
    put(this.#told, icon(bad ? "bad" : "check", bad ? "ij-bad" : "ij-ok"), h("span", null, words));
  }
}
