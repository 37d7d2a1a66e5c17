// What whoever is away is told.

import assert from "node:assert/strict";
import { test } from "node:test";

import { JobNews } from "../../ui/notifications/job-news.mjs";

const job = (id, state, more = {}) => ({ id, name: id, state, created: 1, hold: null, tasks: {}, progress: 0, images: { total: 1 }, ...more });
const held = (id) => job(id, "held", { hold: { by: "user" } });
const status = (waiting, running = 0) => ({ waiting, running, hold: null });

/** What is told of the change from `first` to `then`. */
function told(first, then, before, after, removed = []) {
  const watch = new JobNews();
  watch.look(first, before, true);
  const word = watch.see(then, after, removed);
  return word && [word.title, ...word.lines].join("|");
}

const [RUNS, DONE] = [job("a", "running"), job("a", "review")];
const STOPPED = job("a", "running", { hold: { by: "errors", message: "why" } });

test("the last that could run is told though others are held", () =>
  assert.equal(told([RUNS, held("b")], [DONE], status(0, 1), status(0)), "a is done: 1 image|Nothing left to run: 1 job is on hold"));
test("the queue is empty", () => assert.equal(told([RUNS], [DONE], status(0, 1), status(0)), "a is done: 1 image|The queue is empty"));
test("another waits", () => assert.equal(told([RUNS, job("b", "waiting")], [DONE], status(1, 1), status(1)), "a is done: 1 image"));
test("whoever paused it knows", () => assert.equal(told([RUNS], [held("a")], status(2, 1), status(0)), null));
test("it was deleted", () => assert.equal(told([job("a", "waiting")], [], status(2), status(0), ["a"]), "The queue is empty"));
test("its last task has just stopped", () => assert.equal(told([RUNS], [STOPPED], status(1, 1), status(0)), "a is on hold: why"));
