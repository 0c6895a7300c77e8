// A group session: no typed word is lost. Autosaves that fail are sent again with the same key, signing waits for them,
// and 'is writing' fades when nobody writes.

const AGAIN = 4_000; // ms until a failed save is sent again
const sent = new WeakMap(); // part form -> what is on its way, until the server has answered
let leaving = false; // to the sign-in page, which brings the words back (forms.js)
let pointed = false; // the last touch was a finger or a mouse
let signing = null; // the sign form that waits for unsaved words

const newKey = () => {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
};
const isPart = (elt) => elt instanceof HTMLFormElement && elt.hasAttribute("data-autosave");
const words = (form) => form.elements.namedItem("text");
const unsaved = () => [...document.querySelectorAll("form[data-autosave]")].filter((form) => words(form).value !== words(form).defaultValue);

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb !== "post") return;
  const before = isPart(detail.elt) ? sent.get(detail.elt) : undefined;
  detail.parameters.key = newKey();
  if (before) Object.assign(detail.parameters, before);
  else if (isPart(detail.elt)) {
    const { text, version, key } = detail.parameters;
    sent.set(detail.elt, { text, version, key });
  }
});

document.addEventListener("input", ({ target }) => {
  if (isPart(target.form)) hold(target.form);
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const form = detail.elt;
  if (!isPart(form)) return;
  const status = detail.xhr.status;
  if (status === 401) leaving = true;
  const tried = sent.get(form);
  if (status === 0 || status >= 500) {
    say(form, "Not saved yet: trying again.");
    setTimeout(() => form.isConnected && htmx.trigger(form, "retry"), AGAIN);
    return;
  }
  sent.delete(form);
  if (detail.successful && tried) {
    words(form).defaultValue = tried.text;
    hold(form);
    if (words(form).value !== tried.text) htmx.trigger(form, "retry");
  } else if (signing) {
    signing = null; // its sentence stands beside the part
  }
  signNow();
});

// A part with unsaved words is busy: live-patch.js leaves it alone.
const hold = (form) => form.toggleAttribute("data-busy", words(form).value !== words(form).defaultValue);

const say = (form, sentence) => {
  const head = form.querySelector(".part__head");
  const said = head.querySelector("[data-said]") ?? head.appendChild(document.createElement("span"));
  said.dataset.said = "";
  said.className = "pill pill--late";
  said.textContent = sentence;
};

const signNow = () => {
  if (!signing || unsaved().length) return;
  const form = signing.isConnected ? signing : document.querySelector("form[data-sign]");
  signing = null;
  if (form) htmx.trigger(form, "ready");
};

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-sign]")) {
    if (isPart(event.target)) event.preventDefault();
    return;
  }
  event.preventDefault();
  signing = event.target;
  for (const form of unsaved()) htmx.trigger(form, "retry");
  signNow();
});

// What was typed before the session ended came back (forms.js): save it.
for (const form of unsaved()) htmx.trigger(form, "retry");
window.addEventListener("beforeunload", (event) => unsaved().length && !leaving && event.preventDefault());

// A tapped mark lets go of the focus, so that a colleague's next mark of the same person is shown; a keyboard keeps its place.
document.addEventListener("pointerdown", () => (pointed = true), true);
document.addEventListener("keydown", () => (pointed = false), true);
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (pointed && detail.elt.closest(".attend")) document.activeElement?.blur();
});

setInterval(() => {
  for (const writer of document.querySelectorAll("[data-until]")) {
    if (new Date(writer.dataset.until) > new Date()) continue;
    writer.textContent = writer.dataset.then;
    writer.removeAttribute("data-until");
    writer.closest(".part").dataset.writer = "theirs";
  }
}, 5_000);
