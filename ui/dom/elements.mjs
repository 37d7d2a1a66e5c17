// Builds elements. Text is only ever added as text, never as HTML: names and prompts may contain anything.

import { ICONS } from "./icons.mjs";

/** @typedef {Node | string | number | null | undefined | false} Child */
/** @typedef {Record<string, string | number | boolean | null | undefined | ((event: any) => void)>} Props */

/**
 * An element: `h("button", { class: "ij-btn", onclick: go, "aria-label": "Go" }, icon("send"), "Go")`.
 * Properties named `on...` are listeners; `true` sets an empty attribute; `false`, null and undefined set none.
 * @template {keyof HTMLElementTagNameMap} K
 * @param {K} tag
 * @param {Props | null} [props]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[K]}
 */
export function h(tag, props, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else attr(element, name, value);
  }
  put(element, ...children);
  return element;
}

/** @param {Element} element @param {string} name @param {string | number | boolean | null | undefined} value */
export function attr(element, name, value) {
  if (value === false || value === null || value === undefined) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? "" : String(value));
}

/** Replaces the children. @param {Element} parent @param {...Child} children */
export function put(parent, ...children) {
  parent.replaceChildren(...children.filter(isThere).map((child) => (child instanceof Node ? child : String(child))));
}

/** @param {Child} child @returns {child is Node | string | number} */
function isThere(child) {
  return child !== null && child !== undefined && child !== false && child !== "";
}

/** @type {WeakMap<Element, string>} */
const keys = new WeakMap();

/**
 * Replaces the children, but only if `key` differs from last time, so that focus, hover and selection survive an update
 * that changes nothing here.
 * @param {Element} parent
 * @param {unknown} key
 * @param {() => Child[]} make
 */
export function sync(parent, key, make) {
  const text = JSON.stringify(key) ?? "";
  if (keys.get(parent) === text) return;
  keys.set(parent, text);
  put(parent, ...make());
}

/** @param {Element} element @param {string} value */
export function text(element, value) {
  if (element.textContent !== value) element.textContent = value;
}

const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {string} name one of ICONS
 * @param {string} [more] further classes
 */
export function icon(name, more = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", `ij-icon ${more}`.trim());
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("aria-hidden", "true");
  for (const [d, width] of ICONS[name] ?? []) {
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", d);
    if (width) path.setAttribute("stroke-width", String(width));
    svg.append(path);
  }
  return svg;
}

/**
 * @param {string | null} sign an icon's name
 * @param {string} label
 * @param {(event: MouseEvent) => void} onclick
 * @param {{ kind?: string, iconOnly?: boolean, props?: Props }} [options] `kind`: more classes
 */
export function button(sign, label, onclick, { kind = "", iconOnly = false, props = {} } = {}) {
  return h(
    "button",
    {
      type: "button",
      class: `ij-btn ${iconOnly ? "ij-btn-icon " : ""}${kind}`.trim(),
      onclick,
      ...(iconOnly ? { "aria-label": label, title: label } : {}),
      ...props,
    },
    sign && icon(sign),
    iconOnly ? null : h("span", null, label),
  );
}

/** Changes the label of a `button`. @param {HTMLButtonElement} element @param {string} label */
export function relabel(element, label) {
  const span = element.querySelector("span");
  if (span) text(span, label);
}

/**
 * @param {"bad" | "warn" | "info"} kind
 * @param {string} sign
 * @param {string} title
 * @param {Child[]} lines
 * @param {Child[]} [acts]
 */
export function banner(kind, sign, title, lines, acts = []) {
  const tone = kind === "info" ? "muted" : kind;
  return h(
    "div",
    { class: kind === "info" ? "ij-banner" : `ij-banner ij-banner-${kind}`, role: kind === "bad" ? "alert" : "status" },
    icon(sign, `ij-${tone}`),
    h("div", { class: "ij-grow" }, title && h("h4", null, title), ...lines.map((line) => line && h("p", null, line))),
    acts.length > 0 && h("div", { class: "ij-banner-acts" }, ...acts),
  );
}
