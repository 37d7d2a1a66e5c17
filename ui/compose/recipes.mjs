// Recipes: stored on the server, filled in and applied to the composer's draft here.

import { request } from "../core/api.mjs";
import { t } from "../core/sentences.mjs";

/** @typedef {import("../page").SavedRecipe} SavedRecipe */
/** @typedef {import("../types").Json} Json */

/** @returns {Promise<SavedRecipe[]>} built-in ones first */
export const listRecipes = async () => (await request("GET", "recipes")).recipes;

/** @param {unknown} recipe as in a file @returns {Promise<SavedRecipe>} */
export const saveRecipe = (recipe) => request("POST", "recipes", { body: recipe });

/** @param {SavedRecipe} recipe */
export const deleteRecipe = (recipe) => request("DELETE", `recipes/${encodeURIComponent(recipe.id)}`);

/** In the file format, to restore a deleted one. @param {SavedRecipe} recipe */
export function asFile({ id: _id, created: _created, builtin: _builtin, axes, ...recipe }) {
  return { format: "inu-jobs-recipe-1", ...recipe, axes: axes.map(written) };
}

/** @param {File} file @returns {Promise<unknown>} @throws {Error} with one sentence */
export async function readRecipe(file) {
  try {
    const found = JSON.parse(await file.text());
    if (found !== null && typeof found === "object" && !Array.isArray(found)) return found;
  } catch {
    // reported below
  }
  throw new Error(t("{name} is not a recipe.", { name: file.name }));
}

/** Replaces `{key}` in all its texts with the answer. @param {SavedRecipe} recipe @param {Record<string, string>} answers */
export function answered({ name, payload, axes, lines, lines_at, asks, own_seeds, windows, priority }, answers) {
  const first = asks[0] && answers[asks[0].key];
  return {
    name: first && asks[0]?.kind !== "text" ? `${name}: ${first}`.slice(0, 200) : name,
    ...filled({ payload, axes: axes.map(written), lines }, answers), lines_at, own_seeds, windows, priority,
  };
}

/** @template T @param {T} value @param {Record<string, string>} answers @returns {T} */
function filled(value, answers) {
  /** @param {any} part @returns {any} */
  const fill = (part) => {
    if (typeof part === "string") return Object.entries(answers).reduce((text, [key, answer]) => text.replaceAll(`{${key}}`, () => answer), part);
    if (Array.isArray(part)) return part.map(fill);
    if (part === null || typeof part !== "object") return part;
    return Object.fromEntries(Object.entries(part).map(([key, inner]) => [key, fill(inner)]));
  };
  return fill(value);
}

/** Without the empty fields. @param {import("../page").AxisSpec} axis @returns {import("../page").AxisSpec} */
const written = ({ field, values, text, template }) =>
  (template ? { field, template } : values ? { field, values } : { field, text: text ?? "" });
