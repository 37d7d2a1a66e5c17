// What the derive dialog sends, and what it says is wrong.

import assert from "node:assert/strict";
import { test } from "node:test";

import { DeriveForm } from "../../ui/derive/derive-form.mjs";
import { CATALOG } from "./catalog.mjs";

const form = (action = "img2img") => new DeriveForm({ images: ["a", "b"] }, 2, action, CATALOG);

function fieldOf(derivation, path) {
  return derivation.fields.find((field) => field.path === path);
}

/** Types it into a field. @returns what is wrong then */
function type(derivation, path, entry) {
  const field = fieldOf(derivation, path);
  Object.assign(derivation.entry(field), entry);
  return derivation.wrong(field);
}

test("as it stands at first", () => {
  const { changes, axes, skip_made: skip, leave_out: left } = form().spec();
  assert.deepEqual([changes, axes, skip, left], [{ denoising_strength: 0.4 }, [], false, []]);
  assert.equal(form().touched, false);
  assert.deepEqual(form("upscale").spec().changes, { upscaler: "ESRGAN, 4x", scale: 2 }); // any but "None"
});

test("several values are an axis, and are counted", () => {
  const derivation = form();
  type(derivation, "denoising_strength", { text: "0.3, 0.5" });
  type(derivation, "steps", { mode: "set", text: "10-20 [2]" });
  type(derivation, "cfg_scale", { mode: "times", text: "2" });
  const { axes, changes } = derivation.spec();
  assert.deepEqual(axes, [{ field: "denoising_strength", values: [0.3, 0.5] }, { field: "steps", values: [10, 20] }]);
  assert.deepEqual(changes, { cfg_scale: { scale: 2 } });
  assert.equal(derivation.line(), "2 images × 2 denoising strengths × 2 step counts");
  assert.equal(derivation.touched, true);
});

const TYPED = [
  ["size", { mode: "times", text: "2" }, { width: { scale: 2 }, height: { scale: 2 } }],
  ["size", { mode: "set", text: "128 x 64" }, { width: 128, height: 64 }],
  ["size", { mode: "sides", text: "128" }, { width: 128 }],
  ["size", { mode: "sides", text: "128", by: "x1.5" }, { width: 128, height: { scale: 1.5 } }],
  ["prompt", { mode: "before", text: "masterpiece, " }, { prompt: { prefix: "masterpiece, " } }],
  ["prompt", { mode: "after", text: ", at night" }, { prompt: { suffix: ", at night" } }],
  ["prompt", { mode: "replace", text: "fox", by: "" }, { prompt: { replace: ["fox", ""] } }],
  ["prompt", { mode: "set", text: "" }, { prompt: "" }],
  ["lora:*", { mode: "times", text: "0.5" }, { "lora:*": { scale: 0.5 } }],
  ["lora:*", { mode: "set", text: "0.5", lora: "ink" }, { "lora:ink": 0.5 }],
  ["seed", { mode: "set", text: "7" }, { seed: 7 }],
  ["sampler_name", { mode: "set", text: "Euler" }, { sampler_name: "Euler" }],
  ["override_settings.CLIP_stop_at_last_layers", { mode: "set", text: "2" }, { "override_settings.CLIP_stop_at_last_layers": 2 }],
];
for (const [path, entry, changes] of TYPED) {
  test(`${path}: ${entry.mode}`, () => {
    const derivation = form();
    assert.equal(type(derivation, path, entry), "");
    assert.deepEqual(derivation.spec().changes, { denoising_strength: 0.4, ...changes });
  });
}

test("new seeds are drawn by the server", () => {
  const derivation = form("variations");
  assert.deepEqual(derivation.spec().axes, [{ field: "subseed", values: [-1, -1, -1, -1] }]);
  type(derivation, "seed", { mode: "new", text: "2" });
  assert.deepEqual(derivation.spec().axes, [{ field: "seed", values: [-1, -1] }]);
});

const WRONG = [
  ["denoising_strength", { text: "" }, /Enter a number/],
  ["denoising_strength", { text: "0.3-" }, /neither a number nor a range/],
  ["steps", { mode: "set", text: "1.5" }, /not a whole number/],
  ["size", { mode: "set", text: "128" }, /Enter a size such as/],
  ["size", { mode: "sides", text: "", by: "" }, /Enter a width or a height/],
  ["size", { mode: "times", text: "0" }, /one number above 0/],
  ["prompt", { mode: "replace", text: "" }, /Enter the text to replace/],
  ["prompt", { mode: "after", text: "" }, /Enter some text/],
  ["sampler_name", { mode: "set", text: " , " }, /Enter a name/],
  ["seed", { mode: "new", text: "2000" }, /Enter 1 to 1,000/],
];
for (const [path, entry, sentence] of WRONG) test(`wrong: ${path} ${JSON.stringify(entry)}`, () => assert.match(type(form(), path, entry), sentence));

test("what was typed stays while one looks at another action", () => {
  const derivation = form();
  type(derivation, "denoising_strength", { text: "0.6" });
  derivation.action = "hires";
  assert.equal(derivation.spec().changes.hr_scale, 2);
  derivation.action = "img2img";
  assert.equal(derivation.spec().changes.denoising_strength, 0.6);
});

test("which field a part of the request is about", () => {
  const derivation = form();
  type(derivation, "size", { mode: "sides", text: "128, 192" });
  const label = (where) => derivation.about(where)?.label;
  assert.deepEqual(["changes.steps", "axes.0.values", "lora:ink", "subseed", "nope"].map(label), ["Steps", "Size", "LoRA strength", "Seed", undefined]);
});

test("a name that exists takes the place of one that does not", () => {
  const derivation = form();
  type(derivation, "sampler_name", { mode: "set", text: "Eulr a, Euler" });
  derivation.cure({ name: "Eulr a", field: "sampler_name", suggestion: "Euler a" })();
  assert.equal(derivation.entry(fieldOf(derivation, "sampler_name")).text, "Euler a, Euler");
  // the LoRA stands in the images' own prompts
  derivation.cure({ name: "inc", field: "prompt", suggestion: "ink" })();
  assert.deepEqual(derivation.spec().changes.prompt, { replace: [":inc:", ":ink:"] });
  assert.equal(derivation.cure({ message: "It is too large.", field: "steps" }), null);
});
