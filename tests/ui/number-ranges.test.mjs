// Several numbers in one field.

import assert from "node:assert/strict";
import { test } from "node:test";

import { numbers } from "../../ui/plan/number-ranges.mjs";

const READ = [
  ["0.3", [0.3]],
  ["0.3, 0.5", [0.3, 0.5]],
  [".5, 1., +2, -3", [0.5, 1, 2, -3]],
  ["2, 2, 3", [2, 3]],
  ["1-4", [1, 2, 3, 4]],
  ["1..3", [1, 2, 3]],
  ["10-20 (+5)", [10, 15, 20]],
  ["20-10 (-5)", [20, 15, 10]],
  ["20-40 [3]", [20, 30, 40]],
  ["5-9 [1]", [5]],
];
for (const [text, found] of READ) test(`${text} is read`, () => assert.deepEqual(numbers(text, Number.isInteger(found[0])), found));

test("whole numbers lose the fraction that was found between", () => assert.deepEqual(numbers("1-10 [4]", true), [1, 4, 7, 10]));

const REFUSED = [
  ["", /Enter a number/],
  ["0.3-", /neither a number nor a range/],
  ["a", /neither a number nor a range/],
  ["1-5 (-1)", /never gets from 1 to 5/],
  ["1-5 (0)", /never gets/],
  ["1-5000", /5,000 values; the limit is 1,000/],
  ["1-2 [0]", /\[n\] is the number of values/],
  ["1-2 [1001]", /\[n\] is the number of values/],
];
for (const [text, why] of REFUSED) test(`“${text}” is refused`, () => assert.throws(() => numbers(text, true), why));

test("a whole number is asked for", () => assert.throws(() => numbers("1.5", true), /1.5 is not a whole number/));
