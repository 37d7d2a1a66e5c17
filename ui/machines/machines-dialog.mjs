// The machines that make images for this one: add, test, switch, rename, remove.

import { ApiError, request, sentence } from "../core/api.mjs";
import { plural } from "../core/format.mjs";
import { t } from "../core/sentences.mjs";
import { ask, openDialog } from "../dom/dialog.mjs";
import { button, h, icon, put, sync } from "../dom/elements.mjs";
import { MACHINE_STATES, machineWords } from "./machine-words.mjs";

/** @typedef {import("../types").MachineView} Machine */
/** @typedef {import("../types").MachineTest} Test */

const AGAIN_MS = 2000;
const FIELDS = /** @type {const} */ (["address", "user", "password", "name"]);

export class MachinesDialog {
  #rows = h("div", { class: "ij-machines" });
  #said = h("div", { class: "ij-machines-said", role: "status" });
  #inputs = {
    address: input({ type: "url", placeholder: "http://192.168.1.20:7860", inputmode: "url" }),
    user: input({ autocomplete: "off" }),
    password: input({ type: "password", autocomplete: "new-password" }),
    name: input({ maxlength: 200 }),
  };
  /** answers of "Test", by machine @type {Map<string, Test>} */
  #tests = new Map();
  /** @type {Machine[]} */
  #machines = [];

  /** @param {HTMLElement} place @param {import("../core/state.mjs").State} state */
  constructor(place, state) {
    this.place = place;
    this.state = state;
    const close = () => this.dialog.close();
    this.dialog = h(
      "dialog", { class: "ij-dialog ij-machines-dialog", "data-ij": "machines", "aria-label": t("Machines"), onclose: () => clearInterval(timer) },
      h("div", { class: "ij-dialog-head" }, h("h2", { class: "ij-grow" }, t("Machines")), button("cross", t("Close"), close, { kind: "ij-btn-quiet", iconOnly: true })),
      h("div", { class: "ij-dialog-main" }, this.#rows, this.#form()),
      h("div", { class: "ij-dialog-foot" }, h("span", { class: "ij-grow ij-muted" }, t("Images made elsewhere come back here, under this WebUI's own names.")), button(null, t("Close"), close)),
    );
    const timer = setInterval(() => void this.#look(), AGAIN_MS);
    openDialog(place, this.dialog);
    void this.#look();
  }

  #form() {
    const { address, user, password, name } = this.#inputs;
    const test = button("check", t("Test"), () => void this.#try());
    return h(
      "form", { class: "ij-machines-form", onsubmit: (/** @type {Event} */ event) => { event.preventDefault(); void this.#add(); } },
      h("h3", null, t("Add a machine")),
      h("p", { class: "ij-muted" }, t("A second WebUI with Inu Jobs: for another graphics card in this PC, on another PC, or rented. It needs a password (--api-auth), and in its Settings > Inu Jobs, “Tasks of other WebUIs” must not be off.")),
      field(t("Address"), address), field(t("Call it"), name), field(t("User name"), user), field(t("Password"), password),
      h("div", { class: "ij-line ij-machines-acts" }, test, button("plus", t("Add"), () => void this.#add(), { kind: "ij-btn-primary" })),
      this.#said,
    );
  }

  #typed() {
    return Object.fromEntries(FIELDS.map((field) => [field, this.#inputs[field].value]));
  }

  async #try() {
    put(this.#said, h("p", { class: "ij-muted" }, t("Asking it…")));
    try {
      put(this.#said, testResult(await request("POST", "machines/test", { body: this.#typed() })));
    } catch (error) {
      this.#failed(error);
    }
  }

  async #add() {
    try {
      this.#take(await request("POST", "machines", { body: this.#typed() }));
      for (const field of FIELDS) this.#inputs[field].value = "";
      put(this.#said);
      await this.state.refresh();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** @param {unknown} error */
  #failed(error) {
    const wrong = FIELDS.find((field) => error instanceof ApiError && error.field === field);
    if (wrong) this.#inputs[wrong].focus();
    put(this.#said, h("p", { class: "ij-line" }, icon("bad", "ij-bad"), sentence(error)));
  }

  async #look() {
    try {
      this.#take(await request("GET", "machines"));
    } catch (error) {
      put(this.#rows, h("p", { class: "ij-bad" }, sentence(error)));
    }
  }

  /** @param {{ machines: Machine[] }} list */
  #take({ machines }) {
    this.#machines = machines;
    this.#show();
  }

  #show() {
    sync(this.#rows, [this.#machines, [...this.#tests]], () => [
      this.#machines.length > 0
        ? h("ul", null, ...this.#machines.map((machine) => this.#row(machine)))
        : h("p", { class: "ij-muted" }, t("All images are made on this machine.")),
    ]);
  }

  /** @param {Machine} machine */
  #row(machine) {
    const { id, name, address, enabled, state, device, made, missing } = machine;
    const { sign, tone } = MACHINE_STATES[state];
    const tested = this.#tests.get(id);
    const facts = [address, device, made > 0 && t("{n} made", { n: made })];
    return h(
      "li", { class: "ij-machine", "data-ij": "machine" },
      h("label", { class: "ij-check ij-machine-name" }, h("input", { type: "checkbox", checked: enabled, onchange: () => void this.#change(id, { enabled: !enabled }) }), h("b", null, name)),
      h(
        "span", { class: "ij-line ij-machine-acts" },
        button("check", t("Test"), () => void this.#test(id), { kind: "ij-btn-quiet" }),
        button("pencil", t("Rename"), () => void this.#rename(machine), { kind: "ij-btn-quiet", iconOnly: true }),
        button("trash", t("Remove"), () => void this.#remove(machine), { kind: "ij-btn-quiet", iconOnly: true }),
      ),
      h("span", { class: "ij-line ij-machine-state" }, icon(sign, tone), machineWords(machine)),
      h("span", { class: "ij-muted ij-machine-facts" }, facts.filter(Boolean).join(" · ")),
      missing.length > 0 && h("span", { class: "ij-line ij-machine-facts" }, icon("warn", "ij-warn"), t("It does not get tasks that need {names}: they are not there.", { names: missing.join(", ") })),
      tested && h("div", { class: "ij-machine-facts" }, testResult(tested)),
    );
  }

  /** @param {string} id @param {{ enabled?: boolean, name?: string }} body */
  async #change(id, body) {
    await this.#do(() => request("PATCH", `machines/${encodeURIComponent(id)}`, { body }));
  }

  /** @param {string} id */
  async #test(id) {
    try {
      this.#tests.set(id, await request("POST", `machines/${encodeURIComponent(id)}/test`, { body: {} }));
      this.#show();
    } catch (error) {
      this.#failed(error);
    }
  }

  /** @param {Machine} machine */
  async #rename({ id, name }) {
    const words = input({ maxlength: 200, value: name });
    const title = t("Rename the machine");
    if (await ask(this.place, { title, lines: [], sign: "pencil", verb: t("Rename"), more: field(t("Call it"), words) })) await this.#change(id, { name: words.value });
  }

  /** @param {Machine} machine */
  async #remove({ id, name }) {
    const lines = [t("Its tasks are made elsewhere. Images that it has made stay.")];
    if (!(await ask(this.place, { title: t("Remove {name}?", { name }), lines, sign: "trash", verb: t("Remove") }))) return;
    await this.#do(() => request("DELETE", `machines/${encodeURIComponent(id)}`));
  }

  /** @param {() => Promise<{ machines: Machine[] }>} act */
  async #do(act) {
    try {
      this.#take(await act());
      await this.state.refresh();
    } catch (error) {
      this.#failed(error);
    }
  }
}

/** @param {Test} test */
function testResult({ ok, message, version, device, checkpoints, checkpoints_missing, loras, loras_missing }) {
  const facts = [version && t("Inu Jobs {version}", { version }), device].filter(Boolean).join(", ");
  return h(
    "div", { class: "ij-machine-test" },
    h("p", { class: "ij-line" }, icon(ok ? "done" : "bad", ok ? "ij-ok" : "ij-bad"), message, facts && h("span", { class: "ij-muted" }, facts)),
    lacks(checkpoints_missing, plural(checkpoints_missing, "checkpoint"), checkpoints),
    lacks(loras_missing, plural(loras_missing, "LoRA"), loras),
  );
}

/** @param {number} count @param {string} what @param {string[]} names */
function lacks(count, what, names) {
  if (count === 0) return null;
  const rest = count > names.length ? ", …" : "";
  return h("p", { class: "ij-line" }, icon("warn", "ij-warn"), t("{what} of here are not there: {names}{rest}", { what, names: names.join(", "), rest }));
}

/** @param {import("../dom/elements.mjs").Props} props */
const input = (props) => h("input", { class: "ij-input", type: "text", ...props });

/** @param {string} label @param {HTMLInputElement} element */
const field = (label, element) => h("label", { class: "ij-field" }, h("span", { class: "ij-label" }, label), element);
