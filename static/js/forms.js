// Nothing that was typed is lost: a form sent after the session ended comes back, filled in, after signing in.
// Kept in this tab only, for the same person and page only, and dropped once the server has taken it.

const KEPT = "stepwell:kept";
const person = document.body.dataset.person ?? "";

const fieldsOf = (form) =>
  [...new FormData(form)].filter(([name, value]) => name !== "csrfmiddlewaretoken" && typeof value === "string" && value !== "");

const nameOf = (form) => form.id || form.getAttribute("hx-post") || form.getAttribute("action") || "";

export const keep = (form) => {
  if (!person || form.method === "dialog" || form.querySelector("input[type=password]")) return;
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

const restore = () => {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  if (!kept || !person) return;
  if (!kept.ended || kept.person !== person || kept.path !== location.pathname + location.search) {
    if (!document.body.classList.contains("signin")) forget();
    return;
  }
  for (const form of document.forms) {
    if (nameOf(form) !== kept.form) continue;
    form.closest("dialog")?.showModal();
    fill(form, kept.fields);
    const said = document.createElement("p");
    said.className = "reason reason--held";
    said.setAttribute("role", "status");
    said.textContent = "Your session had ended. What you typed is back: look it over and send it again.";
    form.prepend(said);
    forget();
    return;
  }
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
  } else if (event.detail.successful) {
    forget();
  }
});
document.addEventListener("htmx:afterSwap", () => document.querySelector(".findings[tabindex]")?.focus());

if (document.body.classList.contains("signin")) endSession();
restore();

// The site's wall clock in the bar.
const tick = () => {
  for (const clock of document.querySelectorAll("[data-clock]")) {
    clock.textContent = new Date().toLocaleTimeString("en-GB", { timeZone: clock.dataset.clock, hour: "2-digit", minute: "2-digit" });
  }
};
setInterval(tick, 10_000);
