// From an axis to a row of the composer, and back.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { AxisRow, items, OTHER } from "../../ui/compose/axis-row.mjs";
import { Fields } from "../../ui/core/fields.mjs";
import { CATALOG } from "./catalog.mjs";

const known = new Fields(CATALOG);

const TEMPLATE = { text: "{a|b}", mode: "combinatorial", count: 0, seed: 3 };
const AXES = [
  [{ field: "steps", text: "10-40 [4]" }, "10-40 [4]"],
  [{ field: "cfg_scale", values: [5, 7.5] }, "5, 7.5"],
  [{ field: "lora:ink:wash", values: [null, 0.5] }, "none, 0.5"],
  [{ field: "lora:*", text: "1" }, "1"],
  [{ field: "swap:*", values: ["a"] }, "a"],
  [{ field: "replace:STYLE", values: ["oil, thick", 'a "real" one', ""] }],
  [{ field: "styles", values: [["A", "B"], []] }],
  [{ field: "negative_prompt", values: ["blurry, low", "text"] }, "blurry, low\ntext"],
  [{ field: "prompt", values: ["two\nlines", "one"] }],
  [{ field: "alwayson_scripts.X.args.0", values: [{ a: 1 }, true] }],
  [{ field: "hr_prompt", template: TEMPLATE }, "{a|b}"],
];

for (const [axis, text] of AXES) {
  test(`an axis comes out as it went in: ${JSON.stringify(axis)}`, () => {
    const row = AxisRow.of(axis, known);
    assert.deepEqual(row.spec(), axis);
    if (text !== undefined) assert.equal(row.text, text);
  });
}

// inu_jobs reads the same lines: tests/unit/plan/axes/test_lines.py
for (const [line, found] of JSON.parse(readFileSync(new URL("lines.json", import.meta.url), "utf8"))) {
  test(`a line is counted as the server reads it: ${line}`, () => assert.deepEqual(items(line), found));
}

/** As the composer adds it. @param {string} path without the name behind a colon */
const added = (path, text = "", name = "") => new AxisRow(known.of(path) ?? OTHER, text, name);

test("how many values a row has", () => {
  const count = (path, text) => added(path, text).count;
  assert.equal(count("steps", "10, 20-40 [3]"), 4);
  assert.equal(count("lora:", "none, 0.6-1 (+0.2)"), 4);
  assert.equal(count("sampler_name", "Euler a, Euler"), 2);
  assert.equal(count("negative_prompt", "one, two\n\nthree"), 2);
  assert.equal(count("steps", ""), 0);
});

test("what is missing in a row is said", () => {
  assert.match(added("steps").wrong, /Enter values for Steps/);
  assert.match(added("replace:", "oil").wrong, /enter what to replace/);
  assert.match(added("", "1").wrong, /Enter a field path/);
  assert.equal(added("lora:", "1").wrong, "");
});

test("another field has values of its own", () => {
  const row = AxisRow.of({ field: "cfg_scale", values: [5] }, known);
  row.become(known.of("steps"));
  row.add("20");
  row.add("a, b");
  assert.deepEqual(row.spec(), { field: "steps", text: '20, "a, b"' });
});

test("a name that does not exist is replaced in values and paths, whole", () => {
  const samplers = added("sampler_name", "Euler a, Eulr");
  assert.equal(samplers.use("Eulr", "Euler"), true);
  assert.equal(samplers.text, "Euler a, Euler");
  const lora = added("lora:", "0.5", "testlor");
  assert.equal(lora.use("testlor", "testlora"), true);
  assert.equal(lora.path, "lora:testlora");
  assert.equal(lora.use("nope", "x"), false);
});
