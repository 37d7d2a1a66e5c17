// The jobs on a standalone page without the WebUI: light enough for a phone or a second screen.

import { mount } from "./main.mjs";

// The server applies a requested theme; otherwise use the browser's, like the WebUI's own page.
if (!new URL(location.href).searchParams.has("__theme")) {
  document.body.classList.toggle("dark", matchMedia("(prefers-color-scheme: dark)").matches);
}
const root = document.getElementById("inu-jobs");
if (root) mount(root);
