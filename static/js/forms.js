// Nothing that was typed is lost: a form sent after the session ended comes back, filled in, after signing in.
// Kept in this tab only, for the same person and page only, and dropped once the server has taken it.

const KEPT = "stepwell:kept";
const person = document.body.dataset.person ?? "";

const fieldsOf = (form) =>
  [...new FormData(form)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string" && value !== "" && form.elements[name]?.type !== "password");

const nameOf = (form) => form.getAttribute("hx-post") || form.getAttribute("action") || form.id || "";

export const keep = (form) => {
  if (!person || form.method === "dialog" || (form.querySelector("input[type=password]") && !("keeps" in form.dataset))) return;
  const kept = { person, path: location.pathname + location.search, form: nameOf(form), fields: fieldsOf(form) };
  if (kept.fields.length) sessionStorage.setItem(KEPT, JSON.stringify(kept));
};

const forget = () => sessionStorage.removeItem(KEPT);

const fill = (form, fields) => {
  for (const [name, value] of fields) {
    for (const input of form.elements) {
      if (input.name !== name || input.type === "hidden") continue;
      if (input.type === "radio" || input.type === "checkbox") {
        if (input.value === value) input.checked = true;
      } else {
        input.value = value;
      }
    }
  }
};

const said = (text) => {
  const line = document.createElement("p");
  line.className = "reason reason--held";
  line.setAttribute("role", "status");
  line.textContent = text;
  return line;
};

/** Fills the form that was lost, where it is on the page by now; until then a line under the bar says that it waits. */
const restore = () => {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  if (!kept || !person) return;
  if (!kept.ended || kept.person !== person || kept.path !== location.pathname + location.search) {
    forget();
    return;
  }
  const waits = document.getElementById("kept-waits");
  const form = [...document.forms].find((one) => nameOf(one) === kept.form);
  if (!form) {
    if (waits) return;
    const line = said("Your session had ended. What you typed is kept: open the form again and it is filled in.");
    line.id = "kept-waits";
    document.getElementById("banners")?.append(line);
    return;
  }
  waits?.remove();
  for (let outer = form.closest("details"); outer; outer = outer.parentElement.closest("details")) outer.open = true;
  fill(form, kept.fields);
  form.prepend(said("Your session had ended. What you typed is back: look it over and send it again."));
  forget();
};

const endSession = () => {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  if (kept) sessionStorage.setItem(KEPT, JSON.stringify({ ...kept, ended: true }));
};

document.addEventListener("submit", (event) => event.target instanceof HTMLFormElement && keep(event.target), true);
document.addEventListener("htmx:beforeRequest", (event) => {
  const form = event.detail.elt.closest?.("form");
  if (form) keep(form);
});
document.addEventListener("htmx:afterRequest", (event) => {
  if (event.detail.xhr.status === 401) {
    endSession();
    location.assign(`/accounts/login/?next=${encodeURIComponent(location.pathname + location.search)}`);
  } else if (event.detail.xhr.status < 300 && event.detail.requestConfig.verb !== "get") {
    forget();
  }
});
document.addEventListener("htmx:afterSwap", () => document.querySelector(".findings[tabindex]")?.focus());

if (document.body.classList.contains("signin")) endSession();
else restore();
document.addEventListener("htmx:load", restore);

// The site's wall clock in the bar.
const tick = () => {
  for (const clock of document.querySelectorAll("[data-clock]")) {
    clock.textContent = new Date().toLocaleTimeString("en-GB", { timeZone: clock.dataset.clock, hour: "2-digit", minute: "2-digit" });
  }
};
setInterval(tick, 10_000);

/** What was typed before the scripts had come (bad Wi-Fi) counts as typed now; what a browser puts back after 'back' does not. */
function typedEarly() {
  if (performance.getEntriesByType("navigation")[0]?.type !== "navigate") return;
  for (const asks of document.querySelectorAll("[hx-trigger*='input']")) {
    const fields = [...asks.querySelectorAll("input:not([type=hidden]), textarea")];
    const typed = fields.find((field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked);
    typed?.dispatchEvent(new Event("input", { bubbles: true }));
  }
}
document.addEventListener("DOMContentLoaded", typedEarly);
