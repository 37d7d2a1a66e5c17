// The selected images. Fires "change"; only the cells currently in the page need to follow.

export class Selection extends EventTarget {
  /** @type {Set<string>} */
  #ids = new Set();
  /** @type {string | null} where a range starts */
  anchor = null;

  get size() {
    return this.#ids.size;
  }

  get ids() {
    return [...this.#ids];
  }

  /** @param {string | undefined} id */
  has(id) {
    return id !== undefined && this.#ids.has(id);
  }

  /** Selects exactly these. @param {Iterable<string>} ids @param {string | null} [anchor] */
  set(ids, anchor = null) {
    this.#ids = new Set(ids);
    this.anchor = anchor ?? this.#ids.values().next().value ?? null;
    this.#tell();
  }

  /** @param {string} id */
  toggle(id) {
    if (!this.#ids.delete(id)) this.#ids.add(id);
    this.anchor = id;
    this.#tell();
  }

  /** From the anchor to `id`, in the order of `shown`. @param {string[]} shown @param {string} id
   * @param {boolean} more extends the selection */
  range(shown, id, more) {
    const from = Math.max(0, shown.indexOf(this.anchor ?? id));
    const to = shown.indexOf(id);
    const between = shown.slice(Math.min(from, to), Math.max(from, to) + 1);
    const anchor = shown[from] ?? id;
    this.set(more ? [...this.#ids, ...between] : between, anchor);
  }

  clear() {
    if (this.size > 0) this.set([]);
  }

  /** Deselects images that are no longer visible, so that nothing happens to them. @param {() => Iterable<string>} shown */
  retain(shown) {
    if (this.size === 0) return;
    const there = new Set(shown());
    const left = this.ids.filter((id) => there.has(id));
    if (left.length === this.size) return;
    this.set(left, this.anchor !== null && there.has(this.anchor) ? this.anchor : null);
  }

  #tell() {
    this.dispatchEvent(new Event("change"));
  }
}
