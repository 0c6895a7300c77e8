// Turns the board, in place, to another address of its own: someone moves, someone is chosen, back to nobody. What the page
// is narrowed to, the focus and the place on the page stay; live.js follows to the new key by itself.

const NARROWED = ["free", "by", "clean", "level", "gender"];

export const board = () => document.getElementById("main");

/** The address with the filters of this page's address on it. */
export function kept(href) {
  const to = new URL(href, location.href);
  const here = new URLSearchParams(location.search);
  for (const name of NARROWED) {
    if (!to.searchParams.has(name)) for (const value of here.getAll(name)) to.searchParams.append(name, value);
  }
  return to.pathname + to.search;
}

let last = Promise.resolve(); // one after the other, whoever asks

/** Resolves when the board is there; stays as it is where the server cannot be reached. */
export function turn(href) {
  last = last.then(() => swap(kept(href))).catch((error) => console.info("Not turned:", error));
  return last;
}

async function swap(address) {
  const side = document.querySelector(".split__side")?.scrollTop ?? 0;
  await window.htmx.ajax("GET", address, { source: "#sheet", target: "#main", select: "#main", swap: "outerHTML" });
  history.replaceState(null, "", address);
  document.querySelector(".split__side")?.scrollTo(0, side);
  document.dispatchEvent(new CustomEvent("stepwell:turned"));
}

const ours = (href) => new URL(href, location.href).pathname === location.pathname;

// A link to the board keeps what it is narrowed to.
document.addEventListener("click", (event) => {
  const link = event.target.closest("#main a[href], #sheet a[href], #banners a[href]");
  if (link && !link.matches("[data-show-all]") && ours(link.href)) link.href = kept(link.href);
}, true);

// An act that leads back to the board turns it in place.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const to = event.detail.xhr.getResponseHeader("HX-Redirect");
  if (!to || !ours(to)) return;
  event.preventDefault();
  document.getElementById("sheet").replaceChildren();
  turn(to);
});
