// Takes images along: as a zip, a contact sheet or a table, or copied to the WebUI's own "Save" folder.

import { request, sentence, url } from "./api.mjs";
import { button, h } from "./dom.mjs";
import { plural, thousands } from "./format.mjs";
import { openDialog } from "./parts.mjs";
import { ended, watched } from "./progress.mjs";
import { leftAlone } from "./words.mjs";

/** @typedef {"zip" | "sheet" | "csv" | "json"} Format */
/** @typedef {[name: string, about: string, run: () => void]} Entry */
/** @typedef {{ download: string, name: string, images: number }} Export what the server answers */

/** @type {[Format, string, string][]} */
const FORMATS = [
  ["zip", "Zip", "the image files as they are"],
  ["sheet", "Contact sheet", "small pictures, with what varies under each"],
  ["csv", "CSV", "parameters, for a spreadsheet"],
  ["json", "JSON", "parameters, for a program"],
];

export class Exports {
  /** @param {import("./parts.mjs").Toasts} toasts @param {HTMLElement} place for the question */
  constructor(toasts, place) {
    this.toasts = toasts;
    this.place = place;
  }

  /** @param {string[]} ids @param {Format} format */
  exportImages = (ids, format) => this.#fetch("images/export", { format, selection: { images: ids } });

  /** @param {string} job @param {Format} format */
  exportJob = (job, format) => this.#fetch(`jobs/${encodeURIComponent(job)}/export`, { format });

  /** Asks what of the table is to become one picture. @param {string} job @param {import("./matrix.mjs").View} view */
  chooseTable(job, view) {
    const make = (/** @type {boolean} */ kept) => void this.#fetch(`jobs/${encodeURIComponent(job)}/export`, { format: "matrix", ...view, kept });
    this.#ask("Export the table as one picture", [
      ["All of it", "each image that lies in it, under its headings", () => make(false)],
      ["What was kept", "the places of all others stay empty", () => make(true)],
    ]);
  }

  /** @param {string[]} ids */
  async saveImages(ids) {
    try {
      /** @type {import("./types").Result} */
      const { done, failed } = await watched(
        this.toasts, "Saving", () => request("POST", "images/save", { body: { selection: { images: ids } } }),
      );
      const rest = failed.length > 0 ? `, ${thousands(failed.length)} not: ${leftAlone(failed)}` : "";
      this.toasts.show(`${plural(done, "image")} saved${rest}.`, { bad: failed.length > 0 });
    } catch (error) {
      this.toasts.show(sentence(error), { bad: true });
    }
  }

  /** The entries of a job's menu. @param {import("./types").Job} job @returns {import("./parts.mjs").Choice[]} */
  choices(job) {
    if (job.images.total === 0) return [];
    return FORMATS.filter(([format]) => format !== "json").map(([format, name]) => ({
      sign: "download", label: `Export as ${format === "csv" ? name : name.toLowerCase()}`,
      run: () => void this.exportJob(job.id, format),
    }));
  }

  /** Asks what to make of the selected images. @param {string[]} ids */
  choose(ids) {
    if (ids.length === 0) return;
    this.#ask(`Export ${plural(ids.length, "image")}`, [
      ...FORMATS.map(([format, name, about]) => /** @type {Entry} */ ([name, about, () => void this.exportImages(ids, format)])),
      ["Save", "a copy in the WebUI's own folder for saved images", () => void this.saveImages(ids)],
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
      h("div", { class: "ij-dialog-foot" }, h("span", { class: "ij-grow" }), button(null, "Cancel", () => dialog.close())),
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
      this.toasts.show(`${made.name} with ${plural(made.images, "image")} is on its way to your downloads.`);
      const what = `Exporting ${made.name}`;
      await watched(this.toasts, what, () => ended(what));
    } catch (error) {
      this.toasts.show(sentence(error), { bad: true });
    }
  }
}
