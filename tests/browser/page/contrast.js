// How well what our page shows can be told from what it stands on, as WCAG 2 counts it. Gives [how many texts and signs were
// measured, those that are too pale]. Texts need 4.5 to 1, large ones, signs and the edges of fields 3 (1.4.3 and 1.4.11 of WCAG 2.1).
root => {
  const TEXT = 4.5, LARGE = 3, SIGN = 3;
  const PICTURE = [[0, 0, 0, 1], [255, 255, 255, 1]]; // it may be any colour: the worst of these counts
  const COLOURS = /(?:color|rgba?|okl[a-z]+|hsla?|lab|lch)\([^()]*\)|#[0-9a-f]{3,8}\b/gi;
  const pen = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const known = new Map();

  // any colour of CSS as [red, green, blue, alpha]
  const rgba = (colour) => {
    if (!known.has(colour)) {
      pen.clearRect(0, 0, 1, 1);
      pen.fillStyle = colour;
      pen.fillRect(0, 0, 1, 1);
      const [r, g, b, a] = pen.getImageData(0, 0, 1, 1).data;
      known.set(colour, [r, g, b, a / 255]);
    }
    return known.get(colour);
  };
  const over = (top, below, alpha = top[3]) => [...[0, 1, 2].map((i) => top[i] * alpha + below[i] * (1 - alpha)), 1];
  const luminance = (colour) => colour.slice(0, 3).map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const ratio = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };

  const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const pictures = [...root.querySelectorAll("img")].filter((img) => img.checkVisibility());
  // a select's arrow is drawn with gradients, too
  const gradient = (node, style) => (node.tagName === "SELECT" ? [] : style.backgroundImage.includes("gradient") ? style.backgroundImage.match(COLOURS) ?? [] : []);

  // The nearest of ``path`` that lies on a picture with nothing opaque between, or -1.
  const onPicture = (path, box) => {
    for (let at = path.length - 1; at >= 0; at--) {
      const style = getComputedStyle(path[at]);
      if (rgba(style.backgroundColor)[3] > 0.98 || gradient(path[at], style).length) return -1;
      const floats = ["absolute", "fixed"].includes(style.position);
      if (floats && pictures.some((img) => !path[at].contains(img) && overlap(img.getBoundingClientRect(), box))) return at;
    }
    return -1;
  };
  // The pixel below the last of ``path``, or that with ``ink`` on it. ``stop``: of gradients, which end. What has an opacity is painted as a whole.
  const pixel = (path, base, stop, ink, at = 0) => {
    if (at === path.length) return ink ? over(ink, base) : base;
    const style = getComputedStyle(path[at]);
    let own = over(rgba(style.backgroundColor), base);
    const stops = gradient(path[at], style);
    if (stops.length) own = over(rgba(stops.at(stop)), own);
    return over(pixel(path, own, stop, ink, at + 1), base, Number(style.opacity));
  };
  const least = (element, colour, box) => {
    const path = [];
    for (let node = element; node; node = node.parentElement) path.unshift(node);
    const at = onPicture(path, box);
    const painted = path.slice(Math.max(at, 0));
    const bases = at < 0 ? [[255, 255, 255, 1]] : PICTURE;
    return Math.min(...bases.flatMap((base) => [0, -1].map((stop) =>
      ratio(pixel(painted, base, stop, rgba(colour)), pixel(painted, base, stop, null)))));
  };

  const pale = new Set();
  let count = 0;
  const check = (what, element, colour, needed, box) => {
    count++;
    const measured = least(element, colour, box);
    if (measured < needed) pale.add(`${what} in ${element.tagName.toLowerCase()}.${element.getAttribute("class")}: ${measured.toFixed(2)}`);
  };
  const seen = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true })
    && !element.closest(":disabled, [aria-disabled=true], [inert], .ij-sr"); // what cannot be used may be pale
  const room = (box) => box.width > 1 && box.height > 1;
  const needed = (style) => {
    const size = parseFloat(style.fontSize); // pixels; large is 18 point, or 14 point and bold
    return size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? LARGE : TEXT;
  };

  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const node = texts.currentNode, element = node.parentElement;
    if (!node.data.trim() || element.closest("option, script, style") || !seen(element)) continue;
    const range = document.createRange();
    range.selectNode(node);
    const box = range.getBoundingClientRect(), style = getComputedStyle(element);
    if (room(box)) check(`“${node.data.trim().slice(0, 30)}”`, element, style.color, needed(style), box);
  }
  for (const element of root.querySelectorAll("*")) {
    const box = element.getBoundingClientRect();
    if (!seen(element) || !room(box)) continue;
    const style = getComputedStyle(element);
    for (const which of ["::before", "::after"]) {
      const made = getComputedStyle(element, which);
      if (!/^(none|normal|"\s*")?$/.test(made.content)) check(`${which} ${made.content}`, element, made.color, needed(made), box);
    }
    if (element.matches("input:not([type=checkbox], [type=range], [type=radio]), textarea, select")) {
      const words = element.value || element.tagName === "SELECT" ? style.color : getComputedStyle(element, "::placeholder").color;
      check(`what ${element.getAttribute("aria-label") ?? element.placeholder} says`, element, words, TEXT, box);
      check("the edge of a field", element.parentElement, style.borderTopColor, SIGN, box);
    }
    if (element.matches("svg.ij-icon")) {
      // one that is filled has a rim, by which it can be told from anything
      const rim = element.matches(".ij-icon-fill") ? ratio(rgba(style.color), rgba(style.stroke)) : 0;
      const name = `the sign ${element.getAttribute("class")}`;
      if (rim < SIGN) check(name, element.parentElement, style.color, SIGN, box);
    }
  }
  return [count, [...pale]];
}
