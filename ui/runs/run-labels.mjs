// Run windows and the run plan in words.

import { clock, duration } from "../core/format.mjs";
import { t } from "../core/sentences.mjs";

/** @typedef {import("../types").Window} Window */

export const DAYS = [t("Mon"), t("Tue"), t("Wed"), t("Thu"), t("Fri"), t("Sat"), t("Sun")];
export const NIGHT = { start: "23:00", end: "07:00" };
export const WEEKEND = { start: "00:00", end: "24:00", days: [5, 6] };

/** Offered by the page; the API takes any number. Higher runs first. */
export const PRIORITIES = [10, 0, -10];

/** @param {number} priority */
export const priorityWords = (priority) => ({ 10: t("High priority"), 0: t("Normal priority"), [-10]: t("Low priority") })[priority] ?? t("Priority {priority}", { priority });

/** @param {Window[]} windows */
export const windowWords = (windows) => (windows.length === 0 ? t("any time") : windows.map(one).join(", "));

/** @param {Window} window */
function one({ start, end, days = [] }) {
  const times = start === "00:00" && end === "24:00" ? "" : ` ${start}–${end}`;
  const weekend = days.length === 2 && days.includes(5) && days.includes(6);
  const which = days.length === 0 || days.length === 7 ? t("every day") : weekend ? "weekends" : days.map((day) => DAYS[day]).join(" ");
  return which + times;
}

/** "now", or like `dayTime`. @param {number} at seconds @param {number} now seconds */
export const moment = (at, now) => (at <= now + 30 ? "now" : dayTime(at, now));

/** "in a moment", or like `dayTime`. @param {number} at seconds @param {number} now seconds */
export const coming = (at, now) => (at <= now + 30 ? t("in a moment") : dayTime(at, now));

/** "14:02" today, "14:02 tomorrow", else "Sat 14:02" or "Sat 3 Nov 14:02". @param {number} at seconds @param {number} now seconds */
function dayTime(at, now) {
  const date = new Date(at * 1000);
  const midnight = new Date(now * 1000).setHours(0, 0, 0, 0);
  const days = Math.round((new Date(date).setHours(0, 0, 0, 0) - midnight) / 86_400_000);
  if (days <= 1) return days === 1 ? t("{at} tomorrow", { at: clock(at) }) : clock(at);
  const near = at - now < 6 * 86_400;
  return `${date.toLocaleDateString("en-GB", near ? { weekday: "short" } : { weekday: "short", day: "numeric", month: "short" })} ${clock(at)}`;
}

/** When something will really be done: "about 02:40, after the jobs ahead", "about 07:00 tomorrow, in its window"; "" if unknown.
 * @param {{ ends: number | null, waits: import("../types").Waits }} what @param {boolean} [windowed] whether it has run windows */
export function endWords({ ends, waits }, windowed = false, now = Date.now() / 1000) {
  if (waits === "hold") return t("after you resume it");
  if (waits === "stopped") return t("after you resume the queue");
  if (ends === null) return "";
  return t("about {dayTime}{rest}", { dayTime: dayTime(ends, now), rest: windowed ? t(", in its window") : waits === "others" ? t(", after the jobs ahead") : "" });
}

/** @param {import("../types").RunJob} run @param {number} now */
export function runWords({ state, starts, ends, seconds, reason }, now) {
  if (starts === null) return reason;
  const from = state === "running" ? t("Runs now") : starts <= now + 30 ? t("Starts in a moment") : moment(starts, now);
  const to = ends === null ? (seconds === null ? t("no estimate yet") : t("end unknown")) : t("done {coming}", { coming: coming(ends, now) });
  return `${from}, ${to}${seconds === null ? "" : t(" ({duration} of work)", { duration: duration(seconds) })}`;
}
