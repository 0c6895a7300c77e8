// The grid of a month opens with today in sight, beside the days before it.
const today = document.querySelector(".mar__grid thead [aria-current]");
const frame = today?.closest(".mar__frame");
if (frame) {
  const order = frame.querySelector("thead .mar__order");
  const hidden = today.getBoundingClientRect().right - frame.getBoundingClientRect().right;
  if (hidden > 0) frame.scrollLeft = hidden + (frame.clientWidth - order.offsetWidth) / 3;
}
