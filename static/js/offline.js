// Keeps one copy of the evacuation list on this device, for when the network is down: refreshed by the bed board, at most once a
// minute, and by the list itself. Nothing else is kept. The copy goes at sign-out, when someone else signs in, when the server
// says no, and after 24 hours. offline-worker.js shows it.

import { assetsOf } from "./kept/assets.js";

const KEPT = "stepwell-evacuation";
const ABOUT = "/stepwell-evacuation-about"; // an entry beside the page: whose copy it is, and since when
const OFTEN = 60 * 1000;
const OPEN_BOARD = 5 * OFTEN; // how often a board that stays open refreshes it
const LONGEST = 24 * 60 * OFTEN;

const { person, list, listWorker, listFrom } = document.body.dataset;

/** The copy goes, and with it what was ticked on the list in this tab. */
async function drop() {
  for (const key of Object.keys(sessionStorage)) {
    if (key.startsWith("stepwell:found:")) sessionStorage.removeItem(key);
  }
  await caches.delete(KEPT);
}

/** {person, at} of the copy, null where there is none. */
async function about() {
  const found = await caches.match(ABOUT, { cacheName: KEPT });
  return found ? found.json() : null;
}

/** Drops a copy that is not this person's to keep. */
async function check() {
  const copy = await about();
  const theirs = copy && copy.person === person && Math.abs(Date.now() - copy.at) < LONGEST;
  const lost = !list && !document.body.classList.contains("signin"); // signed in, and may not see beds any more
  if (!person || lost || (copy && !theirs)) await drop();
}

async function save() {
  const asked = Date.now();
  const answer = await fetch(list, { cache: "no-store", signal: AbortSignal.timeout(20_000) });
  if (answer.redirected || answer.status === 401 || answer.status === 403) return drop();
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (page.body.dataset.person !== person) return drop(); // someone else signed in, in another tab
  page.body.removeAttribute("hx-headers"); // the key of a session is not kept
  page.querySelector("[data-saved-copy]").hidden = false; // the copy says what it is
  page.getElementById("lock-screen")?.remove(); // in a fire without a network nobody could check a PIN
  const assets = await assetsOf(page);
  const cache = await caches.open(KEPT);
  await Promise.all(assets.map(([url, asset]) => cache.put(url, asset)));
  const headers = { "Content-Type": "text/html; charset=utf-8", "X-Saved-At": String(asked) };
  headers["Content-Security-Policy"] = answer.headers.get("Content-Security-Policy") ?? "default-src 'self'";
  await cache.put(list, new Response(`<!doctype html>${page.documentElement.outerHTML}`, { headers }));
  await cache.put(ABOUT, Response.json({ person, at: asked }));
}

async function refresh() {
  const copy = await about();
  const fresh = copy && Math.abs(Date.now() - copy.at) < OFTEN;
  if (!fresh || location.pathname === list) await save();
}

const quietly = (act) => act().catch((error) => console.info("Evacuation list not kept:", error.message));

async function start() {
  await quietly(check);
  if (!person || !list) return;
  quietly(() => navigator.serviceWorker.register(listWorker, { scope: list }));
  if (location.pathname === list || location.pathname === listFrom) quietly(refresh);
  if (location.pathname === listFrom) {
    setInterval(() => document.visibilityState === "visible" && quietly(refresh), OPEN_BOARD);
  }
}

if ("caches" in window && "serviceWorker" in navigator) {
  document.addEventListener("submit", (event) => event.target.action?.endsWith("/accounts/logout/") && drop(), true);
  start();
}
