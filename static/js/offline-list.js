// The evacuation list in the hand: ticks that stay in this tab, how many were found, and print. Works from the saved copy, too.

const root = document.querySelector("[data-found-key]");
const key = `stepwell:found:${root.dataset.foundKey}`;
const ticks = [...root.querySelectorAll(".evac__tick")];
const line = document.querySelector("[data-found-line]");

const found = () => ticks.filter((tick) => tick.checked).map((tick) => tick.value);

function show() {
  line.querySelector("[data-found]").textContent = found().length;
  line.querySelector("progress").value = found().length;
  line.dataset.state = ticks.length && found().length === ticks.length ? "all" : "";
}

function restore() {
  const before = new Set(JSON.parse(sessionStorage.getItem(key) ?? "[]"));
  for (const tick of ticks) tick.checked = before.has(tick.value);
  show();
}

root.addEventListener("change", () => {
  sessionStorage.setItem(key, JSON.stringify(found()));
  show();
});
document.querySelector("[data-found-clear]").addEventListener("click", () => {
  sessionStorage.removeItem(key);
  restore();
});
document.querySelector("[data-print]").addEventListener("click", () => window.print());
window.addEventListener("pageshow", restore);
restore();
