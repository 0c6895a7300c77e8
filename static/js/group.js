// A group session: no typed word is lost. Autosaves that fail are sent again with the same key, signing waits for them,
// and 'is writing' fades when nobody writes.

import { newKey } from "./new-key.js";

const AGAIN = 4_000; // ms until a failed save is sent again
const READ = 15_000; // ms a refusal stays in its row before a colleague's news may replace it
const sent = new WeakMap(); // part form: what is on its way, until the server has answered
const saved = new WeakMap(); // part form: the words the server has
let leaving = false; // to the sign-in page, which brings the words back (forms.js)
let pointed = false; // the last touch was a finger or a mouse
let signing = null; // the sign form that waits for unsaved words

const partForms = () => [...document.querySelectorAll("form[data-autosave]")];
const words = (form) => form.elements.namedItem("text");
const isUnsaved = (form) => words(form).value !== (saved.get(form) ?? words(form).defaultValue);
const unsaved = () => partForms().filter(isUnsaved);

/** The part form that this request saves; none for the cursor's first entry and for objectives, which are the field's own requests. */
const savedBy = ({ elt, requestConfig, verb }) => {
  if ((verb ?? requestConfig.verb) !== "post" || elt.matches("textarea, input")) return null;
  return elt.closest("form[data-autosave]");
};

/** A part with unsaved words is busy: live-patch.js leaves it alone. */
const hold = (form) => form.toggleAttribute("data-busy", isUnsaved(form));

document.addEventListener("input", ({ target }) => {
  if (target.form?.matches("form[data-autosave]")) hold(target.form);
});

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb !== "post") return;
  const form = savedBy(detail);
  detail.parameters.key = newKey();
  if (!form) return;
  if (sent.has(form)) Object.assign(detail.parameters, sent.get(form));
  const { text, version, key } = detail.parameters;
  sent.set(form, { text, version, key });
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const form = savedBy(detail);
  if (!form) return;
  const status = detail.xhr.status;
  if (status === 0 || status >= 500) {
    say(form, "Not saved yet: trying again.");
    setTimeout(() => form.isConnected && htmx.trigger(form, "retry"), AGAIN);
    return;
  }
  const tried = sent.get(form);
  sent.delete(form);
  if (status < 300 && tried) { // a refusal is a fair answer to htmx, but nothing was saved
    saved.set(form, tried.text);
    hold(form);
    if (isUnsaved(form)) htmx.trigger(form, "retry");
  } else {
    leaving = status === 401;
    if (signing) notSigned(form);
    signing = null; // why, stands beside the part
  }
  signNow();
});

function say(form, sentence) {
  const head = form.querySelector(".part__head");
  const said = head.querySelector("[data-said]") ?? head.appendChild(document.createElement("span"));
  said.dataset.said = "";
  said.className = "pill pill--late";
  said.textContent = sentence;
}

/** Beside the button: signing waits for a part that cannot be saved, and which one that is. */
function notSigned(form) {
  const line = document.getElementById("not-signed") ?? document.createElement("p");
  line.id = "not-signed";
  line.className = "reason reason--late";
  line.setAttribute("role", "status");
  const part = form.closest(".part");
  const which = part?.querySelector(".part__title")?.textContent.trim() ?? "a part";
  line.textContent = `Not signed: ${which} is not saved. It says why; show what is saved there, then sign again.`;
  document.querySelector("form[data-sign]")?.before(line);
}

function signNow() {
  if (!signing || unsaved().length) return;
  const form = signing.isConnected ? signing : document.querySelector("form[data-sign]");
  signing = null;
  if (form) htmx.trigger(form, "ready");
}

document.addEventListener("submit", (event) => {
  if (event.target.matches("form[data-autosave]")) event.preventDefault();
  if (!event.target.matches("form[data-sign]")) return;
  event.preventDefault();
  document.getElementById("not-signed")?.remove();
  signing = event.target;
  for (const form of unsaved()) htmx.trigger(form, "retry");
  signNow();
});

// What was typed before the session ended came back (forms.js): save it.
window.addEventListener("load", () => unsaved().forEach((form) => htmx.trigger(form, "retry")));
window.addEventListener("beforeunload", (event) => unsaved().length && !leaving && event.preventDefault());

// A tapped mark lets go of the focus, so that a colleague's next mark of the same person is shown; a keyboard keeps its place.
document.addEventListener("pointerdown", () => (pointed = true), true);
document.addEventListener("keydown", () => (pointed = false), true);
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const row = detail.elt.closest(".attend");
  if (!row) return;
  if (pointed && row.contains(document.activeElement)) document.activeElement.blur();
  if (row.matches("[data-busy]")) setTimeout(() => row.removeAttribute("data-busy"), READ);
});

setInterval(() => {
  for (const writer of document.querySelectorAll("[data-until]")) {
    if (new Date(writer.dataset.until) > new Date()) continue;
    writer.textContent = writer.dataset.then;
    writer.removeAttribute("data-until");
    writer.closest(".part").dataset.writer = "theirs";
  }
}, 5_000);
