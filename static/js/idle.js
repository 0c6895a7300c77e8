// Locks the screen when nobody has touched it: <body data-idle="900"> seconds after the last touch, in any tab. The page is covered at
// once, then everything on it is taken out of the document (nothing of a client is left in it) and kept in this tab's memory; after the
// PIN the same nodes come back, so that nothing that was typed is lost. The server locks the session by its own clock (config/idle.py).

const SEEN = "stepwell:touched"; // localStorage: when any tab of this browser was touched last
const OFTEN = 60_000; // ms between two words to the server
const SETTLE = 700; // ms an autosave gets before the page is taken away
const TOUCHES = ["pointerdown", "keydown", "wheel", "touchmove", "input"];

const { idle, person } = document.body.dataset;
const longest = Number(idle) * 1000;
const tabs = new BroadcastChannel("stepwell:lock");
let touchedAt = Date.now();
let saidAt = Date.now();
let kept = null; // what the page was, while it is locked
let focused = null;
let locking = false;

const token = () => document.cookie.match(/csrftoken=([^;]+)/)?.[1] ?? "";
const send = (url, data) => fetch(url, {
  method: "POST", body: new URLSearchParams(data), redirect: "manual", signal: AbortSignal.timeout(20_000),
  headers: { Accept: "application/json", "X-CSRFToken": token(), "X-Background": "1" },
});

function newest() {
  return Math.max(touchedAt, Number(localStorage.getItem(SEEN)) || 0);
}

function touched() {
  if (locking) return;
  const now = Date.now();
  if (now - touchedAt < 1000) return;
  if (now - newest() > longest) return void lock(); // the clock stood still: the device slept
  touchedAt = now;
  localStorage.setItem(SEEN, String(now));
  if (now - saidAt < OFTEN) return;
  saidAt = now;
  send("/staff/still-here/", {}).then((answer) => answer.status === 401 && lock()).catch(() => {});
}

/** The cover first, then, after the saves under way, the page out of the document. */
async function lock(tell = true) {
  if (locking) return;
  locking = true;
  document.documentElement.dataset.locked = "yes";
  focused = document.activeElement;
  const at = { title: document.title, x: scrollX, y: scrollY, modal: [...document.querySelectorAll("dialog:modal")] };
  document.title = "Locked · Stepwell";
  document.dispatchEvent(new CustomEvent("stepwell:locking"));
  focused?.blur?.();
  const cover = document.createElement("div");
  cover.className = "lock";
  const box = document.createElement("div");
  box.className = "signin__box stack";
  box.append(document.getElementById("lock-screen").content.cloneNode(true));
  cover.append(box);
  document.body.append(cover);
  cover.addEventListener("submit", (event) => event.target.matches("[data-resume]") && resume(event));
  cover.addEventListener("click", byPassword);
  if (tell) tabs.postMessage({ locked: true });
  await new Promise((done) => setTimeout(done, SETTLE));
  if (tell) send("/staff/locked/", {}).catch(() => {}); // without a network the server's own clock does it
  const nodes = document.createDocumentFragment();
  nodes.append(...[...document.body.childNodes].filter((node) => node !== cover));
  kept = { ...at, nodes };
  cover.querySelector("#lock_pin")?.focus();
}

/** The same page again, as it was left. */
function unlock() {
  if (!kept) return;
  const { nodes, title, x, y, modal } = kept;
  kept = null;
  document.querySelector(".lock")?.remove();
  document.body.append(nodes);
  delete document.documentElement.dataset.locked;
  document.title = title;
  for (const dialog of modal) {
    dialog.removeAttribute("open");
    dialog.showModal();
  }
  scrollTo(x, y);
  focused?.focus?.();
  touchedAt = saidAt = Date.now();
  localStorage.setItem(SEEN, String(touchedAt));
  locking = false;
  if (document.querySelector('[hx-trigger*="every"]')) return location.reload(); // htmx stopped asking for it meanwhile
  dispatchEvent(new Event("online")); // live pages and what waits to be sent try at once
  document.dispatchEvent(new CustomEvent("stepwell:resumed"));
}

async function resume(event) {
  event.preventDefault();
  const form = event.target;
  const answer = await send(form.action, new FormData(form)).catch(() => null);
  if (!answer || answer.status >= 500) return say(form, noNetwork());
  if (answer.type === "opaqueredirect" || answer.status === 401) return location.reload(); // signed out meanwhile
  const found = await answer.json().catch(() => ({}));
  form.querySelectorAll("input[type=password]").forEach((input) => (input.value = ""));
  if (!answer.ok) {
    if (found.by_password) choose(form, "password");
    return say(form, found.said ?? "That did not work. Reload the page.");
  }
  if (String(found.person) !== person) return location.reload();
  tabs.postMessage({ resumed: person });
  unlock();
}

/** A registered tablet goes on without the network, where nobody can check a PIN: doses are due. See docs/signing-in.md. */
function noNetwork() {
  if (!("tablet" in document.body.dataset) || !location.pathname.startsWith("/pass/")) {
    return "No answer came, so nobody can check it. Wait for the network and try again.";
  }
  const open = document.createElement("button");
  open.type = "button";
  open.className = "button button--wide";
  open.textContent = "Open what this tablet keeps";
  open.addEventListener("click", unlock);
  const form = document.querySelector("[data-resume]");
  form.querySelector("[data-offline]")?.remove();
  open.dataset.offline = "";
  form.append(open);
  return "The network is gone, so nobody can check your PIN. Doses stay in reach; the PIN is asked for when it is back.";
}

function say(form, text) {
  const line = form.querySelector("[data-resume-said]");
  line.hidden = false;
  line.querySelector("p, .finding__message").textContent = text;
  form.querySelector("[data-by]:not([hidden]) input")?.focus();
}

function choose(form, by) {
  for (const field of form.querySelectorAll("[data-by]")) field.hidden = field.dataset.by !== by;
  form.querySelector("[data-by]:not([hidden]) input")?.focus();
}

function byPassword(event) {
  const link = event.target.closest("[data-by-password]");
  if (!link) return;
  event.preventDefault();
  choose(link.closest(".lock").querySelector("[data-resume]"), "password");
  link.hidden = true;
}

function look() {
  if (!locking && Date.now() - newest() >= longest) lock();
  const glass = document.querySelector("[data-glass-until]");
  if (glass && Date.now() >= Date.parse(glass.dataset.glassUntil)) location.reload(); // the chart is closed again
}

if (longest && document.getElementById("lock-screen")) {
  localStorage.setItem(SEEN, String(touchedAt));
  for (const name of TOUCHES) addEventListener(name, touched, { passive: true, capture: true });
  document.addEventListener("visibilitychange", look);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-lock-now]")) return;
    event.preventDefault();
    lock();
  });
  tabs.addEventListener("message", ({ data }) => {
    if (data.locked) lock(false);
    if (data.resumed) String(data.resumed) === person ? unlock() : location.reload();
  });
  setInterval(look, 1000);
}
