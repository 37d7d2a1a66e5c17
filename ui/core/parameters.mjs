// A summary of the parameters that all images of a job share.

import { plural, short } from "./format.mjs";

/** The parameters that each axis overrides. @type {Record<string, Partial<import("../types").Parameters>>} */
const VARIED = {
  steps: { steps: 0 },
  sampler_name: { sampler: "", scheduler: "" },
  scheduler: { scheduler: "" },
  width: { width: 0 },
  height: { height: 0 },
  "override_settings.sd_model_checkpoint": { checkpoint: "" },
};

/** The parameters without those that vary. @param {import("../types").Parameters} parameters @param {import("../types").Axis[]} axes */
export const settled = (parameters, axes) => axes.reduce((left, { field }) => ({ ...left, ...VARIED[field] }), parameters);

/** The parameters in short: checkpoint, sampler and steps, size. @param {import("../types").Parameters} parameters */
export function parameterFacts({ checkpoint, sampler, scheduler, steps, width, height }) {
  const named = scheduler && scheduler.toLowerCase() !== "automatic" ? `${sampler} ${scheduler}` : sampler;
  return [
    checkpoint && short(checkpoint),
    [named, steps ? plural(steps, "step") : ""].filter(Boolean).join(", "),
    width && height ? `${width} × ${height}` : "",
  ].filter(Boolean);
}
