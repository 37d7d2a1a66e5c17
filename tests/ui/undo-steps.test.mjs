// What can be undone and redone, and kept over a reload.

import assert from "node:assert/strict";
import { test } from "node:test";

import { load, MOST, moved, save, without } from "../../ui/review/undo-steps.mjs";

const step = (words, before = new Map(), token = words) => ({ words, count: before.size, before, token, epoch: "e" });
const words = ({ undo, redo }) => [undo, redo].map((line) => line.map((one) => one.words));

/** A browser's; `full`: it takes nothing. */
function browser({ full = false } = {}) {
  const kept = new Map();
  globalThis.sessionStorage = {
    getItem: (key) => kept.get(key) ?? null,
    setItem(key, value) {
      if (full) throw new Error("full");
      kept.set(key, value);
    },
  };
  return kept;
}

test("something new ends what could be redone", () => {
  const [a, b, c] = [step("a"), step("b"), step("c")];
  assert.deepEqual(words(moved({ undo: [a], redo: [b] }, { made: c })), [["a", "c"], []]);
});

test("a step goes from one line to the other", () => {
  const [a, b] = [step("a"), step("b")];
  const undone = moved({ undo: [a, b], redo: [] }, { from: "undo", step: b, made: step("not b") });
  assert.deepEqual(words(undone), [["a"], ["not b"]]);
  const redone = moved(undone, { from: "redo", step: undone.redo[0], made: step("b again") });
  assert.deepEqual(words(redone), [["a", "b again"], []]);
});

test("as many as the server keeps", () => {
  const many = Array.from({ length: MOST }, (_, nth) => step(`${nth}`));
  const { undo } = moved({ undo: many, redo: [] }, { made: step("new") });
  assert.deepEqual([undo.length, undo[0].words, undo.at(-1).words], [MOST, "1", "new"]);
  assert.deepEqual(words(without({ undo: many.slice(0, 2), redo: [] }, [many[0]])), [["1"], []]);
});

test("they outlive a reload, but for what the server refused", () => {
  browser();
  const before = new Map([["i", { verdict: "kept" }], ["k", { verdict: "kept" }], ["l", { rating: 2 }]]);
  save({ undo: [step("a", before), step("refused", before, null)], redo: [step("b")] });
  const { undo, redo } = load();
  assert.deepEqual(words({ undo, redo }), [["a"], ["b"]]);
  assert.deepEqual(undo[0].before, before);
});

test("only the newest where they are too large, and nothing where nothing is kept", () => {
  const kept = browser();
  const large = (name) => step(name, new Map(Array.from({ length: 30_000 }, (_, nth) => [`image-${name}-${nth}`, { rating: 1 }])));
  save({ undo: [large("old"), large("new")], redo: [] });
  assert.deepEqual(words(load()), [["new"], []]);
  kept.set("inu-jobs.steps", "{");
  assert.deepEqual(load(), { undo: [], redo: [] });
  browser({ full: true });
  save({ undo: [step("a")], redo: [] });
  assert.deepEqual(load(), { undo: [], redo: [] });
});
