// An act that got no answer, or one that says the server is in trouble, is told where the person looks: in the open dialog, else at the
// top of the page. What was typed stays. Forms that keep themselves and readings in the background say it in their own way.

const SILENT = "form[data-keeps-itself], [hx-trigger*='every'], [hx-trigger*='load']";
const SENT = "No answer came. What you sent may not be recorded: look, and send it again. The same form sent again is recorded once.";
const ASKED = "No answer came. Wait a moment and try again.";

const box = Object.assign(document.createElement("div"), { id: "trouble" });
box.setAttribute("role", "alert");

/** The server's own words where it sent some for us, else ours. */
function words(xhr, verb) {
  if (xhr.status === 503 && xhr.getResponseHeader("HX-Retarget") === "#refusal") {
    const piece = new DOMParser().parseFromString(xhr.responseText, "text/html").body.firstElementChild;
    if (piece) return piece;
  }
  const said = document.createElement("p");
  said.className = "findings findings__message";
  said.textContent = verb === "get" ? ASKED : SENT;
  return said;
}

function tell({ detail }) {
  const { xhr, elt, requestConfig } = detail;
  if (elt.matches(SILENT) || (xhr.status > 0 && xhr.status < 500)) return;
  box.replaceChildren(words(xhr, requestConfig.verb));
  (document.querySelector("dialog[open]") ?? document.getElementById("refusal"))?.prepend(box);
  box.scrollIntoView({ block: "nearest" });
}

for (const event of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) document.addEventListener(event, tell);
document.addEventListener("htmx:afterRequest", ({ detail }) => detail.successful && box.remove());
