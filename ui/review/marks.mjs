// Verdicts, ratings and the trash. Changes are shown at once and sent one request at a time, so that a later mark never
// arrives before an earlier one, nor an undo before the step it reverts. Changes the server refuses are reverted and
// reported; later ones still apply.

import { ApiError, request, sentence } from "../core/api.mjs";
import { leftAlone } from "../core/failures.mjs";
import { plural, thousands } from "../core/format.mjs";
import { t } from "../core/sentences.mjs";
import { watched } from "../dom/bulk-progress.mjs";
import { load, moved, save, without } from "./undo-steps.mjs";

/** @typedef {import("../page").Image} Image */
/** @typedef {import("../types").Verdict} Verdict */
/** @typedef {import("../types").Result} Result */
/** @typedef {import("../core/job-images.mjs").Changes} Changes */
/** @typedef {import("./undo-steps.mjs").Step} Step */
/** @typedef {import("./undo-steps.mjs").Move} Move */

/** @type {Record<Verdict, string>} */
const DONE = { kept: "kept", rejected: "rejected", unreviewed: "unflagged" };
const TRASHED = t("moved to the trash");
const AGAIN = t("moved to the trash, to be made again");
const NOTHING = { undo: t("There is nothing to undo."), redo: t("There is nothing to redo.") };
const FORGOTTEN = {
  undo: t("The WebUI was restarted: earlier steps cannot be undone."),
  redo: t("The WebUI was restarted: earlier steps cannot be redone."),
};

/** Fires "change" when the undo history changes, and "undone" (detail: image ids) once the server has undone or redone a
 * step. */
export class Marks extends EventTarget {
  /** as confirmed by the server @type {import("./undo-steps.mjs").Lines} */
  #answered;
  /** unconfirmed moves, oldest first; the first is being sent @type {Move[]} */
  #moves = [];
  /** @type {Promise<void>} */
  #last = Promise.resolve();
  #hide = () => {};
  /** @type {WeakMap<Step, () => void>} callbacks for undoing steps that were done elsewhere */
  #elsewhere = new WeakMap();

  /** @param {import("../core/state.mjs").State} state @param {import("../dom/toasts.mjs").Toasts} toasts
   * @param {(ids: string[]) => void} undone shows what a toast's button has undone */
  constructor(state, toasts, undone) {
    super();
    this.state = state;
    this.toasts = toasts;
    this.undone = undone;
    this.#answered = load();
    // The request being sent will most likely arrive; those waiting behind it are lost with the page.
    const leave = () => save(this.#moves.slice(0, 1).reduce(moved, this.#answered));
    let left = false; // from then on the browser aborts requests as if they had failed
    addEventListener("pagehide", () => {
      leave();
      left = true;
    });
    addEventListener("pageshow", () => (left = false));
    document.addEventListener("visibilitychange", () => {
      if (!left) leave();
    });
  }

  /** Whether there is anything to undo, and to redo. */
  get can() {
    const { undo, redo } = this.#lines;
    return { undo: undo.length > 0, redo: redo.length > 0 };
  }

  /** The lines once all moves succeed. */
  get #lines() {
    return this.#moves.reduce(moved, this.#answered);
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
    this.#mark("images/rating", body, changes, rating ? t("rated {rating} of 5", { rating }) : t("unrated"), changes.size > 1);
  }

  /** @param {string[]} ids */
  trash(ids) {
    const changes = this.#changes(ids, (image) => !image.trashed && { trashed: true });
    this.#mark("images/trash", { selection: { images: [...changes.keys()] } }, changes, TRASHED, true);
  }

  /** All rejected images of the open job, including those hidden by the filter. */
  trashRejected() {
    const { detail } = this.state;
    const rejected = detail?.all().filter((image) => image.verdict === "rejected") ?? [];
    const changes = this.#changes(rejected.map(({ id }) => id), () => ({ trashed: true }));
    this.#mark("images/trash", { selection: { jobs: [detail?.id], verdict: "rejected" } }, changes, TRASHED, true);
  }

  /** Moves them to the trash and requeues their tasks. @param {string[]} ids */
  again(ids) {
    const changes = this.#changes(ids, (image) => !image.trashed && { trashed: true });
    this.#mark("images/retry", { selection: { images: [...changes.keys()] } }, changes, AGAIN, true);
  }

  /** All images of the open job with findings, including those hidden by the filter. */
  findingsAgain() {
    const { detail } = this.state;
    const found = detail?.all().filter(({ findings }) => findings.length > 0) ?? [];
    const changes = this.#changes(found.map(({ id }) => id), () => ({ trashed: true }));
    this.#mark("images/retry", { selection: { jobs: [detail?.id], findings: true } }, changes, AGAIN, true);
  }

  /** Makes steps done elsewhere undoable with the keys. @param {{ token: string, words: string }[]} done oldest first
   * @param {() => void} undone called when the keys undo one @returns {() => void} call when they were undone otherwise */
  note(done, undone) {
    const epoch = this.state.status?.store.epoch ?? "";
    const steps = done.map(({ token, words }) => ({ token, words, epoch, count: 0, before: new Map() }));
    this.#answered = steps.reduce((lines, made) => moved(lines, { made }), this.#answered);
    for (const step of steps) this.#elsewhere.set(step, undone);
    this.#tell();
    return () => {
      this.#answered = without(this.#answered, steps);
      this.#tell();
    };
  }

  /** @param {Step} [step] by default the newest @returns {string[]} its images */
  undo(step) {
    return this.#turn("undo", step);
  }

  /** Redoes the last undone step. @returns {string[]} its images */
  redo() {
    return this.#turn("redo");
  }

  /** @param {"undo" | "redo"} from @param {Step} [chosen] */
  #turn(from, chosen) {
    this.#hide();
    const forgotten = this.#forget();
    const line = this.#lines[from];
    const step = chosen ?? line.at(-1);
    if (!step || !line.includes(step)) {
      this.#say(forgotten ? FORGOTTEN[from] : NOTHING[from], { sign: "info" });
      return [];
    }
    this.#elsewhere.get(step)?.();
    const changes = new Map(step.before);
    const before = this.state.change(changes);
    const made = this.#step(step.words, step.count, before);
    this.#deliver({ from, step, made }, changes, async () => {
      const there = this.#answered[from];
      if (!there.includes(step)) this.#say(NOTHING[from], { sign: "info" }); // it had no effect
      // A newer step failed, which was reported: steps are only undone in order.
      if (chosen ? !there.includes(step) : there.at(-1) !== step) return null;
      this.#left([...changes.keys()].filter((id) => !step.before.has(id)), changes, before);
      /** @type {Result} */
      const result = await watched(this.toasts, ...this.#doing(step.before), () => request("POST", "undo", { query: { step: made.token }, body: { undo: step.token } }));
      return step.count > 0 ? result : { ...result, undo: null }; // steps done elsewhere are redone there
    }, (result) => {
      if (step.count === 0) {
        void this.state.refresh();
        return this.#say(t("Undone: {said}", { said: said(step.words, result.failed) }));
      }
      made.count = step.count - result.failed.length;
      this.#say(`${from === "undo" ? t("Undone") : t("Redone")}: ${outcome({ ...result, done: made.count }, step.words)}`);
      this.dispatchEvent(new CustomEvent("undone", { detail: [...changes.keys()] }));
    });
    return [...step.before.keys()];
  }

  /** We choose the token, as the page may be closed before the server answers. @param {string} words @param {number} count
   * @param {Changes} before @returns {Step} */
  #step(words, count, before) {
    const token = [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return { words, count, before, token, epoch: this.state.status?.store.epoch ?? "" };
  }

  /** A step's progress id and label. @param {Changes} changes @returns {[string, string]} */
  #doing(changes) {
    const { trashed } = changes.values().next().value ?? {};
    return trashed === undefined ? ["mark", t("Marking")] : trashed ? ["trash", t("Moving to the trash")] : ["restore", t("Restoring")];
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
   * @param {boolean} loud report success: the effect is not visible in one place */
  #mark(path, body, changes, words, loud) {
    if (changes.size === 0) return;
    const before = this.state.change(changes);
    const step = this.#step(words, before.size, before);
    const send = () => request("POST", path, { query: { step: step.token }, body });
    this.#deliver({ made: step }, changes, () => watched(this.toasts, ...this.#doing(changes), send), (result) => {
      step.count = before.size;
      const again = { label: t("Undo"), run: () => this.undone(this.undo(step)) };
      if (loud || result.failed.length > 0) this.#say(outcome(result, words), result.undo ? { action: again } : {});
    });
  }

  /** Drops steps from before a restart of the WebUI, which it no longer knows. @returns {boolean} whether there were any */
  #forget() {
    const epoch = this.state.status?.store.epoch;
    const { undo, redo } = this.#answered;
    const old = epoch ? [...undo, ...redo].filter((step) => step.epoch && step.epoch !== epoch) : [];
    if (old.length === 0) return false;
    this.#answered = without(this.#answered, old);
    this.#tell();
    return true;
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }

  /** Sends a move after all earlier ones are answered: only then is the history certain.
   * @param {Move} move @param {Changes} changes already shown
   * @param {() => Promise<Result | null>} send null: nothing to do
   * @param {(result: Result) => void} done */
  #deliver(move, changes, send, done) {
    this.#moves.push(move);
    this.#tell();
    this.#last = this.#last.then(async () => {
      try {
        const result = await send();
        if (result) {
          move.made.token = result.undo;
          move.made.epoch = this.state.status?.store.epoch ?? "";
          this.#left(result.failed.map(({ id }) => id), changes, move.made.before);
          this.#answered = result.undo === null ? without(this.#answered, move.step ? [move.step] : []) : moved(this.#answered, move);
          done(result);
        } else this.state.back(changes);
      } catch (error) {
        // On other errors the server still knows it.
        if (move.step && error instanceof ApiError && error.status === 404) this.#answered = without(this.#answered, [move.step]);
        this.state.back(changes);
        this.toasts.show(sentence(error), { bad: true });
      }
      this.#moves.shift();
      this.state.sure(changes);
      this.state.soon();
      this.#tell();
    });
  }

  /** Reverts skipped images. @param {string[]} ids @param {Changes} changes @param {Changes} before the previous values */
  #left(ids, changes, before) {
    this.state.back(new Map(ids.flatMap((id) => {
      const change = changes.get(id);
      return change ? [[id, change]] : [];
    })));
    for (const id of ids) before.delete(id);
  }

  /** One toast at a time: a held key would fill the screen.
   * @param {string} words @param {Parameters<import("../dom/toasts.mjs").Toasts["show"]>[1]} [options] */
  #say(words, options) {
    this.#hide();
    this.#hide = this.toasts.show(words, options);
  }
}

/** "36 images moved to the trash, 1 skipped: changed since it was recorded". @param {Result} result @param {string} words */
function outcome({ done, failed, gone = 0 }, words) {
  const lost = gone === 0 ? "" : gone === done ? t(" (the files were already gone)") : t(" ({gone} had no file)", { gone: thousands(gone) });
  return said(`${plural(done, "image")} ${words}${lost}`, failed);
}

/** @param {string} words @param {import("../types").Failure[]} failed */
const said = (words, failed) => (failed.length === 0 ? `${words}.` : t("{words}, {failed} skipped: {leftAlone}.", { words, failed: thousands(failed.length), leftAlone: leftAlone(failed) }));
