// The pass without the network: where the server does not answer, the frame of the kept pass comes from this tablet. It keeps the
// frame and its files only; nothing about a client passes through here. static/js/kept/keeper.js fills and empties its cache.

const KEPT = "stepwell-pass";
const FRAME = "/pass/kept/";
const PATIENCE = 4000;
const WALKED = /^\/pass\/(\d+\/\d+\/)?$/;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, url));
  else if (url.pathname.startsWith("/static/")) event.respondWith(file(request));
});

async function page(request, url) {
  const frame = await caches.match(FRAME, { cacheName: KEPT, ignoreVary: true });
  const network = fetch(request).catch(() => null);
  if (!frame || url.pathname === FRAME) return (await network) ?? frame ?? nothing();
  const patience = new Promise((done) => setTimeout(done, PATIENCE, null));
  const answer = await (WALKED.test(url.pathname) ? Promise.race([network, patience]) : network);
  const dead = !answer || [502, 503, 504].includes(answer.status);
  return dead ? frame : answer;
}

/** From the server; from here where it does not answer, or no longer has a file of the release that the kept frame is of. */
async function file(request) {
  const answer = await fetch(request).catch(() => Response.error());
  if (answer.ok) return answer;
  return (await caches.match(request, { cacheName: KEPT, ignoreVary: true, ignoreSearch: true })) ?? answer;
}

function nothing() {
  const words = "The network is gone, and no pass is kept on this tablet. Use the downtime packet.";
  return new Response(words, { status: 503, headers: { "Content-Type": "text/plain; charset=utf-8" } });
}
