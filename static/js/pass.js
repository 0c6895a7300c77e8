// The pass: a refusal that was read can be put away, the focus comes back to its row when a sheet closes, what waits
// grows late as the clock goes on, though nobody charts anything, and the others are told which client is open here.

import { redrawFrom } from "./live-patch.js";

document.addEventListener("click", (event) => {
  const seen = event.target.closest("[data-dismiss]");
  if (!seen) return;
  const said = seen.closest("li:has(> .findings)");
  const row = said?.previousElementSibling;
  said?.remove();
  row?.focus();
});

document.addEventListener("htmx:afterSettle", (event) => {
  const row = event.detail.elt;
  if (!row.matches?.(".dose") || document.querySelector("dialog[open], .findings[tabindex]")) return;
  if (document.activeElement === document.body) row.focus();
});

// The client in hand is in sight on the strip.
document.querySelector(".strip [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

// Each minute the page is read again, for the clock's sake. What a colleague charted meanwhile is newer: then this copy is dropped.
const MINUTE = 60_000;
let patchedAt = 0;
document.addEventListener("stepwell:patched", () => (patchedAt = Date.now()));

const age = async () => {
  if (document.visibilityState !== "visible" || document.documentElement.dataset.live !== "live") return;
  const asked = Date.now();
  try {
    const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(20_000) });
    if (!answer.ok || answer.redirected) return;
    const copy = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (patchedAt < asked && !document.querySelector(".htmx-request")) redrawFrom(copy);
  } catch (error) {
    console.info("Not aged:", error);
  }
};
if (document.querySelector("[data-live-board='emar.pass']")) setInterval(age, MINUTE);

// Which client is open on this tablet: said when the page opens, every 45 s while it is looked at, and when it goes away.
// Nobody is kept out by it; two minutes without a word, and the others see nobody here any more.
const BEAT = 45_000;
const open = document.querySelector("[data-here]");
let seen = ""; // when the server heard it from this page last: the next page may say it before this one's 'gone' has come

const say = async (address) => {
  try {
    const headers = JSON.parse(document.body.getAttribute("hx-headers"));
    const answer = await fetch(address, { method: "POST", headers, keepalive: true, redirect: "manual" });
    seen = answer.headers.get("X-Seen") ?? seen;
  } catch (error) {
    console.info("Not said:", error);
  }
};

if (open) {
  const beat = () => document.visibilityState === "visible" && say(open.dataset.here);
  beat();
  setInterval(beat, BEAT);
  document.addEventListener("visibilitychange", beat);
  addEventListener("pageshow", (event) => event.persisted && beat());
  addEventListener("pagehide", () => say(`${open.dataset.gone}?seen=${encodeURIComponent(seen)}`));
}
