// Translatable sentences: an English template and its values. The template is the key, as in gettext; anything a
// language lacks is shown in English. Set the language before loading the page's modules: many build sentences on load.

/** @typedef {string | number | null | undefined} Value */
/** The forms of a sentence by the count `n`; `other` is the key. @typedef {{ one: string, other: string }} Forms */
/** @typedef {import("../types").Says} Says */
/** Translations by template; by Intl.PluralRules category where there is a count.
 * @typedef {{ [template: string]: string | { [category: string]: string } }} Language */

let code = "en";
/** @type {Language} */
let templates = {};
let numbers = new Intl.NumberFormat(code);
let plurals = new Intl.PluralRules(code);

/** @param {string} name as "ja" @param {Language} language */
export function setLanguage(name, language) {
  [code, templates] = [name, language];
  [numbers, plurals] = [new Intl.NumberFormat(name), new Intl.PluralRules(name)];
}

/** For Intl. */
export const locale = () => code;

/** "10,000". @param {number} count */
export const thousands = (count) => numbers.format(count);

/**
 * A sentence: `t("{n} images", { n })`. Write both arguments out at the call, so that all templates can be found.
 * Numbers are counts; pass other numbers (a seed, a step) as text.
 * @param {string | Forms} text @param {{ [name: string]: Value }} [values]
 */
export function t(text, values = {}) {
  const key = typeof text === "string" ? text : text.other;
  const count = Number(values["n"]);
  const said = (Object.hasOwn(templates, key) ? templates[key] : undefined) ?? text;
  return filled(typeof said === "string" ? said : formOf(said, count, key), values);
}

/** "1 image", "10,000 images". @param {number} n @param {string} one @param {string} [many] */
export const plural = (n, one, many = one + "s") => t({ one: `{n} ${one}`, other: `{n} ${many}` }, { n });

/** A word from the server's tables, such as a field's label: a template without placeholders. @param {string} text */
export const word = (text) => t(text);

/** @param {{ [category: string]: string }} forms @param {number} count @param {string} key */
const formOf = (forms, count, key) => forms[plurals.select(count)] ?? forms["other"] ?? key;

/** @param {string} template @param {{ [name: string]: Value }} values */
const filled = (template, values) => template.replace(/\{(\w+)\}/g, (hole, name) => {
  const value = Object.hasOwn(values, name) ? values[name] : hole;
  return typeof value === "number" ? thousands(value) : String(value ?? "");
});

/** A sentence from the server, which sends the English text and its template. @param {string} english @param {Says | null | undefined} [says] */
export function said(english, says) {
  return says && Object.hasOwn(templates, says.text) ? translated(says) : english; // hasOwn: not inherited names
}

/** @param {Says} says @returns {string} */
function translated({ text, values }) {
  const ready = Object.entries(values).map(([name, value]) => [name, typeof value === "object" ? translated(value) : value]);
  return t(text, Object.fromEntries(ready));
}

/**
 * Translates a server answer: `message` and `detail` have their template in `says`, any other text `x` in `x_says`.
 * @template T
 * @param {T} answer @returns {T}
 */
export function inLanguage(answer) {
  if (Object.keys(templates).length > 0) translate(answer);
  return answer;
}

/** @param {any} node in place */
function translate(node) {
  if (node === null || typeof node !== "object") return;
  for (const [name, says] of Object.entries(node)) {
    if (name === "says") for (const text of ["message", "detail", "what"]) if (text in node) node[text] = said(node[text], says);
    if (!name.endsWith("_says")) translate(says);
    else if (Array.isArray(says)) node[name.slice(0, -5)] = says.map((one) => translated(one));
    else node[name.slice(0, -5)] = said(node[name.slice(0, -5)], says);
  }
}

/** Drops the full stop, for use inside another sentence. @param {string} sentence */
export const within = (sentence) => sentence.replace(/\.$/, "");
