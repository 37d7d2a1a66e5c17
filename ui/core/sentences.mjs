// What is said to people: an English template and its values, so that it can be said in another language. The template
// is the key, as in gettext; what a language lacks shows in English. A language has to be set before the modules of the
// page are loaded: many have their sentences ready then.

/** @typedef {string | number | null | undefined} Value */
/** The forms of a sentence by the count `n`; `other` is the key. @typedef {{ one: string, other: string }} Forms */
/** @typedef {import("../types").Says} Says */
/** How a template is said: by the categories of Intl.PluralRules where it has a count.
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
 * A sentence: `t("{n} images", { n })`. Both arguments are written out where it is called, so that all templates can be
 * found. A number is a count; what is none (a seed, a step) is given as a text.
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

/** A word of the server's tables, such as a field's label. It is a template without holes. @param {string} text */
export const word = (text) => t(text);

/** @param {{ [category: string]: string }} forms @param {number} count @param {string} key */
const formOf = (forms, count, key) => forms[plurals.select(count)] ?? forms["other"] ?? key;

/** @param {string} template @param {{ [name: string]: Value }} values */
const filled = (template, values) => template.replace(/\{(\w+)\}/g, (hole, name) => {
  const value = Object.hasOwn(values, name) ? values[name] : hole;
  return typeof value === "number" ? thousands(value) : String(value ?? "");
});

/** A sentence of the server's, which has English and the template that it is made of. @param {string} english @param {Says | null | undefined} [says] */
export function said(english, says) {
  return says && Object.hasOwn(templates, says.text) ? translated(says) : english; // not what every object has
}

/** @param {Says} says @returns {string} */
function translated({ text, values }) {
  const ready = Object.entries(values).map(([name, value]) => [name, typeof value === "object" ? translated(value) : value]);
  return t(text, Object.fromEntries(ready));
}

/**
 * An answer of the server's with its sentences in the page's language: `message` and `detail` stand beside `says`, any
 * other text `x` beside `x_says`.
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

/** A sentence inside of another has no full stop. @param {string} sentence */
export const within = (sentence) => sentence.replace(/\.$/, "");
