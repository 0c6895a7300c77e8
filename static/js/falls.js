// Who falls short: each tap carries a key of its own.

import { newKey } from "./new-key.js";

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb === "post") detail.parameters.key = newKey();
});
