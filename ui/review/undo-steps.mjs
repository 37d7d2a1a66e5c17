// What can be undone and redone, kept over a reload of the page. The server has the other part of it, until the
// WebUI ends.

/** @typedef {import("../core/job-images.mjs").Changes} Changes */
/** @typedef {{ words: string, count: number, before: Changes, token: string | null, epoch: string }} Step what can be
 *  undone, or redone. `count`: of its images, 0: it was done elsewhere; `before`: how those are then that the page knows; `token`: what the server
 *  calls it, null where it refused; `epoch`: the server's then: another one knows no token of it */

/** @typedef {{ undo: Step[], redo: Step[] }} Lines each with the newest last */
/** @typedef {{ from?: keyof Lines, step?: Step, made: Step }} Move a new step, or one that goes from a line to the other;
 *  `made`: what takes that back again */

const KEY = "inu-jobs.steps";
/** as many as the server keeps */
export const MOST = 1000;
const ROOM = 1_000_000; // characters, of the five millions that a page has

/** The lines after a move. @param {Lines} lines @param {Move} move @returns {Lines} */
export function moved(lines, { from, step, made }) {
  const { undo, redo } = from && step ? without(lines, [step]) : { undo: [...lines.undo], redo: [] }; // something new was done
  (from === "undo" ? redo : undo).push(made);
  return { undo: undo.slice(-MOST), redo: redo.slice(-MOST) };
}

/** @param {Lines} lines @param {Step[]} gone @returns {Lines} */
export function without({ undo, redo }, gone) {
  const left = (/** @type {Step} */ step) => !gone.includes(step);
  return { undo: undo.filter(left), redo: redo.filter(left) };
}

/** @param {Lines} lines */
export function save({ undo, redo }) {
  let room = ROOM;
  const packed = [undo, redo].map((line) => {
    const parts = [];
    for (const step of line.filter(({ token }) => token !== null).reverse()) {
      const part = pack(step);
      room -= part.length;
      if (room < 0) break;
      parts.unshift(part);
    }
    return `[${parts.join()}]`;
  });
  try {
    sessionStorage.setItem(KEY, `[${packed.join()}]`);
  } catch {
    // the browser keeps nothing: a reload begins anew
  }
}

/** @returns {Lines} */
export function load() {
  try {
    const [undo, redo] = JSON.parse(sessionStorage.getItem(KEY) ?? "[[], []]");
    return { undo: undo.map(unpack), redo: redo.map(unpack) };
  } catch {
    return { undo: [], redo: [] };
  }
}

/** Images that were alike are named together. @param {Step} step */
function pack({ words, count, before, token, epoch }) {
  /** @type {Map<string, string[]>} */
  const alike = new Map();
  for (const [id, change] of before) {
    const key = JSON.stringify(change);
    const ids = alike.get(key);
    if (ids) ids.push(id);
    else alike.set(key, [id]);
  }
  return JSON.stringify({ words, count, token, epoch, before: [...alike] });
}

/** @param {Omit<Step, "before"> & { before: [string, string[]][] }} packed @returns {Step} */
function unpack({ before, ...step }) {
  return { ...step, before: new Map(before.flatMap(([change, ids]) => ids.map((id) => [id, JSON.parse(change)]))) };
}
