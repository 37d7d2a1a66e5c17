// The page's versions of the web API's types (types.d.ts), and the globals of the WebUI's page.

import type * as api from "./types";

export type Job = api.JobSummary;
/** As sent by the page, with all fields. */
export type JobSpec = Required<Omit<api.JobSpec, "note" | "axes">> & { axes: AxisSpec[] };
export type DeriveSpec = Required<api.DeriveSpec>;
export type Template = Required<api.Template>;
export type AxisSpec = Omit<api.AxisSpec, "template"> & { template?: Template };
export type LinesAt = JobSpec["lines_at"];
export type Capture = Omit<api.Capture, "axes" | "not_frozen_says"> & { axes: AxisSpec[]; not_frozen_says?: api.Says[] };
export type SavedRecipe = Omit<api.SavedRecipe, "axes"> & { axes: AxisSpec[] };
export type Plan = Omit<api.Plan, "sample"> & { sample: { changes: api.Payload; prompt: string; label: string }[] };
export type EditPlan = Plan & api.EditPlan;

/** A payload field, as described by inu_jobs/fields. */
export interface Field {
  path: string;
  type: "text" | "texts" | "integer" | "number" | "switch" | "object" | "list" | "size";
  label?: string;
  unit?: string;
  only?: "txt2img" | "img2img" | "upscale";
  group?: string;
  example?: string;
  choices?: Exclude<keyof Catalog, "fields">[];
  also?: string[];
  prose?: boolean;
  whose?: string;
}

/** The fields, and the names of everything installed. */
export interface Catalog {
  fields: Field[];
  loras: string[];
  styles: string[];
  wildcards: string[];
  checkpoints: string[];
  vaes: string[];
  samplers: string[];
  schedulers: string[];
  upscalers: string[];
  latent_upscale_modes: string[];
}

/** The parts of a task that the page keeps: with ten thousand tasks, every field counts. */
export type Task =
  & Pick<api.TaskView, "id" | "job" | "index" | "state" | "error" | "label" | "images" | "width" | "height" | "coords">
  & Partial<Pick<api.TaskView, "axes_label" | "source_label" | "purged" | "source">>;

/** The parts of an image that the page keeps. */
export type Image = Omit<api.ImageView, "path" | "seed">;

declare global {
  interface Window {
    inuJobs?: { captured: (answer: string | { error?: string; says?: api.Says }, shift: boolean) => void };
    onUiLoaded?: (callback: () => void) => void;
  }
}
