// The commands of a review, applied to the current images of the grid, the viewer or another view.

import { remember, remembered } from "../core/browser-storage.mjs";
import { verbOf } from "./keys.mjs";

/** @typedef {import("./keys.mjs").Verb} Verb */
/**
 * A view with current images.
 * @typedef {object} Seat
 * @property {() => string[]} ids the current images
 * @property {() => string[]} shown all visible images, in order
 * @property {(ids: string[]) => void} go makes these current
 */
/** @typedef {{ help: () => void, compare: () => ((ids: string[], shown: string[]) => void) | undefined }} Wiring
 *  `compare` returns undefined if images cannot be compared */

const ADVANCE_KEY = "inu-jobs.advance";

export class ReviewCommands {
  /** @param {import("./marks.mjs").Marks} marks @param {Wiring} wiring */
  constructor(marks, wiring) {
    this.marks = marks;
    this.wiring = wiring;
  }

  /** Whether a verdict on one image moves on to the next. */
  get advance() {
    return remembered(ADVANCE_KEY) !== "off";
  }

  set advance(on) {
    remember(ADVANCE_KEY, on ? "on" : "off");
  }

  /** @param {KeyboardEvent} event @param {Seat} seat @returns {boolean} whether it was a key of ours */
  press(event, seat) {
    const verb = verbOf(event);
    if (!verb) return false;
    event.preventDefault();
    // Holding a key down must not run through the whole job.
    if (!event.repeat || ("act" in verb && (verb.act === "undo" || verb.act === "redo"))) this.do(verb, seat);
    return true;
  }

  /** @param {Verb} verb @param {Seat} seat */
  do(verb, seat) {
    const ids = seat.ids();
    if ("act" in verb && verb.act === "help") this.wiring.help();
    else if ("act" in verb && verb.act === "undo") this.#stepped(this.marks.undo(), seat);
    else if ("act" in verb && verb.act === "redo") this.#stepped(this.marks.redo(), seat);
    else if (ids.length === 0) return;
    else if ("rating" in verb) this.marks.rating(ids, verb.rating);
    else if ("verdict" in verb) this.#judge(ids, verb.verdict, seat);
    else if (verb.act === "trash" || verb.act === "again") this.#trash(ids, seat, verb.act);
    else this.wiring.compare()?.(ids, seat.shown());
  }

  /** @param {string[]} ids @param {import("../types").Verdict} verdict @param {Seat} seat */
  #judge(ids, verdict, seat) {
    const { next, near } = around(ids, seat.shown());
    this.marks.verdict(ids, verdict);
    if (ids.length === 1 && this.advance && next) seat.go([next]);
    else if (seat.ids().length === 0 && near) seat.go([near]); // the filter hides the reviewed image
  }

  /** @param {string[]} ids @param {Seat} seat @param {"trash" | "again"} act */
  #trash(ids, seat, act) {
    const { near } = around(ids, seat.shown());
    this.marks[act](ids);
    if (near) seat.go([near]);
  }

  /** Goes to the undone or redone images that are visible. @param {string[]} touched @param {Seat} seat */
  #stepped(touched, seat) {
    const these = new Set(touched);
    const ids = seat.shown().filter((id) => these.has(id));
    if (ids.length > 0) seat.go(ids);
  }
}

/** The image after the last of `ids`, and the one to go to when they are gone. @param {string[]} ids @param {string[]} shown */
function around(ids, shown) {
  const these = new Set(ids);
  const last = shown.reduce((found, id, place) => (these.has(id) ? place : found), -1);
  const next = shown[last + 1];
  return { next, near: next ?? shown.filter((id) => !these.has(id)).pop() };
}
