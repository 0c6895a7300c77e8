// The running total of a scale and its band, as the buttons are pressed. The server adds it up again.

const form = document.querySelector("[data-scale]");
const total = form.querySelector("[data-total]");
const band = form.querySelector("[data-band]");
const bands = [...form.querySelectorAll("data[data-from]")];
const items = [...form.querySelectorAll("fieldset.scale__item")];

function show() {
  const chosen = items.map((item) => item.querySelector("input:checked"));
  const left = chosen.filter((input) => input === null).length;
  const sum = chosen.reduce((all, input) => all + (input ? Number(input.value) : 0), 0);
  const found = bands.filter((each) => Number(each.dataset.from) <= sum).pop();
  total.textContent = sum;
  band.textContent = left ? `${left} to answer` : found.value;
  band.className = left ? "pill" : `pill pill--${found.dataset.tone}`;
}

form.addEventListener("change", (event) => {
  event.target.closest(".scale__item")?.classList.remove("scale__item--missing");
  show();
});
show();
