// Waits for the browser.

/** After the page's next frame. */
export const drawn = () => new Promise((resolve) => requestAnimationFrame(() => resolve(undefined)));

/** Lets pending user input run between two pieces of long work. */
export const breathe = () => new Promise((resolve) => setTimeout(resolve));
