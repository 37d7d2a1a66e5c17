// Verdicts, ratings and the trash. What is done shows at once and is sent after it, one request at a time, so
// that a later mark never lands before an earlier one; what the server refuses is taken back and said.

import { request, sentence } from "./api.mjs";
import { plural } from "./format.mjs";
import { watched } from "./progress.mjs";
import { leftAlone } from "./words.mjs";

/** @typedef {import("./types").Image} Image */
/** @typedef {import("./types").Verdict} Verdict */
/** @typedef {import("./types").Result} Result */
/** @typedef {import("./detail.mjs").Changes} Changes */
/** @typedef {{ words: string, before: Changes, token: string | null }} Step what can be undone, or redone: `before` is how
 *  the images are then, `token` what the server calls it, null until it has answered and where it refused */

/** @type {Record<Verdict, string>} */
const DONE = { kept: "kept", rejected: "rejected", unreviewed: "unflagged" };

export class Marks {
  /** @type {Step[]} the newest last */
  #steps = [];
  /** @type {Step[]} what was undone, the newest last; nothing once something new was done */
  #undone = [];
  /** @type {Promise<void>} */
  #last = Promise.resolve();
  #hide = () => {};

  /** @param {import("./state.mjs").State} state @param {import("./parts.mjs").Toasts} toasts
   * @param {(ids: string[]) => void} undone shows what was undone by a toast */
  constructor(state, toasts, undone) {
    this.state = state;
    this.toasts = toasts;
    this.undone = undone;
  }

  /** @param {string[]} ids @param {Verdict} verdict */
  verdict(ids, verdict) {
    const changes = this.#changes(ids, (image) => image.verdict !== verdict && { verdict });
    const body = { selection: { images: [...changes.keys()] }, verdict };
    this.#mark("images/verdict", body, changes, DONE[verdict], changes.size > 1);
  }

  /** @param {string[]} ids @param {number} rating 0 (none) to 5 */
  rating(ids, rating) {
    const changes = this.#changes(ids, (image) => image.rating !== rating && { rating });
    const body = { selection: { images: [...changes.keys()] }, rating };
    this.#mark("images/rating", body, changes, rating ? `rated ${rating} of 5` : "without a rating", changes.size > 1);
  }

  /** @param {string[]} ids */
  trash(ids) {
    const changes = this.#changes(ids, (image) => !image.trashed && { trashed: true });
    this.#mark("images/trash", { selection: { images: [...changes.keys()] } }, changes, "deleted", true);
  }

  /** All rejected images of the open job, also those that the filter hides. */
  trashRejected() {
    const { detail } = this.state;
    const rejected = detail?.all().filter((image) => image.verdict === "rejected") ?? [];
    const changes = this.#changes(rejected.map(({ id }) => id), () => ({ trashed: true }));
    this.#mark("images/trash", { selection: { jobs: [detail?.id], verdict: "rejected" } }, changes, "deleted", true);
  }

  /** @param {Step} [step] the newest, unless it is said which @returns {string[]} the images that are as they were */
  undo(step = this.#steps.at(-1)) {
    return this.#turn(step, this.#steps, this.#undone, "undo", "Undone");
  }

  /** The step that was undone last is done again. @returns {string[]} its images */
  redo() {
    return this.#turn(this.#undone.at(-1), this.#undone, this.#steps, "redo", "Redone");
  }

  /** A step goes from one line to the other: what takes it back again is the last there.
   * @param {Step | undefined} step @param {Step[]} from @param {Step[]} to @param {string} verb @param {string} done */
  #turn(step, from, to, verb, done) {
    this.#hide();
    if (!step || !from.includes(step)) {
      this.#say(`There is nothing to ${verb}.`);
      return [];
    }
    drop(from, step);
    const before = this.state.change(step.before);
    /** @type {Step} */
    const back = { words: step.words, before, token: null };
    to.push(back);
    void this.#deliver(before, async () => {
      try {
        if (step.token === null) return; // it was refused, and is taken back already
        /** @type {Result} */
        const result = await watched(this.toasts, this.#again(step.before), () => request("POST", "undo", { body: { undo: step.token } }));
        back.token = result.undo;
        this.#refused(result, before);
        this.#say(`${done}: ${outcome({ ...result, done: step.before.size - result.failed.length }, step.words)}`);
      } finally {
        if (back.token === null) drop(to, back);
      }
    });
    return [...step.before.keys()];
  }

  /** What a step will be at, in the server's words. @param {Changes} changes */
  #again(changes) {
    const { trashed } = changes.values().next().value ?? {};
    return trashed === undefined ? "Marking" : trashed ? "Moving to the trash" : "Restoring";
  }

  /** @param {string[]} ids @param {(image: Image) => Partial<Image> | false} change @returns {Changes} */
  #changes(ids, change) {
    /** @type {Changes} */
    const changes = new Map();
    for (const id of ids) {
      const image = this.state.find(id);
      const made = image && change(image);
      if (made) changes.set(id, made);
    }
    return changes;
  }

  /** @param {string} path @param {unknown} body @param {Changes} changes @param {string} words
   * @param {boolean} loud say it although it went well: it cannot be seen at one place */
  #mark(path, body, changes, words, loud) {
    if (changes.size === 0) return;
    const before = this.state.change(changes);
    /** @type {Step} */
    const step = { words, before, token: null };
    this.#steps.push(step);
    this.#undone.length = 0;
    void this.#deliver(before, async () => {
      try {
        /** @type {Result} */
        const result = await watched(this.toasts, path === "images/trash" ? "Moving to the trash" : "Marking", () => request("POST", path, { body }));
        step.token = result.undo;
        this.#refused(result, before);
        const again = { label: "Undo", run: () => this.undone(this.undo(step)) };
        if (loud || result.failed.length > 0) this.#say(outcome(result, words), result.undo ? again : undefined);
      } finally {
        if (step.token === null) drop(this.#steps, step);
      }
    });
  }

  /** @param {Changes} before what to go back to if it fails @param {() => Promise<void>} send */
  #deliver(before, send) {
    const ids = [...before.keys()];
    this.#last = this.#last.then(async () => {
      try {
        await send();
      } catch (error) {
        this.state.back(before);
        this.toasts.show(sentence(error), { bad: true });
      } finally {
        this.state.sure(ids);
      }
    });
    return this.#last;
  }

  /** Takes back what was left alone. @param {Result} result @param {Changes} before */
  #refused({ failed }, before) {
    /** @type {Changes} */
    const left = new Map();
    for (const { id } of failed) {
      const was = before.get(id);
      if (was) left.set(id, was);
    }
    this.state.back(left);
    for (const id of left.keys()) before.delete(id);
  }

  /** One at a time: with a key held down they would fill the screen.
   * @param {string} words @param {{ label: string, run: () => void }} [action] */
  #say(words, action) {
    this.#hide();
    this.#hide = this.toasts.show(words, { action });
  }
}

/** @param {Step[]} line @param {Step} step */
function drop(line, step) {
  const place = line.indexOf(step);
  if (place >= 0) line.splice(place, 1);
}

/** "36 deleted, 1 left alone: changed since it was recorded". @param {Result} result @param {string} words */
function outcome({ done, failed }, words) {
  const said = `${plural(done, "image")} ${words}`;
  if (failed.length === 0) return `${said}.`;
  return `${said}, ${failed.length} left alone: ${leftAlone(failed)}.`;
}
