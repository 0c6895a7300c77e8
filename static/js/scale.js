// What a scale adds up to, and its band, as the buttons are pressed; items that are not asked are put away. The server adds it up again.

const form = document.querySelector("[data-scale]");
const skips = JSON.parse(form.dataset.skips);
const ranks = JSON.parse(form.dataset.ranks);
const items = new Map([...form.querySelectorAll("fieldset[data-item]")].map((item) => [item.dataset.item, item]));
const measures = [...form.querySelectorAll("[data-measure]")];

const pressed = (code) => items.get(code).querySelector("input:checked");
const off = (code) => items.get(code).hidden;

function putAway() {
  const gone = new Set();
  for (const { items: codes, when } of skips) {
    const holds = Object.entries(when).every(([code, values]) => !gone.has(code) && values.includes(Number(pressed(code)?.value ?? -1)));
    if (holds) codes.forEach((code) => gone.add(code));
  }
  for (const [code, item] of items) item.hidden = item.disabled = gone.has(code);
}

function worth(codes) {
  const points = (code) => (off(code) ? 0 : Number(pressed(code)?.dataset.points ?? 0));
  if (!ranks.length) return codes.reduce((sum, code) => sum + points(code), 0);
  return Math.max(0, ...ranks.filter((rank) => rank.items.some((code) => points(code) >= 1)).map((rank) => rank.value));
}

function show() {
  putAway();
  for (const measure of measures) {
    const codes = measure.dataset.items.split(" ");
    const left = codes.filter((code) => !off(code) && !pressed(code)).length;
    const sum = worth(codes);
    const band = measure.querySelector("[data-band]");
    const found = [...measure.querySelectorAll("data[data-from]")].filter((each) => Number(each.dataset.from) <= sum).pop();
    measure.querySelector("[data-total]").textContent = sum;
    band.textContent = left ? `${left} to answer` : found.value;
    band.className = left ? "pill" : `pill pill--${found.dataset.tone}`;
  }
}

form.addEventListener("change", (event) => {
  event.target.closest(".scale__item")?.classList.remove("scale__item--missing");
  show();
});
show();
