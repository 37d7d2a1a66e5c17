// One job's images, as the page keeps them: what the server says, and what the user did before it knows.

import assert from "node:assert/strict";
import { test } from "node:test";

import { JobImages } from "../../ui/core/job-images.mjs";

const image = (id, more = {}) => ({ id, job: "j", task: "t", index: 0, verdict: "unreviewed", rating: 0, trashed: false, findings: [], ...more });
const detailOf = (...images) => new JobImages({ job: { id: "j" }, axes: [], tasks: [{ id: "t", job: "j", index: 0, state: "done", images: 1 }], images });
const verdict = (detail) => detail.find("i").verdict;

test("a mark that the server may not know lasts while the job is asked for anew", () => {
  const mark = new Map([["i", { verdict: "kept" }]]);
  const before = detailOf(image("i"));
  before.change(mark);
  const anew = detailOf(image("i"));
  anew.inherit(before);
  assert.equal(verdict(anew), "kept");
  anew.take([], [image("i", { verdict: "rejected" })]); // by somebody else, before ours
  assert.equal(verdict(anew), "kept");
  anew.back(mark);
  assert.equal(verdict(anew), "rejected");
});

test("a change that is refused leaves what was done after it", () => {
  const detail = detailOf(image("i"));
  const [first, second] = [new Map([["i", { verdict: "kept" }]]), new Map([["i", { rating: 3 }]])];
  assert.deepEqual([...detail.change(first).before], [["i", { verdict: "unreviewed" }]]);
  detail.change(second);
  detail.back(first);
  const { verdict, rating } = detail.find("i");
  assert.deepEqual([verdict, rating], ["unreviewed", 3]);
});

test("what the server has answered about is its own from the next look on", () => {
  const detail = detailOf(image("i"));
  const mark = new Map([["i", { verdict: "kept" }]]);
  detail.change(mark);
  detail.settle(); // not answered yet
  detail.take([], [image("i")]);
  assert.equal(verdict(detail), "kept");
  detail.sure(mark);
  detail.settle();
  detail.take([], [image("i", { verdict: "rejected" })]);
  assert.equal(verdict(detail), "rejected");
});

test("images of a task are in order, once each, and go with it", () => {
  const detail = detailOf(image("b", { index: 1 }), image("a"), image("b", { index: 1, rating: 2 }));
  assert.deepEqual(detail.images.get("t").map(({ id, rating }) => [id, rating]), [["a", 0], ["b", 2]]);
  assert.deepEqual([...detail.drop([], ["a", "nope"])], ["t"]);
  assert.equal(detail.find("a"), undefined);
  detail.take([], [image("c", { trashed: true })]);
  assert.deepEqual(detail.all().map(({ id }) => id), ["b"]);
  detail.drop(["t"], []);
  assert.equal(detail.find("b"), undefined);
});
