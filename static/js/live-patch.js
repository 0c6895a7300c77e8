// Puts what a live page is sent into the page, and never takes away what a person is in the middle of.
// An element with a focused field, an open <dialog>, [data-busy] or a request under way waits until it is free, and so does the one
// under a finger: exchanged between touching and letting go, its tap would be nobody's. What was opened, and what was written into a
// form and not sent, goes over into what comes in its place.

const FIELD = "input, textarea, select, [contenteditable='true']";
const HELD = "dialog[open], [data-busy], .htmx-request";
const WORDS = "textarea, select, input:not([type=hidden], [type=radio], [type=checkbox], [type=file])";
const FOCUSABLE = "a[href], button, input, select, textarea, summary, [tabindex]";

const sent = new WeakSet(); // forms
const pending = new Map(); // id: html that waits, null for 'remove it'
let watching = 0;

/** Single elements: [[id, html or null], ...]. Ids that are not on the page are not ours to draw. */
export function patch(changes) {
  for (const [id, html] of changes) place(id, html);
}

/** Whole regions: [[id, html], ...]; what did not change stays untouched, what is busy waits. */
export function redraw(regions) {
  for (const [id, html] of regions) {
    const old = document.getElementById(id);
    const fresh = parsed(html);
    if (old && fresh) renew(old, fresh);
  }
}

/** The regions of another copy of this page. */
export function redrawFrom(page) {
  for (const old of document.querySelectorAll("[data-region][id]")) {
    const fresh = page.getElementById(old.id);
    if (fresh) renew(old, document.importNode(fresh, true));
  }
}

function renew(old, fresh) {
  reconcile(old, fresh);
  const now = document.getElementById(fresh.id);
  if (!now) return;
  window.htmx?.process(now);
  tell(now, "redraw");
}

function place(id, html) {
  pending.delete(id);
  const old = document.getElementById(id);
  if (!old) return;
  const fresh = html === null ? null : parsed(html);
  if (fresh && old.matches("[data-region]")) renew(old, fresh);
  else if (busy(old)) wait(id, html);
  else if (!fresh) remove(old);
  else {
    fresh.classList.add("just-changed");
    fresh.addEventListener("animationend", () => fresh.classList.remove("just-changed"), { once: true });
    swap(old, fresh);
    window.htmx?.process(fresh);
    tell(fresh, "patch");
  }
}

function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return document.importNode(template.content, true).firstElementChild;
}

function busy(element) {
  const active = document.activeElement;
  if (active?.matches(FIELD) && element.contains(active)) return true;
  return element.matches(":active") || element.matches(HELD) || element.querySelector(HELD) !== null;
}

function remove(element) {
  const around = element.parentElement;
  element.remove();
  if (around) tell(around, "remove", element.id);
}

/** In its place, with the focus on the same button or link as before. */
function swap(old, fresh) {
  const active = document.activeElement;
  const within = active && old.contains(active) ? [...focusables(old)].indexOf(active) : -1;
  for (const element of [fresh, ...fresh.querySelectorAll("[id]")]) pending.delete(element.id);
  carryOver(old, fresh);
  old.replaceWith(fresh);
  if (within < 0) return;
  const again = (active.id && document.getElementById(active.id)) || focusables(fresh)[within];
  again?.focus({ preventScroll: true });
}

/** Where the same form and the same lid are still there; a form that is gone was for what cannot be done any more, and one that
 * was sent is done with, unless something is written into it again, or it was refused. */
function carryOver(old, fresh) {
  const lids = all(fresh, "details"), forms = all(fresh, "form");
  for (const lid of all(old, "details[open]")) {
    if (sent.has(lid.closest("form") ?? lid.querySelector("form"))) continue;
    const again = lids.find((each) => title(each) === title(lid));
    if (again) again.open = true;
  }
  for (const field of all(old, WORDS).filter(isWritten)) {
    const again = forms.find((each) => goesTo(each) === goesTo(field.form))?.elements.namedItem(field.name);
    if (again?.matches?.(WORDS)) again.value = field.value;
  }
}

const all = (root, selector) => [...(root.matches(selector) ? [root] : []), ...root.querySelectorAll(selector)];
const title = (lid) => lid.querySelector("summary")?.textContent;
const goesTo = (form) => form.getAttribute("hx-post") ?? form.getAttribute("action");

/** What is saved while it is written has ways of its own (data-autosave). */
function isWritten(field) {
  if (!field.form || field.form.matches("[data-autosave]") || sent.has(field.form)) return false;
  const drawn = field.options && ([...field.options].find((each) => each.defaultSelected) ?? field.options[0]);
  return field.value !== (field.options ? drawn?.value : field.defaultValue);
}

document.addEventListener("submit", ({ target }) => sent.add(target), true);
document.addEventListener("input", ({ target }) => target.form && sent.delete(target.form), true);
for (const name of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(name, ({ detail }) => sent.delete(detail.elt.closest("form")));
}

const focusables = (root) => all(root, FOCUSABLE);

/** Make old like fresh, replacing as little as possible. */
function reconcile(old, fresh) {
  if (old.isEqualNode(fresh)) {
    if (old.id) pending.delete(old.id);
    return;
  }
  const whole = old.matches("[data-fragment]") || old.nodeName !== fresh.nodeName;
  const inside = old.querySelector("[data-fragment]") && fresh.querySelector("[data-fragment]");
  if (!busy(old) && (whole || !inside)) swap(old, fresh);
  else if (whole || old.matches(`${FIELD}, ${HELD}`)) {
    if (old.id && !old.matches(FIELD)) wait(old.id, fresh.outerHTML);
  } else {
    copyAttributes(old, fresh);
    reconcileChildren(old, fresh);
  }
}

function copyAttributes(old, fresh) {
  const mine = old.matches("details") ? "open" : "";
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name) && name !== mine) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
}

function reconcileChildren(old, fresh) {
  const stays = new Set();
  let at = old.firstChild; // where the next one belongs
  for (const next of [...fresh.childNodes]) {
    const match = counterpart(old, next, stays);
    if (!match) {
      old.insertBefore(next, at);
      stays.add(next);
      continue;
    }
    at = bringTo(old, match, at, stays);
    stays.add(match);
    at = match.nextSibling;
    if (match.nodeType === Node.ELEMENT_NODE) reconcile(match, next);
    else if (match.data !== next.data) match.data = next.data;
    const now = at ? at.previousSibling : old.lastChild; // swapped or not
    if (now) stays.add(now);
  }
  for (const left of [...old.childNodes]) {
    if (stays.has(left)) continue;
    if (left.nodeType !== Node.ELEMENT_NODE || !busy(left)) left.remove();
    else if (left.id) wait(left.id, null);
  }
}

function counterpart(old, next, stays) {
  for (const child of old.childNodes) {
    if (stays.has(child) || child.nodeName !== next.nodeName) continue;
    if ((child.id ?? "") === (next.id ?? "")) return child;
  }
  return null;
}

/** Moving an element takes the focus out of it: what is busy stays where it is, and the others make way. */
function bringTo(old, match, at, stays) {
  if (match === at) return at;
  if (match.nodeType !== Node.ELEMENT_NODE || !busy(match)) {
    old.insertBefore(match, at);
    return match;
  }
  while (at && at !== match) {
    const ahead = at;
    at = at.nextSibling;
    const still = ahead.nodeType === Node.ELEMENT_NODE && busy(ahead);
    if (!stays.has(ahead) && !still) old.appendChild(ahead);
  }
  return at;
}

// What waits

function wait(id, html) {
  pending.set(id, html);
  watching ||= setInterval(flush, 1000);
}

function flush() {
  for (const [id, html] of [...pending]) {
    const element = document.getElementById(id);
    if (!element) pending.delete(id);
    else if (!busy(element)) place(id, html);
  }
  if (pending.size) return;
  clearInterval(watching);
  watching = 0;
}

for (const name of ["focusout", "close", "htmx:afterRequest"]) {
  document.addEventListener(name, () => pending.size && setTimeout(flush, 0), true); // 'close' does not bubble
}

function tell(element, kind, id = element.id) {
  element.dispatchEvent(new CustomEvent("stepwell:patched", { bubbles: true, detail: { kind, id } }));
}
