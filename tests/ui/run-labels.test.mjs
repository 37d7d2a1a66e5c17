// Run windows and the plan of runs, in words.

import assert from "node:assert/strict";
import { test } from "node:test";

import { coming, endWords, moment, NIGHT, priorityWords, runWords, WEEKEND, windowWords } from "../../ui/runs/run-labels.mjs";

const at = (day, hour, minute = 0) => new Date(2026, 5, day, hour, minute).getTime() / 1000;
const NOW = at(10, 22); // a Wednesday

test("windows", () => {
  assert.equal(windowWords([]), "any time");
  assert.equal(windowWords([NIGHT]), "every day 23:00–07:00");
  assert.equal(windowWords([WEEKEND]), "weekends");
  assert.equal(windowWords([{ ...NIGHT, days: [0, 4] }, WEEKEND]), "Mon Fri 23:00–07:00, weekends");
});

test("priorities", () => assert.deepEqual([10, 0, -10, 3].map(priorityWords), ["High priority", "Normal priority", "Low priority", "Priority 3"]));

test("moments", () => {
  assert.deepEqual([moment(NOW + 20, NOW), coming(NOW + 20, NOW)], ["now", "in a moment"]);
  const words = (day, hour, minute) => moment(at(day, hour, minute), NOW);
  assert.deepEqual([words(10, 23, 5), words(11, 2), words(13, 14, 2)], ["23:05", "02:00 tomorrow", "Sat 14:02"]);
  assert.match(words(20, 14, 2), /^Sat,? 20 Jun 14:02$/);
});

test("when something is done", () => {
  const said = (more, windowed) => endWords({ ends: at(11, 2, 40), waits: "", ...more }, windowed, NOW);
  assert.equal(said({}), "about 02:40 tomorrow");
  assert.equal(said({}, true), "about 02:40 tomorrow, in its window");
  assert.equal(said({ waits: "others" }), "about 02:40 tomorrow, after the jobs ahead");
  assert.equal(said({ waits: "hold" }), "after you resume it");
  assert.equal(said({ waits: "stopped" }), "after you resume the queue");
  assert.equal(said({ ends: null }), "");
});

test("runs", () => {
  const said = (more) => runWords({ state: "waiting", starts: at(10, 23), ends: at(11, 1), seconds: 7200, reason: "", ...more }, NOW);
  assert.equal(said({}), "23:00, done 01:00 tomorrow (2 h of work)");
  assert.equal(said({ state: "running" }), "Runs now, done 01:00 tomorrow (2 h of work)");
  assert.equal(said({ starts: NOW, ends: null, seconds: null }), "Starts in a moment, no estimate yet");
  assert.equal(said({ starts: null, reason: "Its run window is closed." }), "Its run window is closed.");
});
