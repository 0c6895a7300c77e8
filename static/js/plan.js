// The draft of a treatment plan: every field is saved as it is left, what failed is sent again with the same key, what is typed
// while the lines are redrawn comes back, and signing waits for what is not saved yet.

import { newKey } from "./new-key.js";

const AGAIN = 4_000; // ms until a failed save is sent again
const sent = new WeakMap(); // form: key and fields on their way, until the server has answered
const dirty = new Set(); // ids of the lines whose fields the server does not have yet
let waiting = null; // the sign form

const lineOf = (form) => form?.querySelector("[id^='said-']")?.id;
const formOf = (id) => document.getElementById(id)?.closest("form[data-save]");
const fields = (form) => [...form.elements].filter((each) => each.name && each.type !== "hidden" && !each.hidden);

const plain = (text) => String(text).replaceAll("\r\n", "\n");

const say = (form, sentence) => {
  const line = form.querySelector("[id^='said-']");
  const said = line.querySelector("[data-said]") ?? line.appendChild(document.createElement("span"));
  said.dataset.said = "";
  said.className = "pill pill--late";
  said.textContent = sentence;
};

const mark = (form) => {
  const measure = form.elements.namedItem("measure");
  if (measure) form.dataset.measure = measure.value;
};

document.addEventListener("input", ({ target }) => {
  const form = target.form;
  if (!form?.matches("form[data-save]")) return;
  dirty.add(lineOf(form));
  mark(form);
});

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb !== "post") return;
  const form = detail.elt.matches("form[data-save]") ? detail.elt : null;
  const tried = form && sent.get(form);
  if (tried) for (const [name, value] of Object.entries(tried)) detail.parameters[name] = value;
  else detail.parameters.key = newKey();
  if (form) sent.set(form, { ...detail.parameters });
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id !== "lines") return;
  const kept = [...dirty].map((id) => [id, formOf(id)]).filter(([, form]) => form && detail.target.contains(form));
  const typed = kept.map(([id, form]) => [id, fields(form).map((each) => [each.id, each.value])]);
  document.addEventListener("htmx:afterSettle", () => {
    for (const [id, values] of typed) {
      for (const [field, value] of values) {
        const input = document.getElementById(field);
        if (input) input.value = value;
      }
      const form = formOf(id);
      if (form) htmx.trigger(form, "retry");
      else dirty.delete(id);
    }
  }, { once: true });
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const form = detail.elt;
  if (!form.matches?.("form[data-save]")) return;
  const { status } = detail.xhr;
  if (status === 0 || status >= 500) {
    say(form, "Not saved yet: trying again.");
    setTimeout(() => form.isConnected && htmx.trigger(form, "retry"), AGAIN);
    return;
  }
  const tried = sent.get(form);
  sent.delete(form);
  const same = tried && fields(form).every((each) => !(each.name in tried) || plain(tried[each.name]) === plain(each.value));
  if (status < 300 && same) dirty.delete(`said-${detail.target.id.replace(/^said-/, "")}`);
  else if (status < 300) setTimeout(() => form.isConnected && htmx.trigger(form, "retry")); // typed while the save was on its way
  if (status >= 400) stay();
  setTimeout(signNow);
});

document.addEventListener("htmx:afterSettle", ({ target }) => {
  const lines = document.getElementById("lines");
  const fresh = lines?.dataset.fresh;
  if (!fresh) return;
  delete lines.dataset.fresh;
  document.getElementById(`line-${fresh}`)?.querySelector("textarea, input:not([type=hidden])")?.focus();
});

function stay() {
  if (!waiting) return;
  waiting = null;
  const line = document.getElementById("unsaved");
  line.hidden = false;
  line.textContent = "Not signed: a line is not saved. It says why; mend it, then sign again.";
}

function signNow() {
  if (!waiting || dirty.size) return;
  const form = waiting;
  waiting = null;
  form.requestSubmit();
}

document.addEventListener("submit", (event) => {
  if (event.target.matches("form[data-save]")) event.preventDefault();
  if (!event.target.matches("form[data-sign]") || !dirty.size) return;
  event.preventDefault();
  waiting = event.target;
  for (const id of dirty) {
    const form = formOf(id);
    if (form) htmx.trigger(form, "retry");
    else dirty.delete(id);
  }
  signNow();
});

window.addEventListener("beforeunload", (event) => dirty.size && !waiting && event.preventDefault());
