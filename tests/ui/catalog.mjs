// What is installed, and the fields of a payload as GET /catalog has them (fields.json).

import { readFileSync } from "node:fs";

export const CATALOG = {
  samplers: ["Euler a", "Euler"], schedulers: ["Karras"], upscalers: ["None", "ESRGAN, 4x"], latent_upscale_modes: ["Latent"], checkpoints: [], vaes: [],
  fields: JSON.parse(readFileSync(new URL("fields.json", import.meta.url), "utf8")),
};
