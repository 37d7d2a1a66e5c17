// Run windows and the plan of runs, in words.

import { clock, duration } from "./format.mjs";

/** @typedef {import("./types").Window} Window */

export const DAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
export const NIGHT = { start: "23:00", end: "07:00" };
export const WEEKEND = { start: "00:00", end: "24:00", days: [5, 6] };

/** @param {Window[]} windows */
export const windowWords = (windows) => (windows.length === 0 ? "any time" : windows.map(one).join(", "));

/** @param {Window} window */
function one({ start, end, days = [] }) {
  const times = start === "00:00" && end === "24:00" ? "" : ` ${start}–${end}`;
  const weekend = days.length === 2 && days.includes(5) && days.includes(6);
  const which = days.length === 0 || days.length === 7 ? "every day" : weekend ? "weekends" : days.map((day) => DAYS[day]).join(" ");
  return which + times;
}

/** "now", "14:02" today, else "Sat 14:02" or "Sat 3 Nov 14:02". @param {number} at seconds @param {number} now seconds */
export function moment(at, now) {
  if (at <= now + 30) return "now";
  const date = new Date(at * 1000);
  if (date.toDateString() === new Date(now * 1000).toDateString()) return clock(at);
  const near = at - now < 6 * 86_400;
  return `${date.toLocaleDateString("en-GB", near ? { weekday: "short" } : { weekday: "short", day: "numeric", month: "short" })} ${clock(at)}`;
}

/** @param {import("./types").RunJob} run @param {number} now */
export function runWords({ starts, ends, seconds, reason }, now) {
  if (starts === null) return reason;
  const from = starts <= now + 30 ? "Runs now" : moment(starts, now);
  const to = ends === null ? (seconds === null ? "nobody knows yet how long" : "end not known") : `done ${moment(ends, now)}`;
  return `${from}, ${to}${seconds === null ? "" : ` (${duration(seconds)} of work)`}`;
}
