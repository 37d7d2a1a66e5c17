// Searches images in all jobs, page by page.

import { aborted, request, sentence } from "../core/api.mjs";

/** @typedef {import("../page").Image} Image */
/** @typedef {{ images: Image[], names: Map<string, string>, total: number, busy: boolean, problem: string }} Findings
 *  `images`: those loaded so far; `names`: of their jobs; `problem`: why there are no more, as a sentence */

const FIRST = 200;
const NEXT = 1000;
/** more than anyone would look through */
export const MOST = 20_000;

export class Search {
  #asked = new AbortController();
  #busy = false;

  /** @param {(found: Findings) => void} show */
  constructor(show) {
    this.show = show;
  }

  stop() {
    this.#asked.abort();
  }

  /** Whether an answer is still to come: it may have been made before what was just done. */
  get busy() {
    return this.#busy && !this.#asked.signal.aborted;
  }

  /** @param {Record<string, string>} query as GET /images takes it */
  async look(query) {
    this.stop();
    const { signal } = (this.#asked = new AbortController());
    this.#busy = true;
    /** @type {Findings} */
    const found = { images: [], names: new Map(), total: 0, busy: true, problem: "" };
    try {
      while (found.busy) {
        const limit = found.images.length === 0 ? FIRST : NEXT;
        /** @type {{ images: Image[], total: number, jobs: { id: string, name: string }[] }} */
        const page = await request("GET", "images", { query: { ...query, limit, offset: found.images.length }, signal });
        // a verdict in the meantime may have moved an image between pages
        const known = new Set(found.images.map(({ id }) => id));
        found.images.push(...page.images.filter(({ id }) => !known.has(id)));
        for (const { id, name } of page.jobs) found.names.set(id, name);
        found.total = page.total;
        found.busy = page.images.length === limit && found.images.length < Math.min(MOST, page.total);
        this.show(found);
      }
    } catch (error) {
      if (aborted(error)) return;
      this.show({ ...found, busy: false, problem: sentence(error) });
    }
    this.#busy = false;
  }
}
