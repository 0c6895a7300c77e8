// The due list for paper: read again every five minutes while it is open. When that fails the list stays, and says how old it is.

import { redrawFrom } from "./live-patch.js";

const EVERY = 300_000;

const said = () => {
  const line = document.getElementById("duelist-stale");
  line.hidden = false;
  line.textContent = `Not read since ${document.getElementById("duelist").dataset.good}: what was charted or ordered later is not on it.`;
};

const read = async () => {
  try {
    const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(20_000) });
    if (!answer.ok || answer.redirected) return said();
    redrawFrom(new DOMParser().parseFromString(await answer.text(), "text/html"));
    document.getElementById("duelist-stale").hidden = true;
  } catch (error) {
    console.info("Not read:", error);
    said();
  }
};

setInterval(read, EVERY);
addEventListener("offline", said);
addEventListener("online", read);
document.addEventListener("click", (event) => event.target.closest("[data-print]") && print());
