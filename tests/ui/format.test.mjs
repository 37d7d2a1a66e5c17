// Numbers and times as words.

import assert from "node:assert/strict";
import { test } from "node:test";

import { about, duration, plural, short, size, thousands, when } from "../../ui/core/format.mjs";
import { timeWords } from "../../ui/plan/plan-view.mjs";

test("counts", () => {
  assert.equal(thousands(10_000), "10,000");
  assert.deepEqual([plural(1, "image"), plural(2, "image"), plural(0, "entry", "entries")], ["1 image", "2 images", "0 entries"]);
});

const DURATIONS = [[10, "under a minute"], [50, "1 min"], [720, "12 min"], [3600, "1 h"], [11_100, "3 h 5 min"], [200_000, "2 days"]];
for (const [seconds, words] of DURATIONS) test(`${seconds} seconds`, () => assert.equal(duration(seconds), words));

test("about", () => assert.deepEqual([about(10), about(720)], ["under a minute", "about 12 min"]));

const SIZES = [[999, "999 bytes"], [1000, "1 KB"], [1_500_000, "1.5 MB"], [110_000_000, "110 MB"], [2.5e9, "2.5 GB"]];
for (const [bytes, words] of SIZES) test(`${bytes} bytes`, () => assert.equal(size(bytes), words));

test("a file's name", () => assert.deepEqual([short("a/b\\c.safetensors"), short("x.ckpt")], ["c", "x"]));

test("when something was", () => {
  const noon = new Date(2026, 5, 10, 12, 0); // a Wednesday, wherever
  const at = (days) => when(new Date(2026, 5, 10 - days, 9, 5).getTime() / 1000, noon.getTime());
  assert.deepEqual([at(0), at(1), at(3), at(9), at(400)], ["09:05", "yesterday", "Sun", "1 Jun", "6 May 2025"]);
});

const ESTIMATES = [
  [40, 20, 70, 0, "under a minute"], // not "maybe under a minute to 1 min"
  [70, 50, 105, 0, "about 1 min"],
  [120, 100, 130, 0, "about 2 min"],
  [120, 40, 300, 0, "about 2 min, maybe under a minute to 5 min"],
  [7200, 6000, 10800, 3, "about 2 h, maybe 1 h 40 min to 3 h; 3 checkpoint changes"],
  [200_000, 190_000, 210_000, 0, "about 2 days"],
];
for (const [seconds, low, high, loads, words] of ESTIMATES) {
  test(`an estimate names a span only where that says more: ${words}`, () => assert.equal(timeWords({ seconds, low, high, loads }), words));
}
