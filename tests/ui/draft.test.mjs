// What the composer sends, for captures that a page cannot easily be brought to.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Draft } from "../../ui/compose/draft.mjs";
import { AxisRow } from "../../ui/compose/axis-row.mjs";
import { answered } from "../../ui/compose/recipes.mjs";

const CAPTURE = { id: "c", kind: "txt2img", name: "", summary: [], not_frozen: [], batch_count: 3, axes: [] };
const WHOLE = { prompt: "fox", seed: -1 };

const capture = (payload) => ({ ...CAPTURE, payload });

/** The draft of `payload`, after `change` was done to it. */
function draftOf(payload, change = () => {}) {
  const draft = new Draft(capture(payload));
  change(draft);
  return draft;
}

/** The JobSpec of it. */
const spec = (payload, change) => draftOf(payload, change).spec();

const isSeed = (value) => value >= 0 && value < 2 ** 32;

function template(draft) {
  draft.each = 1;
  draft.source = "template";
  draft.template.text = "{a|b} fox";
}

test("a random seed is drawn for each image", () => {
  const sent = spec({ ...WHOLE, n_iter: 3 });
  assert.equal(sent.axes.length, 1);
  const [{ field, values }] = sent.axes;
  assert.equal(field, "seed");
  assert.equal(new Set(values).size, 3);
  assert.ok(values.every(isSeed));
  assert.equal(sent.payload.n_iter, 1);
});

test("what the plan shows is what is queued", () => {
  const draft = draftOf(WHOLE);
  assert.deepEqual(draft.spec(), draft.spec());
  draft.each = 1;
  const { seed } = draft.spec().payload;
  draft.each = 3;
  const [{ values }] = draft.spec().axes;
  assert.equal(values[0], seed);
  assert.equal(values.length, 3);
});

test("with variation strength the variation seed counts up", () => {
  const sent = spec({ prompt: "fox", seed: 7, subseed: 20, subseed_strength: 0.1 });
  assert.deepEqual(sent.axes, [{ field: "subseed", values: [20, 21, 22] }]);
  assert.equal(sent.payload.seed, 7);
  const drawn = spec({ prompt: "fox", seed: -1, subseed: -1, subseed_strength: 0.1 });
  assert.equal(drawn.axes[0].field, "subseed");
  assert.equal(new Set(drawn.axes[0].values).size, 3);
  assert.ok(isSeed(drawn.payload.seed)); // one for all, as the WebUI does it
});

test("a fixed seed counts up over all images of a batch", () => {
  assert.deepEqual(spec({ prompt: "fox", seed: 7, batch_size: 4 }).axes, [{ field: "seed", values: [7, 11, 15] }]);
  const varied = { prompt: "fox", seed: 7, subseed: 20, subseed_strength: 0.1, batch_size: 2 };
  assert.deepEqual(spec(varied).axes, [{ field: "subseed", values: [20, 22, 24] }]);
});

test("prompts that are drawn have their own seeds", () => {
  const sent = spec(WHOLE, template);
  assert.deepEqual([sent.payload.seed, sent.payload.n_iter], [-1, 1]);
  assert.deepEqual(sent.axes.map(({ field }) => field), ["prompt"]);
  assert.ok(Number.isInteger(sent.drawn_with));
  // settings that are compared share theirs, and so does whatever the user says
  const compared = spec({ seed: -1 }, (draft) => {
    template(draft);
    draft.rows.push(new AxisRow({ path: "steps", type: "integer" }, "1, 2"));
  });
  assert.ok(compared.payload.seed >= 0);
  const shared = spec({ seed: -1 }, (draft) => {
    template(draft);
    draft.own = false;
  });
  assert.ok(shared.payload.seed >= 0);
  assert.equal(spec({ seed: 7 }, template).payload.seed, 7);
});

test("several seeds of its own for each setting", () => {
  const draft = draftOf(WHOLE, (draft) => (draft.own = true));
  const sent = draft.spec();
  assert.deepEqual([sent.payload.seed, sent.payload.n_iter, sent.axes], [-1, 3, []]);
  const back = Draft.again({ ...draft.spec(), payload: sent.payload, axes: [] });
  assert.deepEqual([back.ownSeeds, back.each], [true, 3]);
  assert.deepEqual(back.spec().payload, sent.payload);
  back.own = false;
  assert.deepEqual([back.spec().payload.n_iter, back.spec().axes[0].values.length], [1, 3]);
});

test("a recipe keeps seeds, windows and priority", () => {
  const draft = draftOf(WHOLE, (draft) => {
    draft.own = true;
    draft.windows = [{ start: "23:00", end: "07:00" }];
    draft.priority = 10;
  });
  const recipe = answered({ ...draft.recipe("mine"), asks: [] }, {});
  const other = new Draft(capture(WHOLE));
  other.take(recipe);
  assert.equal(other.each, 3);
  Object.assign(draft, { own: null, windows: [], priority: 0, each: 1 });
  draft.take(recipe);
  const sent = draft.spec();
  assert.deepEqual([sent.payload.seed, sent.payload.n_iter], [-1, 3]);
  assert.deepEqual([sent.windows, sent.priority], [[{ start: "23:00", end: "07:00" }], 10]);
});

test("one prompt goes into the payload, and blank lines are none", () => {
  const sent = spec({ prompt: "fox", seed: 1 }, (draft) => {
    draft.each = 1;
    draft.text = "\n  a lake\n\n";
    draft.split = true;
  });
  assert.deepEqual([sent.axes, sent.payload.prompt], [[], "  a lake"]);
});

test("the LoRAs that the prompts name as they stand", () => {
  assert.deepEqual(draftOf({ prompt: "a <lora:ink:1> b <lyco:oil:0.5> <lora:ink:2> <lora:{x|y}:1>" }).loras, ["ink", "oil"]);
});

const SUGGESTIONS = [
  ["sampler_name", "Eule", { sampler_name: "Eule" }, { sampler_name: "NEW" }],
  [
    "override_settings.sd_vae", "x.vae",
    { override_settings: { sd_vae: "x.vae", other: 1 } }, { override_settings: { sd_vae: "NEW", other: 1 } },
  ],
  ["styles", "Wet", { styles: ["A", "Wet"] }, { styles: ["A", "NEW"] }],
  [
    "alwayson_scripts.Filter v1.5", "filter v1.5",
    { alwayson_scripts: { "Filter v1.5": { args: [1] } } }, { alwayson_scripts: { NEW: { args: [1] } } },
  ],
  ["hr_prompt", "ink", { hr_prompt: "ink <lora:ink:1>, pink" }, { hr_prompt: "ink <lora:NEW:1>, pink" }],
];

for (const [field, name, before, after] of SUGGESTIONS) {
  test(`a suggestion is put where it belongs: ${field}`, () => {
    const finding = { severity: "error", code: "x", message: "", name, field, suggestion: "NEW" };
    const sent = spec({ prompt: "fox", seed: 1, ...before }, (draft) => draft.use(finding));
    for (const key of Object.keys(after)) assert.deepEqual(sent.payload[key], after[key]);
    assert.equal(sent.payload.prompt, "fox");
  });
}
