// Takes a person to a bed by hand: a mouse drags at once, a finger after a long press (before that it scrolls). While something
// is dragged every bed says whether it fits; dropped on a bed, that bed's sheet opens and asks; nothing moves without it.
// The ghost holds the pointer and lives outside <main>, which is exchanged meanwhile.

import { board, turn } from "./bed-turn.js";

const SLOP = 6; // px a hand trembles
const PRESS = 350; // ms of a long press
const EDGE = 72; // px from the edge where the page begins to scroll
const PACE = 12; // px a frame
const SOURCES = "a.bed[data-stay], a.waiting[data-request]";

let drag = null;
let ended = 0;

function begin(event) {
  const source = event.target.closest?.(SOURCES);
  if (!source || drag || !event.isPrimary || event.button !== 0 || !board().hasAttribute("data-assigns")) return;
  const finger = event.pointerType !== "mouse";
  if (finger && source.matches(".waiting")) return; // the list itself scrolls
  const { stay, request } = source.dataset;
  drag = {
    source, finger, pointer: event.pointerId, from: location.pathname + location.search, x: event.clientX, y: event.clientY,
    start: [event.clientX, event.clientY], to: `${location.pathname}?${stay ? `move=${stay}` : `choose=${request}`}`,
  };
  if (!finger) return;
  drag.timer = setTimeout(lift, PRESS);
  source.addEventListener("touchmove", still, { passive: false }); // on the bed: its touches do not bubble once it is exchanged
}

const still = (event) => drag?.ghost && event.cancelable && event.preventDefault();
const away = () => Math.hypot(drag.x - drag.start[0], drag.y - drag.start[1]) > SLOP;

function lift() {
  clearTimeout(drag.timer);
  const ghost = (drag.ghost = document.createElement("div"));
  ghost.className = "ghost";
  ghost.append(Object.assign(document.createElement("b"), { textContent: nameOf(drag.source) }), document.createElement("span"));
  document.body.append(ghost);
  ghost.setPointerCapture(drag.pointer);
  document.documentElement.toggleAttribute("data-dragging", true);
  const mine = drag;
  mine.turned = turn(mine.to).then(() => drag === mine && mark());
  mark();
  requestAnimationFrame(scroll);
}

const nameOf = (source) => source.querySelector(".bed__who, .waiting__name").textContent.trim();

function follow(event) {
  if (!drag || event.pointerId !== drag.pointer) return;
  [drag.x, drag.y] = [event.clientX, event.clientY];
  if (drag.ghost) mark();
  else if (away()) drag.finger ? finish() : lift();
}

/** The ghost goes with the hand; the bed beneath is marked and says its verdict on the ghost. */
function mark() {
  const { ghost, x, y } = drag;
  ghost.style.transform = `translate(${Math.min(x + 14, innerWidth - ghost.offsetWidth - 8)}px, ${y + 14}px)`;
  const over = beneath();
  for (const bed of document.querySelectorAll(".bed--over")) if (bed !== over) bed.classList.remove("bed--over");
  over?.classList.add("bed--over");
  ghost.dataset.fit = over?.dataset.fit ?? "";
  ghost.lastChild.textContent = over?.querySelector(".bed__why")?.textContent.trim() ?? "Drop on a bed";
}

const beneath = () => document.elementFromPoint(drag.x, drag.y)?.closest("a.bed") ?? null;

function scroll() {
  if (!drag?.ghost) return;
  const top = board().getBoundingClientRect().top < 0 ? EDGE + 56 : EDGE; // the bar
  if (drag.y < top) window.scrollBy(0, -PACE);
  else if (drag.y > innerHeight - EDGE) window.scrollBy(0, PACE);
  requestAnimationFrame(scroll);
}

async function drop(event) {
  if (!drag || event.pointerId !== drag.pointer) return;
  const { ghost, finger, turned, from, source } = drag;
  if (!ghost) return finish();
  const stayed = finger && !away(); // a long press alone: who moves is chosen, the next tap says where
  const bed = beneath();
  finish();
  if (stayed) return;
  if (!bed || bed.id === source.id) return void turn(from);
  await turned;
  document.getElementById(bed.id)?.click();
}

function cancel() {
  if (!drag) return;
  const { ghost, from } = drag;
  finish();
  if (ghost) turn(from);
}

function finish() {
  clearTimeout(drag.timer);
  drag.source.removeEventListener("touchmove", still);
  if (drag.ghost) ended = performance.now();
  drag.ghost?.remove();
  for (const bed of document.querySelectorAll(".bed--over")) bed.classList.remove("bed--over");
  document.documentElement.removeAttribute("data-dragging");
  drag = null;
}

document.addEventListener("pointerdown", begin);
window.addEventListener("pointermove", follow);
window.addEventListener("pointerup", drop);
window.addEventListener("pointercancel", (event) => event.pointerId === drag?.pointer && cancel());
document.addEventListener("stepwell:patched", () => drag?.ghost && mark());
document.addEventListener("dragstart", (event) => event.target.closest?.(SOURCES) && event.preventDefault());
document.addEventListener("contextmenu", (event) => drag?.finger && event.preventDefault());
window.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !drag?.ghost) return;
  event.preventDefault(); // nobody else's Escape
  cancel();
}, true);
window.addEventListener("click", (event) => { // the click that ends a drag
  if (!event.isTrusted || performance.now() - ended > 120) return;
  event.preventDefault();
  event.stopPropagation();
}, true);
document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-cancel]");
  if (!link) return;
  event.preventDefault();
  turn(link.href);
});
