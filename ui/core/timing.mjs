// Waiting for what the browser does next.

/** After the page's next frame. */
export const drawn = () => new Promise((resolve) => requestAnimationFrame(() => resolve(undefined)));

/** Between two pieces of long work: what the user did meanwhile goes first. */
export const breathe = () => new Promise((resolve) => setTimeout(resolve));
