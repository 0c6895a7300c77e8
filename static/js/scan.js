// Scanning on the pass: a wristband says who it is, a label chooses its row. Both are told on the device, from what the page
// knows (emar/queries/scanning.py); the server looks the codes up again when the dose is charted.

import { read } from "./barcodes.js";
import { canSee, sentence, watch } from "./camera.js";
import { openDialog } from "./frame.js";
import { listen } from "./wedge.js";

const HOLDS = 15 * 60_000; // as long as an identification holds on the server
const WHY = "stepwell:unscanned";
const here = document.querySelector("[data-scan]");

const part = (name) => document.querySelector(`[data-scan-${name}]`);
const fieldset = () => document.querySelector("fieldset[data-verified]");
const identified = () => fieldset()?.dataset.verified === "yes";

let known = here ? JSON.parse(document.getElementById("scan-codes").textContent) : null;
let band = null; // {code, at}: the wristband of the client in hand
const labels = new Map(); // id of a row: the code that was read for it

const say = (words) => (part("said").textContent = words);

async function hashed(code) {
  const bytes = new TextEncoder().encode(`${known.salt}:${code}`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return [...digest.slice(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Whose band or which label the codes are, as far as this page knows. */
async function found(codes) {
  for (const code of codes) {
    const hash = await hashed(code);
    if (known.bands[hash]) return { code, band: known.bands[hash] };
    if (known.labels[hash]) return { code, label: known.labels[hash] };
  }
  return null;
}

/** The page may be older than an order or a wristband: ask once what there is by now. */
async function refreshed() {
  if (!navigator.onLine) return false;
  try {
    const answer = await fetch(here.dataset.codes, { cache: "no-store", redirect: "error", signal: AbortSignal.timeout(2_500) });
    if (answer.ok) known = await answer.json();
    return answer.ok;
  } catch (error) {
    console.info("Codes not read again:", error);
    return false;
  }
}

/** A sentence in the way, with the name of another client to open where there is one. */
function stop(title, words, other = null) {
  part("stop-title").textContent = title;
  part("stop-words").textContent = words;
  const form = part("other");
  form.hidden = !other;
  if (other) {
    form.action = here.dataset.verify.replace("/0/", `/${other.client}/`);
    form.elements.band.value = other.code;
    part("other-label").textContent = `Open ${other.name}`;
  }
  part("seen").textContent = other ? `Stay with ${here.dataset.name}` : "Seen";
  say(words);
  navigator.vibrate?.([120, 60, 120]);
  document.getElementById("scan-camera").close();
  openDialog(document.getElementById("scan-stop"));
}

const unknown = (reading) =>
  reading.damaged
    ? stop("Read only in part", "The code was damaged, or read only in part. Scan it again, or type what stands under the bars.")
    : reading.band
      ? stop("Not on this pass", "Nobody on this pass wears a wristband with this code. It may be an old one: check two identifiers, and print a new one.")
      : stop("Not known", `No medication due to ${here.dataset.name} has this label. Put it back and scan the right one.`);

async function scanned(text) {
  document.getElementById("scan-stop").close();
  if (!window.crypto?.subtle) {
    stop("Not here", "This address is not secure, so codes cannot be checked on it. Open Stepwell over https, or check two identifiers.");
    return;
  }
  const reading = read(text);
  let hit = await found(reading.codes);
  if (!hit && !reading.damaged && (await refreshed())) hit = await found(reading.codes);
  if (!hit) unknown(reading);
  else if (hit.band) person(hit.code, ...hit.band);
  else medication(text, hit.label);
}

function person(code, client, name) {
  if (String(client) !== here.dataset.client) {
    const other = { client, code, name };
    if (identified()) stop("Another person", `This is the wristband of ${name}. ${here.dataset.name} is open here.`, other);
    else openOther(other);
    return;
  }
  band = { code, at: Date.now() };
  unlock();
  say("Wristband scanned. Now scan the medication.");
  tell(code);
}

function openOther({ client, code }) {
  const form = part("other");
  form.action = here.dataset.verify.replace("/0/", `/${client}/`);
  form.elements.band.value = code;
  form.requestSubmit();
}

/** The doses are free, here and now; the server is told beside it. */
function unlock() {
  const doses = fieldset();
  if (identified()) return;
  doses.disabled = false;
  doses.dataset.verified = "yes";
  document.querySelector("form.verify")?.remove();
  const pill = document.getElementById("scan-pill").content.cloneNode(true);
  const clock = new Date().toLocaleTimeString("en-GB", { timeZone: here.dataset.zone, hour: "2-digit", minute: "2-digit" });
  pill.querySelector("[data-scan-pill]").textContent = `Wristband scanned ${clock}`;
  document.querySelector(".whois .row").prepend(pill);
}

async function tell(code) {
  try {
    const headers = JSON.parse(document.body.getAttribute("hx-headers"));
    const body = new URLSearchParams({ band: code });
    const answer = await fetch(here.dataset.band, { method: "POST", headers, body, redirect: "manual" });
    if (answer.status !== 422) return;
    band = null;
    fieldset().disabled = true;
    fieldset().dataset.verified = "no";
    stop("Wristband not taken", await answer.text());
  } catch (error) {
    console.info("Wristband not told:", error); // it goes with each dose
  }
}

const orderOf = (row) => Number(row.id.split("-")[1]);
const rows = () => [...document.querySelectorAll("li.dose[id^='dose-'], li.dose[id^='prn-']")];
const WAITS = ["late", "due", "missed", "upcoming", "prn"];

function medication(text, { exact, other }) {
  if (!identified()) {
    stop("The wristband first", "Scan the wristband first, or check two identifiers. Then scan the medication.");
    return;
  }
  const orders = [...exact, ...other];
  const sheet = document.querySelector("#sheet dialog[open] form[hx-target]");
  const asked = sheet && document.querySelector(sheet.getAttribute("hx-target"));
  if (asked && !orders.includes(orderOf(asked))) {
    stop("Another medication", `That is not ${titleOf(asked)}. Put it back and scan the right one.`);
    return;
  }
  const right = asked ?? rows().filter((row) => orders.includes(orderOf(row)) && WAITS.includes(row.dataset.state)).sort(nearer(exact))[0];
  if (right) choose(right, text, exact.includes(orderOf(right)));
  else stop("Nothing waits", `Nothing of this medication waits for ${here.dataset.name} now. Put it back.`);
}

/** The ordered product before another one of its ingredients, then what waits longest. */
const nearer = (exact) => (one, two) =>
  exact.includes(orderOf(two)) - exact.includes(orderOf(one)) || WAITS.indexOf(one.dataset.state) - WAITS.indexOf(two.dataset.state);

const titleOf = (row) => row.querySelector(".dose__drug")?.firstChild?.textContent.trim() ?? "this medication";

function choose(row, code, same) {
  for (const other of labels.keys()) if (other !== row.id) labels.delete(other);
  labels.set(row.id, code);
  paint();
  document.getElementById("scan-camera").close();
  const more = same ? "" : " It is another product of the same ingredient: say how many make up the dose.";
  say(`${titleOf(row)}: label scanned.${more}`);
  if (document.querySelector("#sheet dialog[open]")) return;
  row.scrollIntoView({ block: "center" });
  (row.querySelector(".dose__acts .button--main:not(:disabled), .dose__acts form .button, .dose__acts button:not(:disabled)") ?? row).focus();
}

function paint() {
  for (const row of rows()) {
    const chosen = labels.has(row.id) && WAITS.includes(row.dataset.state);
    row.toggleAttribute("data-scanned", chosen);
    const mark = row.querySelector("[data-scan-mark]");
    if (!chosen) mark?.remove();
    else if (!mark) row.querySelector(".dose__drug").append(document.getElementById("scan-mark").content.cloneNode(true));
  }
}

/** What was scanned goes with the dose; why nothing was, where somebody said so. */
function goWith(event) {
  const { target, parameters, path, verb } = event.detail;
  if (verb !== "post" || !path.endsWith("/chart/") || !target?.matches?.("li.dose")) return;
  if (band && Date.now() - band.at < HOLDS) parameters.band = band.code;
  const label = labels.get(target.id);
  if (label) parameters.barcode = label;
  else if (part("why").value) parameters.unscanned = part("why").value;
}

function camera() {
  const dialog = document.getElementById("scan-camera");
  const words = part("camera-said");
  let end = () => {};
  part("label").textContent = canSee ? "Scan with camera" : "Type a code";
  part("open").addEventListener("click", async () => {
    words.textContent = canSee ? "" : "This browser cannot read codes with the camera. Use a scanner, or type the code.";
    openDialog(dialog);
    if (!canSee) {
      document.getElementById("scan-typed").focus();
      return;
    }
    try {
      end = await watch(part("video"), (text) => (dialog.close(), scanned(text)));
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
    if (!typed) return;
    field.value = "";
    dialog.close();
    scanned(typed);
  });
}

if (here) {
  listen(scanned, () => stop("Read only in part", "The scan broke off. Hold the scanner still and scan again."));
  camera();
  const why = part("why");
  why.value = sessionStorage.getItem(WHY) ?? "";
  why.addEventListener("change", () => sessionStorage.setItem(WHY, why.value));
  document.addEventListener("htmx:configRequest", goWith);
  for (const name of ["stepwell:patched", "htmx:afterSwap"]) document.addEventListener(name, paint);
  here.dataset.listens = "";
}
