// Speaks to the server for the tablet: that it is there (the clocks are compared), the pass to keep, and the queue.

import * as store from "./store.js";

const API = "/api/emar/tablet/";
const MOST = 200; // doses in one request
const PATIENCE = 15_000;

export class Revoked extends Error {}
export class NotATablet extends Error {}

const token = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";

async function ask(path, body) {
  const headers = { Accept: "application/json", "X-CSRFToken": token() };
  const post = { method: "POST", body: JSON.stringify(body), headers: { ...headers, "Content-Type": "application/json" } };
  const sent = body ? post : { headers };
  const answer = await fetch(API + path, { ...sent, cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
  if (answer.status === 410) throw new Revoked();
  if (!answer.ok) {
    const words = (await answer.json().catch(() => null))?.findings?.[0];
    if (answer.status === 404 && path === "contact") throw new NotATablet(words?.message);
    throw Object.assign(new Error(words?.message ?? `${answer.status}`), { status: answer.status, code: words?.code });
  }
  return answer.json();
}

/** Says that the tablet is there, and learns how far the server's clock is ahead of its own: half of the way there and back. */
export async function contact() {
  const { count, since, people } = await store.waiting();
  const { unreadable } = count ? await store.readQueue() : { unreadable: 0 };
  const before = Date.now();
  const started = performance.now();
  const answer = await ask("contact", {
    device_at: new Date(before).toISOString(),
    key_id: await store.keyId(),
    unsent: count,
    unsent_since: since === null ? null : new Date(since).toISOString(),
    unsent_by: people[0] ?? null,
    unreadable,
  });
  const took = performance.now() - started;
  await forgetOthers(answer.person_id);
  const half = took / 2;
  const offset = Math.round(Date.parse(answer.now) - (before + half));
  await store.changeState({ tablet: answer.tablet, person: answer.person_id, who: answer.person, offset, contactAt: before });
  if (answer.grant) await store.keepGrant(answer.person_id, answer.grant);
  return answer;
}

/** The pass kept for somebody else goes, and what they signed with; what they charted waits to be sent. */
export async function forgetOthers(person) {
  const state = await store.readState();
  if (state.person === undefined || state.person === person) return;
  await store.forgetPass();
  await caches.delete("stepwell-pass");
}

/** Keeps a unit's pass for this person. */
export async function keep(person, unit) {
  const page = await ask(`pass/${unit}`);
  await store.keepPass(person, page);
  return page;
}

/** Sends the queue in its order; one window at a time. {left, unsettled, refused}: how many stay, and what a person settles. */
export async function send() {
  const one = (act) => (navigator.locks ? navigator.locks.request("stepwell-send", act) : act());
  return one(async () => {
    const { entries, unreadable } = await store.readQueue();
    let unsettled = 0;
    const refused = [];
    for (let start = 0; start < entries.length; start += MOST) {
      const some = entries.slice(start, start + MOST);
      const { answers } = await ask("queue", { sent_at: new Date().toISOString(), doses: some.map(({ sent }) => sent) });
      const done = [];
      for (const [number, { result, findings }] of answers.entries()) {
        const { place } = some[number];
        if (result === "kept") {
          refused.push(findings[0]?.message ?? "");
          await store.refusedAs(place, refused.at(-1));
        } else {
          done.push(place);
          unsettled += result === "unsettled";
        }
      }
      await store.forget(done);
    }
    return { left: refused.length + unreadable, unsettled, refused, unreadable, sent: entries.length - refused.length };
  });
}
