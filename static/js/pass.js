// The pass: a refusal that was read can be put away, and after a sheet closes the focus is back on its row.

document.addEventListener("click", (event) => {
  const seen = event.target.closest("[data-dismiss]");
  if (!seen) return;
  const said = seen.closest("li:has(> .findings)");
  const row = said?.previousElementSibling;
  said?.remove();
  row?.focus();
});

document.addEventListener("htmx:afterSettle", (event) => {
  const row = event.detail.elt;
  if (!row.matches?.(".dose") || document.querySelector("dialog[open], .findings[tabindex]")) return;
  if (document.activeElement === document.body) row.focus();
});

// The client in hand is in sight on the strip.
document.querySelector(".strip [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });
