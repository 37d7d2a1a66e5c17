// Describes failures.

import { thousands } from "./format.mjs";
import { t, within } from "./sentences.mjs";

/**
 * Which images were skipped, and why: "Its file was changed (00012.png, 00013.png and 4 more)".
 * @param {import("../types").Failure[]} failed
 */
export function leftAlone(failed) {
  /** @type {Map<string, string[]>} names by reason */
  const reasons = new Map();
  for (const { message, name } of failed) {
    const reason = within(message);
    reasons.set(reason, [...(reasons.get(reason) ?? []), name]);
  }
  const told = [...reasons].slice(0, 2).map(([reason, names]) => {
    const known = names.filter(Boolean).slice(0, 3);
    const rest = names.length - known.length;
    if (known.length === 0) return reason;
    return `${reason} (${known.join(", ")}${rest > 0 ? t(" and {rest} more", { rest: thousands(rest) }) : ""})`;
  });
  if (reasons.size > 2) told.push(t("and {size} more reasons", { size: reasons.size - 2 }));
  return told.join("; ");
}
