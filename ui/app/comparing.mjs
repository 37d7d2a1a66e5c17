// Opens images side by side: those that are selected, or one beside what it was made from.

import { request, sentence } from "../api.mjs";
import { Compare, MOST } from "../views/compare.mjs";

const HERE = "compare";

/** @typedef {{ root: HTMLElement, state: import("../state.mjs").State, toasts: import("../parts.mjs").Toasts,
 *   marks: import("../marks.mjs").Marks, undo: () => void, redo: () => void, help: () => void, closed: (ids: string[]) => void }} Wiring */

export class Comparing {
  /** @type {Compare | undefined} */
  #side;

  /** @param {Wiring} wiring */
  constructor(wiring) {
    this.wiring = wiring;
    for (const name of ["tasks", "guests"]) wiring.state.addEventListener(name, () => this.#side?.update());
  }

  /** @param {string[]} ids of images that show @param {(ids: string[]) => void} [closed] where to go back to */
  async open(ids, closed = this.wiring.closed) {
    const { root, state, toasts, marks, undo, redo, help } = this.wiring;
    const images = ids.flatMap((id) => state.find(id) ?? []);
    try {
      const [only] = images;
      if (only && images.length === 1) images.unshift(...(await source(only)));
    } catch (error) {
      toasts.show(sentence(error), { bad: true });
      return;
    }
    if (images.length < 2 || images.length > MOST) {
      toasts.show("Select two to four images to compare, or one that was made from another.");
      return;
    }
    state.invite(HERE, images);
    this.#side = new Compare(root, {
      verdict: (all, verdict) => marks.verdict(all, verdict), rating: (all, rating) => marks.rating(all, rating),
      trash: (all) => marks.trash(all), undo, redo, help, find: (id) => state.find(id),
      closed: () => {
        state.dismiss(HERE);
        closed(ids);
      },
    });
    this.#side.open(images);
  }
}

/** What an image was made from, if it is still there. @param {import("../types").Image} image */
async function source({ id }) {
  /** @type {import("../types").ImageInfo} */
  const info = await request("GET", `images/${encodeURIComponent(id)}/info`);
  const nearest = info.lineage.sources[0]?.image;
  return nearest && !nearest.trashed ? [nearest] : [];
}
