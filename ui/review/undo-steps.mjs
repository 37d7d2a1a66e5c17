// The undo history, which survives a reload of the page. The server has its counterpart until the WebUI quits.

/** @typedef {import("../core/job-images.mjs").Changes} Changes */
/** @typedef {{ words: string, count: number, before: Changes, token: string | null, epoch: string }} Step a step to
 *  undo or redo. `count`: of its images, 0: done elsewhere; `before`: the values of known images to go back to; `token`: the
 *  server's name for it, null if refused; `epoch`: the server's at that time: after a restart the token is unknown */

/** @typedef {{ undo: Step[], redo: Step[] }} Lines newest last */
/** @typedef {{ from?: keyof Lines, step?: Step, made: Step }} Move a new step, or one that moves between the lines;
 *  `made`: its inverse */

const KEY = "inu-jobs.steps";
/** the server keeps as many */
export const MOST = 1000;
const ROOM = 1_000_000; // characters, of the five million that a page may store

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
    // storage is blocked: the history is lost on reload
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

/** Groups images with the same values. @param {Step} step */
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
