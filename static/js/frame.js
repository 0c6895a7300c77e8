// What HTML alone does not do: menus that close, and buttons that open and close a <dialog>.
// data-opens="id" opens it, data-closes inside closes it, data-open-now on a dialog that arrives by htmx opens it at once.

const openMenus = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  const opener = event.target.closest("[data-opens]");
  if (opener) openDialog(document.getElementById(opener.dataset.opens));
  if (event.target.closest("[data-closes]")) event.target.closest("dialog")?.close();
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

/** Opens a dialog as modal unless it is open already; does nothing without one. */
export function openDialog(dialog) {
  if (dialog instanceof HTMLDialogElement && !dialog.open) dialog.showModal();
}

function openArrived(root) {
  for (const dialog of root.querySelectorAll("dialog[data-open-now]")) openDialog(dialog);
  if (root.matches?.("dialog[data-open-now]")) openDialog(root);
}

document.addEventListener("htmx:load", (event) => openArrived(event.detail.elt));
openArrived(document);
