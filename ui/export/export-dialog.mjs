// Exports images: as a zip, a contact sheet or a table, or copied to the WebUI's "Save" folder.

import { request, sentence, url } from "../core/api.mjs";
import { leftAlone } from "../core/failures.mjs";
import { plural, thousands } from "../core/format.mjs";
import { t } from "../core/sentences.mjs";
import { ended, watched } from "../dom/bulk-progress.mjs";
import { openDialog } from "../dom/dialog.mjs";
import { button, h } from "../dom/elements.mjs";

/** @typedef {"zip" | "sheet" | "csv" | "json"} Format */
/** @typedef {[name: string, about: string, run: () => void]} Entry */
/** @typedef {{ download: string, name: string, images: number }} Export the server's answer */

/** @type {[Format, string, string][]} */
const FORMATS = [
  ["zip", t("Zip"), t("the image files as they are")],
  ["sheet", t("Contact sheet"), t("thumbnails, with what varies under each")],
  ["csv", "CSV", t("parameters, for a spreadsheet")],
  ["json", "JSON", t("parameters, for a program")],
];

export class ExportDialog {
  /** @param {import("../dom/toasts.mjs").Toasts} toasts @param {HTMLElement} place for the question */
  constructor(toasts, place) {
    this.toasts = toasts;
    this.place = place;
  }

  /** @param {string[]} ids @param {Format} format */
  exportImages = (ids, format) => this.#fetch("images/export", { format, selection: { images: ids } });

  /** @param {string} job @param {Format} format */
  exportJob = (job, format) => this.#fetch(`jobs/${encodeURIComponent(job)}/export`, { format });

  /** Asks which images of the table to export. @param {string} job @param {import("../grid/matrix-layout.mjs").View} view */
  chooseTable(job, view) {
    const make = (/** @type {boolean} */ kept) => void this.#fetch(`jobs/${encodeURIComponent(job)}/export`, { format: "matrix", ...view, kept });
    this.#ask(t("Export the table as one image"), [
      [t("All images"), t("every image in the table, with headings"), () => make(false)],
      [t("Kept images only"), t("the other cells stay empty"), () => make(true)],
    ]);
  }

  /** @param {string[]} ids */
  async saveImages(ids) {
    try {
      /** @type {import("../types").Result} */
      const { done, failed } = await watched(
        this.toasts, "save", t("Saving"), () => request("POST", "images/save", { body: { selection: { images: ids } } }),
      );
      const rest = failed.length > 0 ? t(", {failed} skipped: {leftAlone}", { failed: thousands(failed.length), leftAlone: leftAlone(failed) }) : "";
      this.toasts.show(t("{images} saved{rest}.", { images: plural(done, "image"), rest }), { bad: failed.length > 0 });
    } catch (error) {
      this.toasts.show(sentence(error), { bad: true });
    }
  }

  /** Entries for a job's menu. @param {import("../page").Job} job @returns {import("../dom/menu.mjs").Choice[]} */
  choices(job) {
    if (job.images.total === 0) return [];
    return FORMATS.filter(([format]) => format !== "json").map(([format, name]) => ({
      sign: "download", label: t("Export as {rest}", { rest: format === "csv" ? name : name.toLowerCase() }),
      run: () => void this.exportJob(job.id, format),
    }));
  }

  /** Asks how to export the selected images. @param {string[]} ids */
  choose(ids) {
    if (ids.length === 0) return;
    this.#ask(t("Export {images}", { images: plural(ids.length, "image") }), [
      ...FORMATS.map(([format, name, about]) => /** @type {Entry} */ ([name, about, () => void this.exportImages(ids, format)])),
      [t("Save"), t("a copy in the WebUI's folder for saved images"), () => void this.saveImages(ids)],
    ]);
  }

  /** @param {string} title @param {Entry[]} entries */
  #ask(title, entries) {
    const lines = entries.map(([name, about, run]) => {
      const pick = () => {
        dialog.close();
        run();
      };
      return h("p", { class: "ij-line ij-wrap" }, button("download", name, pick), h("span", { class: "ij-muted" }, about));
    });
    const dialog = h(
      "dialog", { class: "ij-dialog ij-dialog-small", "aria-label": title },
      h("div", { class: "ij-dialog-main" }, h("h2", null, title), ...lines),
      h("div", { class: "ij-dialog-foot" }, h("span", { class: "ij-grow" }), button(null, t("Cancel"), () => dialog.close())),
    );
    openDialog(this.place, dialog);
  }

  /** @param {string} path @param {object} body */
  async #fetch(path, body) {
    try {
      /** @type {Export} */
      const made = await request("POST", path, { body });
      const link = h("a", { href: url(`exports/${encodeURIComponent(made.download)}`), download: made.name, hidden: true });
      this.place.append(link);
      link.click();
      link.remove();
      this.toasts.show(t("Downloading {name} with {images}.", { name: made.name, images: plural(made.images, "image") }));
      await watched(this.toasts, made.download, t("Exporting {name}", { name: made.name }), () => ended(made.download));
    } catch (error) {
      this.toasts.show(sentence(error), { bad: true });
    }
  }
}
