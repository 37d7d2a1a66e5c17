// Jobs in a page of their own, without the WebUI around: light enough for a phone, or for a second screen.

import { mount } from "./main.mjs";

// The server has taken a theme that was asked for; else it is the browser's, as on the WebUI's own page.
if (!new URL(location.href).searchParams.has("__theme")) {
  document.body.classList.toggle("dark", matchMedia("(prefers-color-scheme: dark)").matches);
}
const root = document.getElementById("inu-jobs");
if (root) mount(root);
