// The keyboard on the board: arrows walk the beds as they lie, M on a bed moves whoever is in it, Escape stops moving.
// Enter opens a bed, as on any link. Letters act only while a bed has the focus.

import { board, turn } from "./bed-turn.js";

const SAME_ROW = 24; // px between the tops of two beds in one row

const middle = (box) => box.left + box.width / 2;
const shown = () => [...board().querySelectorAll("a.bed")].filter((bed) => bed.getClientRects().length);

function beside(bed, by) {
  const beds = shown();
  return beds[beds.indexOf(bed) + by];
}

/** The bed nearest to straight above or below, in the next row that has any. */
function across(bed, down) {
  const from = bed.getBoundingClientRect();
  const beyond = shown()
    .map((other) => [other, other.getBoundingClientRect()])
    .filter(([, box]) => (down ? box.top >= from.bottom - 2 : box.bottom <= from.top + 2));
  const row = down ? Math.min(...beyond.map(([, box]) => box.top)) : Math.max(...beyond.map(([, box]) => box.top));
  const near = beyond.filter(([, box]) => Math.abs(box.top - row) < SAME_ROW);
  near.sort(([, one], [, two]) => Math.abs(middle(one) - middle(from)) - Math.abs(middle(two) - middle(from)));
  return near[0]?.[0];
}

const STEPS = {
  ArrowLeft: (bed) => beside(bed, -1),
  ArrowRight: (bed) => beside(bed, 1),
  ArrowUp: (bed) => across(bed, false),
  ArrowDown: (bed) => across(bed, true),
};

async function turnAt(bed, href) {
  await turn(href);
  document.getElementById(bed?.id)?.focus({ preventScroll: true });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (document.querySelector("dialog[open], details.menu[open]")) return;
  const bed = event.target.closest("a.bed");
  if (bed && STEPS[event.key]) {
    event.preventDefault();
    STEPS[event.key](bed)?.focus();
  } else if (bed?.dataset.stay && event.key.toLowerCase() === "m" && board().hasAttribute("data-assigns")) {
    event.preventDefault();
    turnAt(bed, `${location.pathname}?move=${bed.dataset.stay}`);
  } else if (event.key === "Escape" && board().dataset.moving) {
    turnAt(bed, location.pathname);
  }
});

// A sheet goes and another comes in its place; when the last has gone, the focus is where the first was opened, or nowhere near.
let opener = "";
document.addEventListener("click", (event) => {
  const link = event.target.closest("a.bed, .unit [hx-get]");
  if (link) opener = link.id;
});
function home() {
  if (!opener || document.querySelector("dialog[open]") || document.activeElement !== document.body) return;
  document.getElementById(opener)?.focus({ preventScroll: true });
}
document.addEventListener("close", () => setTimeout(home), true); // a dialog's close does not bubble
document.addEventListener("stepwell:done", () => setTimeout(home));
document.addEventListener("stepwell:turned", home);
