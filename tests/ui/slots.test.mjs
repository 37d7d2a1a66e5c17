// The places of the grid, in which order, and which of them show.

import assert from "node:assert/strict";
import { test } from "node:test";

import { JobImages } from "../../ui/core/job-images.mjs";
import { count, filterOf, ORDERS } from "../../ui/grid/filters.mjs";
import { Slots } from "../../ui/grid/slots.mjs";

const task = (index, more = {}) => ({ id: `t${index}`, job: "j", index, state: "done", error: "", label: "", images: 1, width: 64, height: 32, coords: [], ...more });
const image = (index, more = {}) => (
  { id: `i${index}`, job: "j", task: `t${index}`, index: 0, width: 64, height: 32, trashed: false, findings: [], version: "v", verdict: "unreviewed", rating: 0, created: index, ...more }
);
const detailOf = (tasks, images) => new JobImages({ job: { id: "j" }, axes: [], tasks, images });

function slotsOf(tasks, images, filter = null) {
  const slots = new Slots();
  slots.show(detailOf(tasks, images), filter);
  return slots;
}

const seen = (slots) => Array.from({ length: slots.length }, (_, place) => slots.at(place)).map(({ image, task, place }) => `${place} ${image?.id ?? task.id}`);

test("a place for each image that there is or will be, in the order of the tasks", () => {
  const slots = slotsOf([task(1, { state: "queued", images: 2 }), task(0)], [image(0)]);
  assert.deepEqual(seen(slots), ["1 i0", "2 t1", "3 t1"]);
  assert.deepEqual([slots.find("i0"), slots.find("i9")], [0, -1]);
  assert.equal(slots.proportions(), 2);
});

test("what lies in the trash has no place, and the others keep their numbers", () => {
  const slots = slotsOf([task(0), task(1), task(2)], [image(0), image(1, { trashed: true }), image(2)]);
  assert.deepEqual(seen(slots), ["1 i0", "3 i2"]);
  assert.deepEqual(slots.emptied().map(({ id }) => id), ["t1"]);
});

test("one in the trash that is made again is waited for", () => {
  assert.deepEqual(seen(slotsOf([task(0, { state: "queued" })], [image(0, { trashed: true })])), ["1 t0"]);
});

test("what was deleted for good has none either", () => {
  assert.deepEqual(seen(slotsOf([task(0, { images: 0, purged: 1 }), task(1)], [image(1)])), ["2 i1"]);
});

test("a change says which places are others now, or that all are", () => {
  const detail = detailOf([task(0), task(1)], [image(0), image(1)]);
  const slots = new Slots();
  slots.show(detail);
  assert.equal(slots.length, 2);
  assert.deepEqual(slots.update(detail.change(new Map([["i1", { rating: 5 }]])).touched), [1]);
  assert.equal(slots.update(detail.change(new Map([["i1", { trashed: true }]])).touched), null);
  assert.deepEqual(seen(slots), ["1 i0"]);
});

test("what is judged leaves a filter that it does not pass any more", () => {
  const detail = detailOf([task(0), task(1)], [image(0), image(1)]);
  const slots = new Slots();
  slots.show(detail, filterOf("unreviewed", 0));
  assert.deepEqual(seen(slots), ["1 i0", "2 i1"]);
  assert.equal(slots.update(detail.change(new Map([["i0", { verdict: "kept" }]])).touched), null);
  assert.deepEqual(seen(slots), ["2 i1"]);
  assert.deepEqual(slots.images(new Set(["i0"])).map(({ id }) => id), ["i0", "i1"]);
});

test("chips and stars", () => {
  const tasks = [task(0), task(1), task(2), task(3, { state: "failed" })];
  const images = [image(0, { verdict: "kept", rating: 4 }), image(1, { verdict: "rejected", rating: 4 }), image(2, { findings: [{}] })];
  const shown = (only, stars) => seen(slotsOf(tasks, images, filterOf(only, stars))).map((one) => one.slice(2));
  assert.equal(filterOf("all", 0), null);
  assert.deepEqual(shown("kept", 0), ["i0"]);
  assert.deepEqual(shown("findings", 0), ["i2"]);
  assert.deepEqual(shown("failed", 0), ["t3"]);
  assert.deepEqual(shown("all", 4), ["i0", "i1"]);
  assert.deepEqual(shown("rejected", 4), ["i1"]);
  assert.deepEqual(shown("rejected", 5), []);
  assert.deepEqual(count(images), { all: 3, unreviewed: 1, kept: 1, rejected: 1, findings: 1 });
});

test("orders", () => {
  const tasks = [task(0, { source: "b" }), task(1, { source: "a" }), task(2, { source: "b" }), task(3, { source: "a", state: "queued" })];
  const slots = slotsOf(tasks, [image(0, { rating: 1 }), image(1, { rating: 5 }), image(2)]);
  const ordered = (name) => {
    slots.order(ORDERS[name].order);
    return seen(slots);
  };
  assert.deepEqual(ordered("rating"), ["2 i1", "1 i0", "3 i2", "4 t3"]); // what is not made yet comes last
  assert.deepEqual(ordered("newest"), ["3 i2", "2 i1", "1 i0", "4 t3"]);
  assert.deepEqual(ordered("source"), ["1 i0", "3 i2", "2 i1", "4 t3"]);
  assert.deepEqual(ordered("queued"), ["1 i0", "2 i1", "3 i2", "4 t3"]);
});

test("a job that stands still", () => {
  const slots = slotsOf([task(0, { state: "held" })], []);
  assert.equal(slots.length, 1);
  assert.deepEqual([slots.hold(true), slots.hold(true), slots.at(0).held], [true, false, true]);
});
