// Narrows the board. The address holds what is chosen, so it survives a reload and can be sent; every live change is judged anew.
// Chips of one kind widen each other (3.5 or 3.7), kinds narrow each other. 'Free now', 'free by' and 'cleaning' are one kind.

import { board } from "./bed-turn.js";

const CLEANING = ["cleaning", "being-cleaned"];

const chips = () => [...document.querySelectorAll("[data-filters] [data-filter]")];

/** What the address asks for, of what this page offers: {free: ["now"], level: ["3.5", "3.7"], ...}. */
function asked() {
  const query = new URLSearchParams(location.search);
  const found = {};
  for (const chip of chips()) {
    const offered = chip.matches("select") ? [...chip.options].map((option) => option.value).filter(Boolean) : [chip.dataset.value];
    const wanted = query.getAll(chip.dataset.filter).filter((value) => offered.includes(value));
    if (wanted.length) (found[chip.dataset.filter] ??= []).push(...wanted);
  }
  return found;
}

function passes(bed, { free, by, clean, level, gender }) {
  const { state, freeOn, level: itsLevel, gender: itsPolicy } = bed.dataset;
  const any = [];
  if (free) any.push(state === "free");
  if (by) any.push(freeOn !== "" && freeOn <= by[0]);
  if (clean) any.push(CLEANING.includes(state));
  return (!any.length || any.includes(true)) && (!level || level.includes(itsLevel)) && (!gender || gender.includes(itsPolicy));
}

function apply() {
  if (!document.querySelector("[data-filters]")) return;
  const wanted = asked();
  const narrowed = Object.keys(wanted).length > 0;
  const beds = [...board().querySelectorAll(".bed")];
  for (const bed of beds) bed.hidden = narrowed && !passes(bed, wanted);
  for (const around of board().querySelectorAll(".room, .unit")) around.hidden = narrowed && !around.querySelector(".bed:not([hidden])");
  for (const chip of chips()) press(chip, wanted[chip.dataset.filter] ?? []);
  say(narrowed, beds);
}

function press(chip, values) {
  if (chip.matches("select")) {
    chip.value = values[0] ?? "";
    chip.closest(".filter").toggleAttribute("data-on", values.length > 0);
  } else chip.setAttribute("aria-pressed", String(values.includes(chip.dataset.value)));
}

function say(narrowed, beds) {
  const line = document.querySelector("[data-showing]");
  const shown = beds.filter((bed) => !bed.hidden).length;
  const words = narrowed ? `Showing ${shown} of ${beds.length} beds` : "";
  const said = line.querySelector("[data-showing-words]");
  if (said.textContent !== words) said.textContent = words; // a screen reader hears it once
  line.hidden = !narrowed;
}

/** The address with this chip turned on or off. */
function choose(name, value, on) {
  const to = new URL(location.href);
  const others = to.searchParams.getAll(name).filter((one) => one !== value);
  to.searchParams.delete(name);
  for (const one of name === "by" ? [] : others) to.searchParams.append(name, one);
  if (on) to.searchParams.append(name, value);
  history.replaceState(null, "", to);
  apply();
}

document.addEventListener("click", (event) => {
  const chip = event.target.closest("button[data-filter]");
  if (chip) choose(chip.dataset.filter, chip.dataset.value, chip.getAttribute("aria-pressed") !== "true");
  if (!event.target.closest("[data-show-all]")) return;
  event.preventDefault();
  const to = new URL(location.href);
  for (const one of chips()) to.searchParams.delete(one.dataset.filter);
  history.replaceState(null, "", to);
  apply();
  chips()[0].focus(); // the link is gone
});
document.addEventListener("change", (event) => {
  if (event.target.matches("select[data-filter]")) choose(event.target.dataset.filter, event.target.value, event.target.value !== "");
});

let waits = false; // a redraw tells of each region: judge once, before the next paint
function soon() {
  if (waits) return;
  waits = true;
  queueMicrotask(() => {
    waits = false;
    apply();
  });
}
document.addEventListener("stepwell:patched", soon);
document.addEventListener("stepwell:turned", soon);
document.addEventListener("htmx:afterSwap", soon);
window.addEventListener("popstate", soon);
apply();
