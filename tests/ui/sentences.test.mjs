// What the server says, in the language of the page.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Fields } from "../../ui/core/fields.mjs";
import { said, setLanguage, t } from "../../ui/core/sentences.mjs";

test("a sentence is said in the language, or in English where that lacks it", () => {
  setLanguage("de", { "There is no LoRA “{name}”.": "Es gibt kein LoRA „{name}“." });
  try {
    const says = { text: "There is no LoRA “{name}”.", values: { name: "ink" } };
    assert.equal(said("There is no LoRA “ink”.", says), "Es gibt kein LoRA „ink“.");
    assert.equal(said("Other.", { text: "Other.", values: {} }), "Other.");
    // of a file from elsewhere: a name that every object has is no template, nor a value
    for (const text of ["constructor", "toString", "__proto__"]) assert.equal(said("English.", { text, values: {} }), "English.");
    assert.equal(t("{toString}"), "{toString}");
    const inner = { text: "There is no LoRA “{name}”.", values: { name: { text: "valueOf", values: {} } } };
    assert.equal(said("English.", inner), "Es gibt kein LoRA „valueOf“.");
  } finally {
    setLanguage("en", {});
  }
});

test("the server's words for a field are said in the language", () => {
  setLanguage("de", { Steps: "Schritte", "{n} step counts": "{n} Schrittzahlen" });
  try {
    const fields = new Fields(/** @type {any} */ ({ fields: [{ path: "steps", type: "integer", label: "Steps", unit: "step count" }] }));
    assert.deepEqual([fields.label("steps"), fields.count("steps", 3)], ["Schritte", "3 Schrittzahlen"]);
  } finally {
    setLanguage("en", {});
  }
});
