// The positions of the grid's cells: all cells are the same size, so positions are calculated.

const GAP = 10;
const FOOT = 26;
const EDGE = 6; // pixels, for the focus ring
const LETTER = 6.4; // pixels
const MARKS = 70; // pixels in the foot, for everything except the caption
const NARROW = 480;
const NARROW_SHARE = 96 / 136; // of a cell's size: three in a row on a phone

/** @typedef {{ left: number, top: number, right: number, bottom: number }} Area in pixels, from the grid's corner */

export class Layout {
  columns = 1;
  rowHeight = 1;
  #width = 0;

  /** @param {number} whole width of the grid @param {number} size smallest width of a cell @param {number} ratio width to height of an image
   * @returns {boolean} whether there is any room */
  measure(whole, size, ratio) {
    const room = whole - 2 * EDGE;
    if (room <= 0) return false;
    const least = room < NARROW ? size * NARROW_SHARE : size;
    this.columns = Math.max(1, Math.floor((room + GAP) / (least + GAP)));
    this.#width = (room - GAP * (this.columns - 1)) / this.columns;
    this.rowHeight = Math.round(this.#width / ratio) + FOOT + GAP;
    return true;
  }

  /** Whether a caption fits. @param {number} letters */
  roomFor(letters) {
    return letters * LETTER + MARKS <= this.#width;
  }

  /** Of the whole grid. @param {number} count of cells */
  height(count) {
    return Math.ceil(count / this.columns) * this.rowHeight + 2 * EDGE;
  }

  /** @param {HTMLElement} grid @param {number} count of cells */
  size(grid, count) {
    grid.style.height = `${this.height(count)}px`;
    grid.style.setProperty("--ij-cell-width", `${this.#width}px`);
    grid.style.setProperty("--ij-cell-height", `${this.rowHeight - GAP}px`);
    grid.style.setProperty("--ij-image-height", `${this.rowHeight - GAP - FOOT}px`);
  }

  /** Moves with a transform, as a new layout would affect all cells. @param {HTMLElement} cell @param {number} place */
  put(cell, place) {
    cell.style.transform = `translate(${EDGE + (place % this.columns) * (this.#width + GAP)}px, ${this.#top(place)}px)`;
  }

  /** @param {number} place */
  #top(place) {
    return EDGE + Math.floor(place / this.columns) * this.rowHeight;
  }

  /** A cell's distance in pixels from the part between two heights; 0: inside.
   * @param {number} place @param {number} from @param {number} to */
  away(place, from, to) {
    const top = this.#top(place);
    return Math.max(0, from - top - this.rowHeight + GAP, top - to);
  }

  /** First place of the rows between two heights, and the one after the last. @param {number} from @param {number} to @returns {[number, number]} */
  between(from, to) {
    const first = Math.max(0, Math.floor((from - EDGE) / this.rowHeight));
    const last = Math.max(0, Math.ceil((to - EDGE) / this.rowHeight));
    return [first * this.columns, last * this.columns];
  }

  /** How many cells can show at once. @param {number} height of the visible part */
  most(height) {
    return (Math.ceil(height / this.rowHeight) + 1) * this.columns;
  }

  /** The places whose cells overlap an area. @param {Area} area @param {number} count of cells */
  inside({ left, top, right, bottom }, count) {
    const [first, last] = this.between(top + GAP, bottom);
    const places = [];
    for (let place = first; place < Math.min(last, count); place += 1) {
      const from = EDGE + (place % this.columns) * (this.#width + GAP);
      if (from <= right && from + this.#width >= left) places.push(place);
    }
    return places;
  }

  /** Where a key leads. @param {string} key @param {number} at the current place @param {number} count of cells
   * @param {number} height of the visible part @returns {number | null} */
  walk(key, at, count, height) {
    const screen = Math.max(1, Math.floor(height / this.rowHeight)) * this.columns;
    const to = {
      ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - this.columns, ArrowDown: at + this.columns,
      Home: 0, End: count - 1, PageUp: at - screen, PageDown: at + screen,
    }[key];
    return to === undefined ? null : Math.min(count - 1, Math.max(0, to));
  }
}
