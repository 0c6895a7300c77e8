// Serves the evacuation list where the network does not: it asks the network first, for 3 s, and then shows the copy that
// offline.js keeps, with a banner that says so. It keeps nothing itself and sees no other page: its scope is that address.

const KEPT = "stepwell-evacuation";
const PATIENCE = 3000;
const LONGEST = 24 * 60 * 60 * 1000;
const LIST = new URL(self.registration.scope).pathname;
const fromCopy = new Set(); // pages that were drawn from the copy: what they load comes from it, too

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  if (request.mode === "navigate" && url.pathname === LIST) event.respondWith(list(event));
  else if (request.mode !== "navigate" && request.destination) event.respondWith(asset(event));
});

async function list(event) {
  const network = fetch(event.request).catch(() => null);
  event.waitUntil(network.then(obey));
  const quick = await Promise.race([network, new Promise((done) => setTimeout(done, PATIENCE, null))]);
  if (quick && quick.status < 500) return quick;
  const copy = await kept();
  if (copy) {
    fromCopy.add(event.resultingClientId);
    return copy;
  }
  return quick ?? (await network) ?? nothing();
}

async function asset({ request, clientId }) {
  const find = () => caches.match(request, { cacheName: KEPT, ignoreVary: true });
  const found = fromCopy.has(clientId) ? await find() : null;
  return found ?? fetch(request).catch(async () => (await find()) ?? Response.error());
}

/** Who is sent to sign in, or may not see the list any more, leaves no copy of it here. */
async function obey(answer) {
  if (answer && (answer.type === "opaqueredirect" || answer.redirected || [401, 403].includes(answer.status))) {
    await caches.delete(KEPT);
  }
}

async function kept() {
  const copy = await caches.match(LIST, { cacheName: KEPT, ignoreVary: true });
  if (!copy) return null;
  if (Math.abs(Date.now() - Number(copy.headers.get("X-Saved-At"))) < LONGEST) return copy;
  await caches.delete(KEPT);
  return null;
}

function nothing() {
  const words = "The network is down, and no copy of the evacuation list is kept on this device. Use the printed list.";
  return new Response(words, { status: 503, headers: { "Content-Type": "text/plain; charset=utf-8" } });
}
