// Rows of the order form that come and go, and the buttons that tick the hours of a pass.
// Every row is on the page from the start: adding shows the next one, removing empties and hides it.

const told = (element) => element.dispatchEvent(new Event("change", { bubbles: true }));

const add = (rows) => {
  const next = rows.querySelector("[data-row][hidden]");
  if (!next) return;
  next.hidden = false;
  next.querySelector("input, select").focus();
  rows.querySelector("[data-add]").disabled = !rows.querySelector("[data-row][hidden]");
};

const remove = (row) => {
  const rows = row.closest("[data-rows]");
  for (const input of row.querySelectorAll("input")) input.value = "";
  row.hidden = true;
  rows.querySelector("[data-add]").disabled = false;
  rows.querySelector("[data-add]").focus();
  told(rows);
};

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-add], [data-remove], [data-times]");
  if (!button) return;
  if (button.hasAttribute("data-add")) add(button.closest("[data-rows]"));
  else if (button.hasAttribute("data-remove")) remove(button.closest("[data-row]"));
  else {
    const wanted = button.dataset.times.split(" ");
    const boxes = document.querySelectorAll("#order-times input");
    for (const box of boxes) box.checked = wanted.includes(box.value);
    if (boxes.length) told(boxes[0]);
  }
});

// What came back after a lost session stands in rows that were hidden.
for (const row of document.querySelectorAll("[data-row][hidden]")) {
  if (row.querySelector("[name$='-amount'], [name$='-value']")?.value) row.hidden = false;
}
