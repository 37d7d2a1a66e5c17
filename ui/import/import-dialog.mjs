// The import dialog: choice of folders and days, progress, result.

import { request, sentence } from "../core/api.mjs";
import { plural, thousands, when } from "../core/format.mjs";
import { t } from "../core/sentences.mjs";
import { openDialog } from "../dom/dialog.mjs";
import { banner, button, h, icon, put } from "../dom/elements.mjs";
import { progressWords } from "./import-tracker.mjs";

/** @typedef {import("../types").ImportFolder} Folder */
/** @typedef {{ importing: import("./import-tracker.mjs").ImportTracker, open: (job: string) => void }} Wiring */

export class ImportDialog {
  /** @type {Folder[] | null} null: not loaded yet */
  #folders = null;
  /** @type {Set<string>} */
  #chosen = new Set();
  #problem = "";
  /** show the choice; otherwise an import is running or has just ended */
  #again = true;
  #body = h("div", { class: "ij-dialog-main ij-import" });
  #sum = h("b", { class: "ij-grow ij-import-sum", role: "status" });
  #foot = h("div", { class: "ij-dialog-foot" });
  #since = h("input", { class: "ij-input", type: "date" });
  #until = h("input", { class: "ij-input", type: "date" });
  #go = button("download", t("Import"), () => void this.#start(), { kind: "ij-btn-primary" });

  /** @param {HTMLElement} place @param {Wiring} wiring */
  constructor(place, wiring) {
    this.wiring = wiring;
    const { importing } = wiring;
    const show = () => this.#show();
    this.dialog = h(
      "dialog", { class: "ij-dialog ij-import-dialog", "data-ij": "import", "aria-label": t("Import images"), onclose: () => importing.removeEventListener("change", show) },
      h(
        "div", { class: "ij-dialog-head" }, h("h2", { class: "ij-grow" }, t("Import images")),
        button("cross", t("Close"), () => this.dialog.close(), { kind: "ij-btn-quiet", iconOnly: true }),
      ),
      h("div", { class: "ij-dialog-body" }, this.#body), this.#foot,
    );
    importing.addEventListener("change", show);
    openDialog(place, this.dialog);
    void this.#begin();
  }

  async #begin() {
    await this.wiring.importing.look();
    if (this.wiring.importing.busy) this.#again = false;
    await this.#list();
  }

  async #list() {
    try {
      /** @type {{ folders: Folder[] }} */
      const { folders } = await request("GET", "import/folders");
      this.#folders = folders.filter(({ images, known }) => images + known > 0);
      this.#chosen = new Set(folders.filter(({ images, saved }) => images > 0 && !saved).map(({ id }) => id));
      this.#problem = "";
    } catch (error) {
      this.#problem = sentence(error);
    }
    this.#show();
  }

  async #start() {
    const days = { ...(this.#since.value && { since: this.#since.value }), ...(this.#until.value && { until: this.#until.value }) };
    const { importing } = this.wiring;
    const started = importing.start({ folders: [...this.#chosen], ...days });
    this.#count();
    await started;
    this.#again = importing.problem !== "";
    this.#show();
  }

  #show() {
    const { importing } = this.wiring;
    if (importing.busy) this.#showProgress();
    else if (this.#again) this.#showChoice();
    else this.#showResult();
  }

  // -------------------------------------------------------------------- progress

  #showProgress() {
    const { importing } = this.wiring;
    const now = importing.now;
    if (!now) return;
    const known = now.state === "reading" || now.state === "saving";
    put(
      this.#body,
      h("p", { role: "status" }, progressWords(now)),
      h("progress", { class: "ij-import-bar", "aria-label": t("Import"), ...(known ? { max: Math.max(1, now.total), value: now.read } : {}) }),
      h("p", { class: "ij-muted" }, t("You can close this; the import continues.")),
    );
    // Not where "Import" was: the second click of a double click would hit it.
    put(this.#foot, button("stop", t("Cancel import"), () => void importing.cancel()), h("span", { class: "ij-grow" }));
  }

  // ---------------------------------------------------------------------- result

  #showResult() {
    const { importing, open } = this.wiring;
    const now = importing.now;
    const bad = now?.state === "failed" || importing.problem !== "";
    const names = (now?.failed ?? []).slice(0, 20).map(({ id, message }) => h("li", null, `${id}: ${message}`));
    const rest = (now?.failed_total ?? 0) - names.length;
    if (rest > 0) names.push(h("li", null, t("and {rest} more", { rest: thousands(rest) })));
    put(
      this.#body,
      h("p", { class: "ij-line", role: "status" }, icon(bad ? "bad" : "check", bad ? "ij-bad" : ""), h("b", null, importing.problem || now?.message || "")),
      names.length > 0 && h("details", null, h("summary", null, t("Files that could not be read")), h("ul", { class: "ij-import-names" }, ...names)),
    );
    const [first] = now?.jobs ?? [];
    const show = () => {
      this.dialog.close();
      if (first) open(first.id);
    };
    put(
      this.#foot, h("span", { class: "ij-grow" }),
      button(null, t("Import more"), () => this.#more()),
      first && button(null, now?.jobs.length === 1 ? t("Show the job") : t("Show the first job"), show, { kind: "ij-btn-primary" }),
    );
  }

  #more() {
    this.#again = true;
    this.#folders = null;
    this.#show();
    void this.#list();
  }

  // ---------------------------------------------------------------------- choice

  #showChoice() {
    const { importing } = this.wiring;
    const folders = this.#folders;
    const said = this.#problem || importing.problem;
    const wrong = said ? [banner("bad", "bad", t("Nothing was imported"), [said])] : [];
    const about = h("p", { class: "ij-muted" }, t("Images with the same prompt and settings become one job. Nothing is copied or moved."));
    if (folders === null) put(this.#body, about, ...wrong, !said && h("p", { role: "status" }, t("Scanning the output folders…")));
    else if (folders.length === 0) put(this.#body, about, ...wrong, h("p", null, t("There are no images in the WebUI's output folders.")));
    else put(this.#body, about, ...wrong, this.#days(), this.#choice(folders));
    put(this.#foot, this.#sum, button(null, t("Cancel"), () => this.dialog.close()), this.#go);
    this.#count();
  }

  #days() {
    const field = (/** @type {string} */ label, /** @type {HTMLInputElement} */ input) => h("label", { class: "ij-field" }, h("span", { class: "ij-label" }, label), input);
    for (const input of [this.#since, this.#until]) input.oninput = () => this.#count();
    return h("div", { class: "ij-import-days" }, field(t("First day"), this.#since), field(t("Last day"), this.#until));
  }

  /** @param {Folder[]} folders */
  #choice(folders) {
    const all = (/** @type {boolean} */ on) => {
      this.#chosen = new Set(on ? folders.filter(({ images }) => images > 0).map(({ id }) => id) : []);
      this.#show();
    };
    return h(
      "div", { class: "ij-field ij-import-choice", role: "group", "aria-label": t("Folders") },
      h("div", { class: "ij-line" }, h("span", { class: "ij-label ij-grow" }, t("Folders")), button(null, t("All"), () => all(true), { kind: "ij-btn-quiet" }), button(null, "None", () => all(false), { kind: "ij-btn-quiet" })),
      h("ul", { class: "ij-import-folders" }, ...folders.map((folder) => this.#row(folder))),
    );
  }

  /** @param {Folder} folder */
  #row({ id, name, images, known, newest, saved }) {
    const tick = h("input", {
      type: "checkbox", checked: this.#chosen.has(id), disabled: images === 0,
      onchange: () => {
        if (tick.checked) this.#chosen.add(id);
        else this.#chosen.delete(id);
        this.#count();
      },
    });
    const count = images > 0 ? plural(images, "image") : t("already in jobs");
    return h("li", null, h(
      "label", { class: "ij-check" }, tick, h("span", { class: "ij-grow ij-import-name", title: name }, name),
      saved && h("span", { class: "ij-muted" }, t("copies made by “Save”")),
      h("span", { class: "ij-muted" }, `${count}${images > 0 && known > 0 ? t(", {known} already in jobs", { known: thousands(known) }) : ""}`),
      h("span", { class: "ij-muted ij-wide" }, when(newest)),
    ));
  }

  #count() {
    const chosen = (this.#folders ?? []).filter(({ id }) => this.#chosen.has(id));
    const images = chosen.reduce((sum, folder) => sum + folder.images, 0);
    const days = this.#since.value || this.#until.value;
    put(this.#sum, images > 0 ? t("{rest}{images} in {folders}", { rest: days ? t("At most ") : "", images: plural(images, "image"), folders: plural(chosen.length, "folder") }) : t("Choose what to import"));
    this.#go.disabled = images === 0 || this.wiring.importing.starting;
  }
}
