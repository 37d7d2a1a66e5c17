// Opens images side by side: the selected ones, or one image and its source.

import { request, sentence } from "../core/api.mjs";
import { thousands } from "../core/format.mjs";
import { t } from "../core/sentences.mjs";
import { Compare, MOST } from "./compare.mjs";

const HERE = "compare";

/** @typedef {import("../page").Image} Image */
/** @typedef {{ root: HTMLElement, state: import("../core/state.mjs").State, toasts: import("../dom/toasts.mjs").Toasts,
 *   marks: import("../review/marks.mjs").Marks, undo: () => void, redo: () => void, help: () => void, closed: (ids: string[]) => void }} Wiring */

export class CompareOpener {
  /** @type {Compare | undefined} */
  #side;

  /** @param {Wiring} wiring */
  constructor(wiring) {
    this.wiring = wiring;
    for (const name of ["tasks", "guests"]) wiring.state.addEventListener(name, () => this.#side?.update());
  }

  /** @param {string[]} ids of visible images @param {string[]} shown all visible images there, in order */
  async open(ids, shown) {
    const { root, state, toasts, marks, undo, redo, help, closed } = this.wiring;
    const images = ids.flatMap((id) => state.find(id) ?? []);
    const alone = images.length === 1;
    try {
      if (alone && images[0]) images.unshift(...(await source(images[0])));
    } catch (error) {
      toasts.show(sentence(error), { bad: true });
      return;
    }
    if (images.length < 2 || images.length > MOST) {
      toasts.show(t("Select two to four images to compare, or one that was made from another."), { sign: "info" });
      return;
    }
    state.invite(HERE, images);
    const side = (this.#side = new Compare(root, {
      verdict: (all, verdict) => marks.verdict(all, verdict), rating: (all, rating) => marks.rating(all, rating),
      trash: (all) => marks.trash(all), undo, redo, help, find: (id) => state.find(id),
      closed: () => {
        state.dismiss(HERE);
        closed(ids);
      },
      ...(alone ? { where: () => t("{indexOf} of {shown}", { indexOf: thousands(shown.indexOf(ids[0] ?? "") + 1), shown: thousands(shown.length) }), walk: async (/** @type {number} */ by) => {
        const pair = await this.#beside(ids[0] ?? "", shown, by).catch((error) => void toasts.show(sentence(error), { bad: true }));
        const made = pair?.[1];
        if (!made || !side.dialog.open) return;
        ids = [made.id];
        state.invite(HERE, pair);
        side.turn(pair);
      } } : {}),
    }));
    side.open(images);
  }

  /** The next image that has a source, after that source. @param {string} id @param {string[]} shown @param {number} by 1 or -1
   * @returns {Promise<Image[] | null>} null: none left */
  async #beside(id, shown, by) {
    const { state } = this.wiring;
    for (let at = shown.indexOf(id) + by; at >= 0 && at < shown.length; at += by) {
      const image = state.find(shown[at] ?? "");
      if (!image || image.trashed || state.detail?.tasks.get(image.task)?.source === null) continue;
      const above = await source(image);
      if (above.length > 0) return [...above, image];
    }
    return null;
  }
}

/** The source of an image, if it still exists. @param {Image} image @returns {Promise<Image[]>} */
async function source({ id }) {
  /** @type {import("../types").ImageInfo} */
  const info = await request("GET", `images/${encodeURIComponent(id)}/info`);
  const nearest = info.lineage.sources[0]?.image;
  return nearest && !nearest.trashed ? [nearest] : [];
}
