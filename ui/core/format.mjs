// Formats numbers and times.

import { locale, plural, t } from "./sentences.mjs";

export { plural, thousands } from "./sentences.mjs";

const MOMENT = 45; // seconds
/** For dates and times: in English "3 Nov" and "14:02". */
const dates = () => (locale() === "en" ? "en-GB" : locale());

/** Seconds as "under a minute", "12 min", "3 h 5 min". @param {number} seconds */
export function duration(seconds) {
  const minutes = Math.round(seconds / 60);
  if (seconds < MOMENT) return t("under a minute");
  if (minutes < 60) return t("{minutes} min", { minutes: Math.max(1, minutes) });
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return plural(Math.round(hours / 24), "day");
  return minutes % 60 ? t("{hours} h {minutes} min", { hours, minutes: minutes % 60 }) : t("{hours} h", { hours });
}

/** "about 12 min", "under a minute". @param {number} seconds */
export const about = (seconds) => (seconds < MOMENT ? duration(seconds) : t("about {duration}", { duration: duration(seconds) }));

/** "14:02" today, "yesterday", "Sat" within a week, else "3 Nov" or "3 Nov 2025". @param {number} at seconds */
export function when(at, now = Date.now()) {
  const date = new Date(at * 1000);
  const midnight = new Date(now).setHours(0, 0, 0, 0);
  const days = Math.ceil((midnight - date.getTime()) / 86_400_000);
  if (days <= 0) return clock(at);
  if (days === 1) return t("yesterday");
  if (days < 7) return date.toLocaleDateString(locale(), { weekday: "short" });
  const year = date.getFullYear() === new Date(now).getFullYear() ? undefined : "numeric";
  return date.toLocaleDateString(dates(), { day: "numeric", month: "short", year });
}

/** "14:02". @param {number} at seconds */
export const clock = (at) => new Date(at * 1000).toLocaleTimeString(dates(), { hour: "2-digit", minute: "2-digit" });

/** "110 MB". @param {number} bytes */
export function size(bytes) {
  const units = [t("bytes"), "KB", "MB", "GB", "TB"];
  let unit = 0;
  while (bytes >= 1000 && unit < units.length - 1) {
    bytes /= 1000;
    unit += 1;
  }
  return `${bytes < 10 && unit > 1 ? bytes.toFixed(1) : Math.round(bytes)} ${units[unit]}`;
}

/** A file's name without folders and ".safetensors". @param {string} name */
export const short = (name) => (name.split(/[\\/]/).pop() ?? name).replace(/\.(safetensors|ckpt|pt)\b/, "");
