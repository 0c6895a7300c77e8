// On every page of a registered tablet: says that it is there, sends what was charted without the network, keeps the pass that is
// open, and forgets what is not this person's. Signing out wipes everything; not before what was charted is sent.

import { assetsOf } from "./assets.js";
import { said, show } from "./banner.js";
import { contact, forgetOthers, keep, NotATablet, Revoked, send } from "./send.js";
import * as store from "./store.js";

const KEPT = "stepwell-pass";
const FRAME = "/pass/kept/";
const PACKET = "/pass/downtime/packet/";
const OFTEN = 60_000;
const PACKET_OFTEN = 5 * 60_000; // rule 41: a tablet is never the only record
const SOON = 2_000;
const RARELY = 10 * 60_000; // the frame changes with a new version of Stepwell only

const { person: shownPerson, tablet, keepUnit } = document.body.dataset;
const person = shownPerson ? Number(shownPerson) : null;
const signedOut = person === null;

async function wipeAll() {
  await store.wipe();
  await caches.delete(KEPT);
  const found = await navigator.serviceWorker?.getRegistrations();
  await Promise.all((found ?? []).filter(({ scope }) => scope.endsWith("/pass/")).map((each) => each.unregister()));
}

/** Contact, then the queue; says what is left. */
async function speak() {
  const before = await store.waiting();
  try {
    await contact();
  } catch (error) {
    if (error instanceof Revoked) return revoked();
    if (error instanceof NotATablet) return before.count ? said("lost", before) : wipeAll();
    return say(before);
  }
  const { count } = await store.waiting();
  if (!count) return show(null);
  try {
    const done = await send();
    if (done.sent) await contact();
    await say(await store.waiting(), done);
  } catch (error) {
    await say(await store.waiting(), { error });
  }
}

async function say(waiting, done = {}) {
  if (!waiting.count && !done.unsettled) return show(null);
  const { loud, zone } = await store.readState();
  show({ ...waiting, ...done, loud: loud ?? 120, zone, mine: waiting.people.every((each) => each === person), signedOut });
}

/** Lost and found again: what waits is sent once more, to be looked at by a person, and all of it goes. */
async function revoked() {
  await send().catch((error) => console.info("Not sent:", error));
  await wipeAll();
  said("revoked", {});
}

/** Keeps the unit's pass, and the frame that draws it, for when the network is gone. */
async function keepPass() {
  const page = await keep(person, Number(keepUnit));
  await store.changeState({ loud: page.policy.unsent, zone: page.zone });
}

/** Keeps the packet for paper, at most five minutes old. */
async function keepPaper() {
  const { paperAt = 0 } = await store.readState();
  if (Math.abs(Date.now() - paperAt) < PACKET_OFTEN - OFTEN / 2) return;
  const answer = await fetch(PACKET, { cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(20_000) });
  if (!answer.ok) return;
  await store.keepPaper(person, await answer.text());
  await store.changeState({ paperAt: Date.now() });
}

async function keepFrame() {
  await navigator.serviceWorker.register("/pass/worker.js", { scope: "/pass/" });
  const { framedAt = 0 } = await store.readState();
  const known = await caches.match(FRAME, { cacheName: KEPT, ignoreVary: true });
  if (known && Math.abs(Date.now() - framedAt) < RARELY) return ready();
  const answer = await fetch(FRAME, { cache: "no-store", redirect: "manual" });
  if (!answer.ok) return;
  const copy = answer.clone();
  const assets = await assetsOf(new DOMParser().parseFromString(await answer.text(), "text/html"));
  const cache = await caches.open(KEPT);
  await Promise.all(assets.map(([url, asset]) => cache.put(url, asset)));
  await cache.put(FRAME, copy);
  await store.changeState({ framedAt: Date.now() });
  ready();
}

const ready = () => (document.documentElement.dataset.kept = "yes");

async function start() {
  if (!tablet && !(await store.exists())) return;
  await forgetOthers(person);
  if (signedOut) {
    const left = await store.waiting();
    if (!left.count) return wipeAll();
    return say(left);
  }
  await speak();
  setInterval(() => quietly(speak), OFTEN);
  addEventListener("online", () => quietly(speak));
  if (!keepUnit || !tablet) return;
  navigator.storage?.persist?.();
  await keepPass();
  await keepPaper();
  await keepFrame();
  let soon;
  document.addEventListener("stepwell:patched", () => {
    clearTimeout(soon);
    soon = setTimeout(() => quietly(keepPass), SOON);
  });
  setInterval(() => document.visibilityState === "visible" && quietly(keepPass), OFTEN);
  setInterval(() => quietly(keepPaper), OFTEN);
}

const quietly = (act) =>
  act().catch((error) => {
    if (error instanceof Revoked) return revoked();
    console.info("Not kept:", error.message);
    if (keepUnit && tablet && !["TypeError", "TimeoutError", "AbortError"].includes(error.name)) said("refused", { error });
  });

/** Signing out: first the queue, then everything goes, then the session. */
async function signOut(form) {
  const left = await store.waiting();
  if (left.count) await send().catch((error) => console.info("Not sent:", error));
  const still = await store.waiting();
  if (still.count) return said("signout", still);
  await wipeAll();
  form.submit();
}

document.addEventListener(
  "submit",
  (event) => {
    if (!event.target.action?.endsWith("/accounts/logout/") || !(tablet || document.documentElement.dataset.kept)) return;
    event.preventDefault();
    signOut(event.target).catch(() => event.target.submit());
  },
  true,
);

// A tap that the network swallowed: the same client without it. What was answered too late is known to be the same dose.
document.addEventListener("htmx:sendError", () => {
  if (keepUnit && document.documentElement.dataset.kept) said("gone", {});
});
addEventListener("offline", () => keepUnit && document.documentElement.dataset.kept && said("gone", {}));

quietly(start);
