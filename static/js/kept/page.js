// The pass without the network: draws what this tablet keeps, charts into its queue, and goes back to the live pass when the
// server answers again and has everything.

import { said, show } from "./banner.js";
import { h, icon } from "./dom.js";
import * as rows from "./rows.js";
import { check, sayClock, TAKEN, unanswered } from "./rules.js";
import { contact, Revoked, send } from "./send.js";
import { openSheet } from "./sheet.js";
import * as store from "./store.js";

const OFTEN = 10_000;
const TICK = 30_000;
const HOLDS = 15 * 60_000; // how long an identification holds
const GOOD_FOR = 24 * 60 * 60_000; // emar/rules/offline.py

const place = location.pathname.match(/^\/pass\/(\d+)\/(\d+)\/$/);
const wanted = Number(new URLSearchParams(location.search).get("client")) || null;
const known = new Map(); // client: {by, at}

let kept = null;
let state = {};
let queue = [];
let chosen = wanted;
let broken = "";
let paper = location.pathname.startsWith("/pass/downtime/"); // whether the packet is shown instead of the pass

const now = () => Date.now() + (state.offset ?? 0);

function view() {
  const { page } = kept;
  const client = page.clients.find(({ id }) => id === chosen) ?? page.clients[0];
  const found = known.get(client?.id);
  const identified = found && now() - found.at < HOLDS ? found : null;
  return { page, client, identified, queue, broken, now: now(), mine, choose, identify: (by) => identify(client, by), give: (order, dose) => give(client, order, dose), sheet: (order, dose, ready) => sheet(client, order, dose, ready) };
}

const mine = (client, order, dose) => queue.find((each) => each.client_id === client.id && each.order_id === order.id && each.due_at === dose.due_at);

function choose(id) {
  chosen = id;
  draw();
  document.querySelector(".whois__name")?.scrollIntoView({ block: "nearest" });
}

function identify(client, by) {
  const weight = [...new Set(by)].reduce((sum, each) => sum + (each === "wristband" ? 2 : 1), 0);
  if (weight < kept.page.policy.identifiers) return false;
  known.set(client.id, { by, at: now() });
  draw();
  return true;
}

function draw() {
  const main = document.getElementById("main");
  if (paper) return;
  if (!kept) return main.replaceChildren(empty());
  const shown = view();
  document.getElementById("kept-title").textContent = `${shown.page.unit} · without the network`;
  document.getElementById("kept-as-of").textContent = `as of ${sayClock(Date.parse(shown.page.at), shown.page.zone, shown.now)}`;
  document.getElementById("kept-strip").replaceChildren(rows.strip(shown));
  const stopped = broken && h("p.reason.reason--stop", { role: "alert" }, broken);
  main.replaceChildren(...[stopped, rows.whois(shown), rows.verify(shown), rows.allergies(shown), rows.doses(shown)].filter(Boolean));
}

/** The packet for paper, as the server drew it at most five minutes before the network went; and back to the pass. */
async function showPaper() {
  paper = true;
  const found = await store.readPaper();
  const main = document.getElementById("main");
  document.getElementById("kept-title").textContent = "Downtime packet · without the network";
  document.getElementById("kept-strip").replaceChildren();
  if (!found) return main.replaceChildren(h("div.empty", {}, icon("alert"), h("p.empty__title", {}, "No packet is kept on this tablet"), h("p.empty__text", {}, "None was kept, or it is older than 20 hours. Use the printed one.")));
  const piece = new DOMParser().parseFromString(found.html, "text/html").body; // drawn by the server, kept sealed; no script runs in it
  main.replaceChildren(...piece.childNodes);
}

document.getElementById("kept-paper").addEventListener("click", () => {
  if (!paper) return showPaper().catch((error) => console.info("No packet:", error));
  paper = false;
  draw();
});
document.getElementById("kept-print").addEventListener("click", () => showPaper().then(() => print()));

const empty = () => h("div.empty", {}, icon("alert"), h("p.empty__title", {}, "No pass can be read on this tablet"), h("p.empty__text", {}, broken || "None is kept, it is older than 20 hours, or somebody else signed in. Use the downtime packet, and enter it afterwards."));

const give = async (client, order, dose) => {
  const attempt = { outcome: "given", amount: dose.amount, unit: order.unit };
  const standing = await chart(client, order, dose, attempt);
  if (standing) sheet(client, order, dose, true, standing);
};

function sheet(client, order, dose, ready) {
  openSheet({ page: kept.page, client, order, dose, give: ready, at: sayClock(now(), kept.page.zone), chart: (attempt) => chart(client, order, dose, attempt) });
}

/** Charts it: written down on this tablet, or the findings that stand against it. */
async function chart(client, order, dose, said) {
  const moment = now();
  const given = said.clock ? wallAt(said.clock, moment, kept.page.zone) : moment;
  const measures = (said.values ?? []).map((each) => ({ ...each, taken_at: given }));
  const attempt = { ...said, given_at: given, measures, identifiers: known.get(client.id)?.by ?? [] };
  const mineOfClient = queue.filter(({ client_id: id }) => id === client.id).map((each) => ({ ...each, given_at: new Date(each.at).toISOString() }));
  const findings = check({ page: kept.page, client, order, dose, queued: mineOfClient, attempt, now: moment });
  const contactNeeded = findings.some(({ ask, code }) => ask === "prescriber" && said.overrides?.[code]) && !said.contact_id;
  const standing = unanswered(findings, said.overrides).map((each) => ({ ...each, given: said.overrides?.[each.code] }));
  if (contactNeeded) standing.push({ code: "dose.contact_needed", severity: "stop", message: "Name the prescriber you spoke to, then chart it again." });
  if (standing.length) return [...standing, ...findings.filter((each) => !standing.some(({ code }) => code === each.code) && each.severity === "override").map((each) => ({ ...each, given: said.overrides[each.code] }))];
  const device = (at) => new Date(at - (state.offset ?? 0)).toISOString();
  const entry = {
    key: crypto.randomUUID(), person_id: kept.person, client_id: client.id, order_id: order.id, due_at: dose?.due_at ?? null, outcome: said.outcome,
    given_at: said.clock ? device(given) : null, identifiers: attempt.identifiers, amount: TAKEN.has(said.outcome) ? said.amount : null,
    unit: TAKEN.has(said.outcome) ? said.unit : null, reason: said.reason ?? "", note: said.note ?? "", overrides: said.overrides ?? {},
    measures: measures.map((each) => ({ ...each, taken_at: device(each.taken_at) })), body_site: said.body_site ?? "",
    prn_reason: said.prn_reason ?? "", scale: said.scale ?? "", score: said.score ?? null, tried_first: said.tried_first ?? "",
    attested_as: said.attested_as ?? "", mouth_checked: said.mouth_checked ?? null, contact_id: said.contact_id ?? null,
    device_at: device(moment), contact_at: new Date(state.contactAt).toISOString(), offset_ms: state.offset, title: dose?.title ?? order.title,
    unscanned: TAKEN.has(said.outcome) ? "no_scanner" : "",
  };
  try {
    await store.enqueue(entry);
  } catch (error) {
    stop(error);
    return [{ code: "kept.not_written", severity: "stop", message: broken }];
  }
  queue.push(seen(entry));
  draw();
  await tell();
  return null;
}

const seen = (entry) => ({ ...entry, at: Date.parse(entry.given_at ?? entry.device_at) + entry.offset_ms });

/** From now on nothing can be charted here: what was, is safe. */
function stop(error) {
  console.info("Not written:", error);
  const why = error.name === "QuotaExceededError" ? "the tablet's storage is full" : "the tablet cannot write it down";
  broken = `This was NOT charted: ${why}. What was charted before is safe. Chart no more on this tablet: use the downtime packet.`;
  draw();
}

/** The last time the site's wall showed it. */
function wallAt(clock, moment, zone) {
  for (let at = moment - (moment % 60_000), back = 0; back < 25 * 60; back += 1, at -= 60_000) {
    if (sayClock(at, zone).slice(0, 5) === clock) return at;
  }
  return moment;
}

async function tell(more = {}) {
  const waits = await store.waiting();
  const { unreadable } = await store.readQueue();
  if (waits.count) show({ ...waits, unreadable, loud: state.loud ?? 120, zone: kept?.page.zone ?? state.zone, mine: true, ...more });
  else if (!more.quiet) said("kept", { since: state.contactAt, zone: kept?.page.zone });
}

/** Asks for the server; when it answers and has everything, the live pass comes back. */
async function back() {
  try {
    await contact();
    state = await store.readState();
    if (kept && state.person !== kept.person) return location.replace("/");
    const done = await send();
    queue = (await store.readQueue()).entries.map(({ said: entry }) => seen(entry));
    if (done.left) return draw(), tell(done);
    await contact();
    if (!document.querySelector("dialog[open]")) location.replace(place || paper ? location.href : "/pass/");
  } catch (error) {
    if (error instanceof Revoked) return wiped();
    if (error.status === 401 || error.status === 403) return said("session", {});
    console.info("Still without the network:", error.message);
    await tell();
  }
}

async function wiped() {
  await send().catch(() => null);
  await store.wipe();
  await caches.delete("stepwell-pass");
  [kept, queue, broken] = [null, [], "This tablet was revoked: what it kept is wiped."];
  document.getElementById("kept-strip").replaceChildren();
  draw();
  said("revoked", {});
}

async function start() {
  try {
    state = await store.readState();
    kept = await store.readPass(place ? Number(place[1]) : undefined);
    const read = await store.readQueue();
    queue = read.entries.map(({ said: entry }) => seen(entry));
    const signer = await store.signer();
    if (kept && signer !== kept.person) broken = "Nobody may chart on this tablet now: whoever charts must have been signed in before the network went.";
    if (kept && Date.now() - (state.contactAt ?? 0) > GOOD_FOR) broken = "This tablet has not heard of the server for more than 24 hours. Use the downtime packet.";
    if (!kept && read.unreadable) broken = "The tablet's key is gone: what it kept cannot be read any more. Use the downtime packet.";
  } catch (error) {
    console.info("Nothing can be read:", error);
    broken = "This tablet's storage cannot be read, so nothing can be charted on it. Use the downtime packet.";
  }
  if (paper) await showPaper();
  draw();
  await tell();
  await back();
  setInterval(back, OFTEN);
  setInterval(() => document.querySelector("dialog[open], input:focus") || draw(), TICK);
  addEventListener("online", back);
}

start();
