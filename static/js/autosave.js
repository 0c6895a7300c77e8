// Forms that keep themselves as they are typed (form[data-keeps-itself="id of the line that says so"]; hx-trigger has 'retry'). What
// could not be sent is sent again as it was, then what was typed since, so that the server takes an answer that was lost for no other
// person's change. A page that is sent for good (such a form itself, or form[data-after-saves]) waits for what is on its way, so
// that it never overtakes a save.

const AGAIN = 4_000; // ms until a failed save is sent again
const typed = new WeakMap(); // form: how often it was changed
const sent = new WeakMap(); // form: {count, fields} on their way; none between two saves
const failed = new WeakMap(); // form: {count, fields} that got no answer
const kept = new WeakMap(); // form: the changes that the server has
let waiting = null; // {form, submitter} that is sent once all is kept
let leaving = false;

const forms = () => [...document.querySelectorAll("form[data-keeps-itself]")];
const unsaved = () => forms().filter((form) => (typed.get(form) ?? 0) !== (kept.get(form) ?? 0));
const busy = () => forms().filter((form) => sent.has(form));
const line = (form) => document.getElementById(form.dataset.keepsItself);

/** What stands in the way of sending this form: a save on its way; for a form beside the words, any word that is not kept. */
const before = (form) => (form.matches("[data-keeps-itself]") ? busy() : [...new Set([...busy(), ...unsaved()])]);

const say = (form, words) => {
  const place = line(form);
  if (place) place.textContent = words;
};

const keep = (form) => form.isConnected && !sent.has(form) && htmx.trigger(form, "retry");

const changed = ({ target }) => {
  const { form } = target;
  if (form?.matches("form[data-keeps-itself]")) typed.set(form, (typed.get(form) ?? 0) + 1);
};
document.addEventListener("input", changed);
document.addEventListener("change", changed, true); // before htmx hears of it, and sends

document.addEventListener("htmx:configRequest", ({ detail }) => {
  const { elt: form, formData: fields } = detail;
  if (!form.matches("form[data-keeps-itself]")) return;
  for (const button of form.querySelectorAll("button[name]")) fields.delete(button.name); // a save is no press of a button
  const again = failed.get(form);
  if (again) {
    for (const name of new Set(fields.keys())) fields.delete(name);
    for (const [name, value] of again.fields) fields.append(name, value);
  }
  sent.set(form, again ?? { count: typed.get(form) ?? 0, fields: [...fields] });
});

// A piece of the form that came back with a save does not undo what was chosen in it meanwhile: the next save brings it again.
document.addEventListener("htmx:oobBeforeSwap", ({ detail }) => {
  const form = detail.target.closest("form[data-keeps-itself]");
  const fields = detail.target.querySelector("select, textarea, input:not([type=hidden])");
  if (form && fields && sent.has(form) && sent.get(form).count !== (typed.get(form) ?? 0)) detail.shouldSwap = false;
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const form = detail.elt;
  if (!form.matches("form[data-keeps-itself]")) return;
  const { status } = detail.xhr;
  const told = sent.get(form);
  sent.delete(form);
  failed.delete(form);
  if (status === 401) {
    leaving = true;
  } else if (status === 0 || status >= 500) {
    failed.set(form, told);
    say(form, "Not kept yet: trying again.");
    setTimeout(keep, AGAIN, form);
    return;
  } else if (status < 300) {
    kept.set(form, told.count);
    if (!waiting && unsaved().includes(form)) setTimeout(keep, 0, form);
  } else if (waiting?.form !== form) {
    waiting = null; // why, stands on the page; a form that is sent itself says it again
  }
  setTimeout(go);
});

function go() {
  if (!waiting) return;
  const left = before(waiting.form);
  if (left.length) {
    left.forEach(keep);
    return;
  }
  const { form, submitter } = waiting;
  form.requestSubmit(submitter?.isConnected ? submitter : null);
}

document.addEventListener("submit", (event) => {
  const { target, submitter } = event;
  if (!target.matches("form[data-keeps-itself], form[data-after-saves]")) return;
  const left = before(target);
  if (!left.length) {
    waiting = null;
    leaving = true;
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  waiting = { form: target, submitter };
  left.forEach(keep);
}, true);

window.addEventListener("beforeunload", (event) => unsaved().length && !leaving && event.preventDefault());
