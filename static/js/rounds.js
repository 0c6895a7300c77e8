// Rounds on a tablet: a scanned tag marks its room, a tap writes down a look, and a look that could not be sent is kept in this
// browser and sent again until it is there, also after the window was closed. Who was seen when is decided by the time of the tap, and the server keeps both times.

import { tidy } from "./barcodes.js";
import { canSee, sentence, watch } from "./camera.js";
import { openDialog } from "./frame.js";
import { newKey } from "./new-key.js";
import { listen } from "./wedge.js";

const HOLDS = 5 * 60_000; // a scanned tag counts that long
const AGAIN = 5_000; // ms between two tries
const PATIENCE = 10_000;
const here = document.querySelector("[data-rounds]");
const part = (name) => document.querySelector(`[data-scan-${name}]`);
const KEPT = "stepwell:looks:"; // then person-unit: keys, numbers, codes and times; no names
const WAITS = `${KEPT}${here?.dataset.key}`;
const WHY = "stepwell:untagged";

let tag = null; // {code, room, at}
let sending = false;

const say = (words) => (part("said").textContent = words);
const rows = () => [...document.querySelectorAll("li.round")];

// ---- the tag on a door

async function hashed(code) {
  const bytes = new TextEncoder().encode(`${here.dataset.salt}:${code}`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest.slice(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function scanned(text) {
  document.getElementById("scan-camera").close();
  const code = tidy(text);
  const rooms = JSON.parse(document.getElementById("room-tags").textContent);
  const room = crypto.subtle ? rooms[await hashed(code)] : undefined;
  if (!room) {
    tag = null;
    say("This code is on no door of this unit. Scan the tag again, or say why you do without.");
    navigator.vibrate?.([120, 60, 120]);
  } else {
    tag = { code, room, at: Date.now() };
    say(`Room ${room}: tag scanned. Tap how you find who sleeps there.`);
    rows().find((row) => row.dataset.room === room)?.scrollIntoView({ block: "center" });
  }
  paint();
}

const tagOf = (row) => (tag && tag.room === row.dataset.room && Date.now() - tag.at < HOLDS ? tag.code : "");

// ---- a look

const waiting = () => JSON.parse(localStorage.getItem(WAITS) ?? "[]");
const keep = (looks) => (looks.length ? localStorage.setItem(WAITS, JSON.stringify(looks)) : localStorage.removeItem(WAITS));
/** How many looks somebody else took in this browser that were never sent: only who took them sends them. */
const others = () => {
  const names = Object.keys(localStorage).filter((name) => name.startsWith(KEPT) && !name.startsWith(`${KEPT}${here.dataset.key.split("-")[0]}-`));
  return names.reduce((sum, name) => sum + JSON.parse(localStorage.getItem(name)).length, 0);
};

function take(event) {
  const form = event.target.closest("form[data-look]");
  if (!form || !here) return;
  event.preventDefault();
  const row = form.closest("li.round");
  const code = tagOf(row);
  const look = {
    key: newKey(),
    client: form.elements.client.value,
    unit: form.elements.unit.value,
    state: event.submitter.value,
    where: form.elements.where.value.trim(),
    tag: code,
    untagged: code ? "" : document.querySelector("[data-untagged]").value,
    seen_at: new Date().toISOString(),
  };
  form.querySelector("details").open = false;
  keep([...waiting(), look]);
  paint();
  send();
}

async function send() {
  if (sending) return;
  sending = true;
  try {
    for (const look of waiting()) {
      const answer = await ask(look);
      if (answer === null) break;
      keep(waiting().filter((each) => each.key !== look.key));
      paint();
      told(look, answer);
    }
  } finally {
    sending = false;
    paint();
  }
}

/** {ok, words, row} of the server; null where it did not answer, and the look is sent again. */
async function ask(look) {
  try {
    const headers = { ...JSON.parse(document.body.getAttribute("hx-headers")), Accept: "application/json" };
    const { url } = here.dataset;
    const answer = await fetch(url, { method: "POST", headers, body: new URLSearchParams(look), redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
    if (answer.ok) return { ok: true, ...(await answer.json()) };
    if (answer.status !== 422 && answer.status !== 403) return null;
    const { findings } = await answer.json();
    return { ok: false, words: findings.map((each) => each.message).join(" ") };
  } catch (error) {
    console.info("Look not sent:", error);
    return null;
  }
}

function told(look, answer) {
  const row = document.getElementById(`round-${look.client}`);
  if (answer.ok && row && !row.querySelector("details[open]")) {
    const piece = document.createElement("template");
    piece.innerHTML = answer.row;
    row.replaceWith(piece.content);
    const fresh = document.getElementById(`round-${look.client}`);
    fresh?.classList.add("just-changed");
    fresh?.querySelector("button")?.focus({ preventScroll: true });
  }
  if (!answer.ok) {
    const line = row?.querySelector("[data-said]");
    if (line) line.textContent = answer.words;
    else say(answer.words);
    navigator.vibrate?.([120, 60, 120]);
  }
  paint();
}

// ---- what the page says

function paint() {
  const looks = waiting();
  for (const row of rows()) {
    const mark = row.querySelector(".round__tagged");
    if (mark) mark.hidden = !tagOf(row);
    row.toggleAttribute("data-tagged", Boolean(tagOf(row)));
    const own = looks.filter((look) => look.client === row.dataset.client);
    row.toggleAttribute("data-unsent", own.length > 0);
  }
  const line = document.querySelector("[data-unsent]:not(li)");
  const since = looks.length && Date.now() - Date.parse(looks[0].seen_at) > 2_000;
  const theirs = others();
  line.hidden = !since && !theirs;
  const many = (count) => (count === 1 ? "1 look is" : `${count} looks are`);
  const own = since ? `${many(looks.length)} not sent yet. This page tries again every few seconds. The time of each tap is kept.` : "";
  line.textContent = `${own} ${theirs ? `${many(theirs)} kept here that somebody else took: whoever it was signs in on this tablet and opens Rounds.` : ""}`.trim();
}

const minutes = (ms) => Math.floor(Math.abs(ms) / 60_000);

function count() {
  for (const mark of document.querySelectorAll("[data-due]")) {
    const left = Date.parse(mark.dataset.due) - Date.now();
    const row = mark.closest("li.round");
    const clock = mark.textContent.match(/\d\d:\d\d/)?.[0];
    if (left > 0) mark.textContent = `Due by ${clock}, in ${minutes(left) || "under 1"} min`;
    else mark.textContent = `${row.dataset.state === "late" ? "Late" : "Due now"}, was due ${clock}, ${minutes(left)} min ago`;
  }
}

function camera() {
  const dialog = document.getElementById("scan-camera");
  const words = part("camera-said");
  let end = () => {};
  part("label").textContent = canSee ? "Scan with camera" : "Type a code";
  part("open").addEventListener("click", async () => {
    words.textContent = canSee ? "" : "This browser cannot read codes with the camera. Use a scanner, or type the code.";
    openDialog(dialog);
    if (!canSee) return document.getElementById("scan-typed").focus();
    try {
      end = await watch(part("video"), scanned);
      if (!dialog.open) end();
    } catch (error) {
      words.textContent = sentence(error);
      document.getElementById("scan-typed").focus();
    }
  });
  dialog.addEventListener("close", () => end());
  part("typed").addEventListener("submit", (event) => {
    event.preventDefault();
    const field = document.getElementById("scan-typed");
    const typed = field.value.trim();
    field.value = "";
    if (typed) scanned(typed);
  });
}

if (here) {
  listen(scanned, () => say("The scan broke off. Hold the scanner still and scan again."));
  camera();
  const why = document.querySelector("[data-untagged]");
  why.value = sessionStorage.getItem(WHY) ?? "";
  why.addEventListener("change", () => sessionStorage.setItem(WHY, why.value));
  document.addEventListener("submit", take);
  addEventListener("online", send);
  setInterval(() => waiting().length && send(), AGAIN);
  document.addEventListener("stepwell:patched", paint);
  send();
}
setInterval(count, 15_000);
document.addEventListener("stepwell:patched", count);
count();
