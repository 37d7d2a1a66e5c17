// What can be undone and redone, kept over a reload of the page. The server has the other part of it, until the
// WebUI ends.

/** @typedef {import("./detail.mjs").Changes} Changes */
/** @typedef {{ words: string, count: number, before: Changes, token: string | null, epoch: string }} Step what can be
 *  undone, or redone. `count`: of its images; `before`: how those are then that the page knows; `token`: what the server
 *  calls it, null until it has answered and where it refused; `epoch`: the server's then: another one knows no token of it */

const KEY = "inu-jobs.steps";
/** as many as the server keeps */
export const MOST = 1000;
const ROOM = 1_000_000; // characters, of the five millions that a page has

/** @param {[undo: Step[], redo: Step[]]} lines each with the newest last */
export function save(lines) {
  let room = ROOM;
  const packed = lines.map((line) => {
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

/** @returns {[undo: Step[], redo: Step[]]} */
export function load() {
  try {
    const [undo, redo] = JSON.parse(sessionStorage.getItem(KEY) ?? "[[], []]");
    return [undo.map(unpack), redo.map(unpack)];
  } catch {
    return [[], []];
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
