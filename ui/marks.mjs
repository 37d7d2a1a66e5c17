// Verdicts, ratings and the trash. What is done shows at once and is sent after it, one request at a time, so
// that a later mark never lands before an earlier one; what the server refuses is taken back and said.

import { ApiError, request, sentence } from "./api.mjs";
import { plural } from "./format.mjs";
import { watched } from "./progress.mjs";
import { load, MOST, save } from "./steps.mjs";
import { leftAlone } from "./words.mjs";

/** @typedef {import("./types").Image} Image */
/** @typedef {import("./types").Verdict} Verdict */
/** @typedef {import("./types").Result} Result */
/** @typedef {import("./detail.mjs").Changes} Changes */
/** @typedef {import("./steps.mjs").Step} Step */

/** @type {Record<Verdict, string>} */
const DONE = { kept: "kept", rejected: "rejected", unreviewed: "unflagged" };
const AGAIN = "in the trash, to be made again";

/** Tells by "change" that there is more or less to undo. */
export class Marks extends EventTarget {
  /** @type {Step[]} the newest last */
  #steps;
  /** @type {Step[]} what was undone, the newest last; nothing once something new was done */
  #undone;
  /** @type {Promise<void>} */
  #last = Promise.resolve();
  #hide = () => {};

  /** @param {import("./state.mjs").State} state @param {import("./parts.mjs").Toasts} toasts
   * @param {(ids: string[]) => void} undone shows what was undone by a toast */
  constructor(state, toasts, undone) {
    super();
    this.state = state;
    this.toasts = toasts;
    this.undone = undone;
    [this.#steps, this.#undone] = load();
    const leave = () => save([this.#steps, this.#undone]);
    addEventListener("pagehide", leave);
    document.addEventListener("visibilitychange", leave);
  }

  /** Whether there is anything to undo, and to redo. */
  get can() {
    return { undo: this.#steps.length > 0, redo: this.#undone.length > 0 };
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

  /** They go to the trash, and their tasks wait anew. @param {string[]} ids */
  again(ids) {
    const changes = this.#changes(ids, (image) => !image.trashed && { trashed: true });
    this.#mark("images/retry", { selection: { images: [...changes.keys()] } }, changes, AGAIN, true);
  }

  /** All images of the open job with findings, also those that the filter hides. */
  findingsAgain() {
    const { detail } = this.state;
    const found = detail?.all().filter(({ findings }) => findings.length > 0) ?? [];
    const changes = this.#changes(found.map(({ id }) => id), () => ({ trashed: true }));
    this.#mark("images/retry", { selection: { jobs: [detail?.id], findings: true } }, changes, AGAIN, true);
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
    const forgotten = this.#forget();
    if (!step || !from.includes(step)) {
      this.#say(forgotten ? `The WebUI was started anew: what was done before cannot be ${verb === "undo" ? "undone" : "redone"} any more.` : `There is nothing to ${verb}.`);
      return [];
    }
    this.#drop(from, step);
    const before = this.state.change(step.before);
    /** @type {Step} */
    const back = { words: step.words, count: step.count, before, token: null, epoch: "" };
    this.#push(to, back);
    void this.#deliver(before, async () => {
      try {
        if (step.token === null) return; // it was refused, and is taken back already
        /** @type {Result} */
        const result = await watched(this.toasts, this.#doing(step.before), () => request("POST", "undo", { body: { undo: step.token } }));
        this.#named(back, result);
        this.#refused(result, before);
        this.#say(`${done}: ${outcome({ ...result, done: step.count - result.failed.length }, step.words)}`);
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 404)) this.#push(from, step); // the server may know it still
        throw error;
      } finally {
        if (back.token === null) this.#drop(to, back);
      }
    });
    return [...step.before.keys()];
  }

  /** What a step will be at, in the server's words. @param {Changes} changes */
  #doing(changes) {
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
    const step = { words, count: before.size, before, token: null, epoch: "" };
    this.#undone.length = 0;
    this.#push(this.#steps, step);
    void this.#deliver(before, async () => {
      try {
        /** @type {Result} */
        const result = await watched(this.toasts, this.#doing(changes), () => request("POST", path, { body }));
        this.#named(step, result);
        this.#refused(result, before);
        step.count = before.size;
        const again = { label: "Undo", run: () => this.undone(this.undo(step)) };
        if (loud || result.failed.length > 0) this.#say(outcome(result, words), result.undo ? again : undefined);
      } finally {
        if (step.token === null) this.#drop(this.#steps, step);
      }
    });
  }

  /** @param {Step} step @param {Result} result of what it did */
  #named(step, result) {
    step.token = result.undo;
    step.epoch = this.state.status?.store.epoch ?? "";
  }

  /** What was done before the WebUI was started anew is not known there. @returns {boolean} whether there was any */
  #forget() {
    const epoch = this.state.status?.store.epoch;
    const old = epoch ? [...this.#steps, ...this.#undone].filter((step) => step.epoch && step.epoch !== epoch) : [];
    for (const step of old) {
      this.#drop(this.#steps, step);
      this.#drop(this.#undone, step);
    }
    return old.length > 0;
  }

  /** @param {Step[]} line @param {Step} step */
  #push(line, step) {
    line.push(step);
    if (line.length > MOST) line.shift();
    this.dispatchEvent(new Event("change"));
  }

  /** @param {Step[]} line @param {Step} step */
  #drop(line, step) {
    const place = line.indexOf(step);
    if (place < 0) return;
    line.splice(place, 1);
    this.dispatchEvent(new Event("change"));
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

/** "36 deleted, 1 left alone: changed since it was recorded". @param {Result} result @param {string} words */
function outcome({ done, failed }, words) {
  const said = `${plural(done, "image")} ${words}`;
  if (failed.length === 0) return `${said}.`;
  return `${said}, ${failed.length} left alone: ${leftAlone(failed)}.`;
}
