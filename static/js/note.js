// A note being written: saved every few seconds and when a field is left, tried again without a network, never over another
// window's words. What could not be saved stays in this tab, through a reload and a new sign-in, until the server has it.

import { newKey } from "./new-key.js";

const PAUSE = 2_000; // ms after the last key
const AGAIN = 4_000; // ms until a failed save is tried again
const person = document.body.dataset.person ?? "";
const kept = `stepwell:note:${person}:${location.pathname}`;
let timer = 0;
let saving = null; // the saving that goes on, until the page knows the version it made
let stuck = false; // another window was quicker: a person chooses first
let leaving = false;

const form = () => document.querySelector("form[data-note]");
const words = () => {
  const data = new FormData(form());
  for (const name of ["csrfmiddlewaretoken", "key"]) data.delete(name);
  for (const name of [...data.keys()]) if (name.startsWith("reason-")) data.delete(name);
  for (const name of ["draft", "version", "episode"]) data.delete(name);
  return JSON.stringify([...data]);
};
const has = () => JSON.parse(words()).some(([, value]) => value.trim());
let saved = words();
const dirty = () => words() !== saved;

function say(text, state) {
  const line = document.getElementById("note-saved");
  line.textContent = text;
  line.dataset.state = state;
}

/** Which draft and version the words stand on: also of the small forms beside them. */
function stand(draft, version) {
  for (const input of document.querySelectorAll("input[name=draft]")) input.value = draft;
  for (const input of document.querySelectorAll("input[name=version]")) input.value = version;
}

const keep = () => sessionStorage.setItem(kept, JSON.stringify({
  words: words(), draft: form().elements.draft.value, version: form().elements.version.value, episode: form().elements.episode.value,
}));
const forget = () => sessionStorage.removeItem(kept);

function post(url, data) {
  return fetch(url, { method: "POST", body: data, headers: { Accept: "application/json" }, redirect: "follow" });
}

function signedOut() {
  keep();
  const next = encodeURIComponent(location.pathname + location.search);
  say("Your session ended. These words are kept in this tab: sign in again.", "late");
  leaving = true;
  location.assign(`/accounts/login/?next=${next}`);
}

/** One saving at a time: who asks meanwhile waits for the same, which goes on until nothing is unsaved. */
function save() {
  saving ??= saveAll().finally(() => { saving = null; });
  return saving;
}

async function saveAll() {
  clearTimeout(timer);
  if (stuck || !dirty() || !has()) return true;
  const told = words();
  const data = new FormData(form());
  data.set("key", newKey());
  say("Saving", "");
  const answer = await post(form().dataset.save, data).catch(() => null);
  if (!answer || answer.status >= 500) return failed("Not saved yet: trying again.");
  if (answer.status === 401) return signedOut();
  const found = await answer.json().catch(() => ({ said: "Not saved yet: the page is too old. Reload it; your words are kept." }));
  if (answer.status === 409) return conflict(found);
  if (!answer.ok) return failed(`Not saved: ${found.said}`, false);
  saved = told;
  stand(found.draft, found.version);
  forget();
  say(found.said, "saved");
  return dirty() ? saveAll() : true;
}

function failed(text, again = true) {
  keep();
  say(text, "late");
  clearTimeout(timer);
  if (again) timer = setTimeout(save, AGAIN);
  return false;
}

function conflict(found) {
  stuck = true;
  keep();
  say("Not saved: another window was quicker.", "late");
  const place = document.getElementById("note-conflict");
  place.innerHTML = found.html;
  place.dataset.draft = found.draft;
  place.dataset.version = found.version;
  place.querySelector(".findings").focus();
  return false;
}

function settle(take) {
  const place = document.getElementById("note-conflict");
  if (take) {
    for (const theirs of place.querySelectorAll("[data-saved]")) {
      const mine = form().elements[`f-${theirs.dataset.saved}`];
      [mine.value, theirs.value] = [theirs.value, mine.value];
      theirs.labels[0].textContent = theirs.labels[0].textContent.replace("as saved there", "your words, not saved");
    }
    for (const button of place.querySelectorAll("button")) button.remove();
  } else {
    place.replaceChildren();
  }
  if (place.dataset.version) stand(place.dataset.draft, place.dataset.version);
  stuck = false;
  saved = "";
  save();
}

/** Sign: the same key until the server has answered, so that a dead network never signs twice. */
async function sign() {
  await saving;
  const button = form().querySelector(".button--main");
  button.setAttribute("aria-busy", "true");
  keep();
  const answer = await post(form().action, new FormData(form())).catch(() => null);
  button.removeAttribute("aria-busy");
  if (!answer || answer.status >= 500) {
    say("Not signed: no answer came. Your words are kept; press Sign again.", "late");
    return;
  }
  if (answer.status === 401) {
    signedOut();
    return;
  }
  if (answer.ok) {
    leaving = true;
    forget();
    location.assign((await answer.json()).to);
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const main = page.getElementById("note-page");
  if (!main) {
    say("Not signed. Your words are kept: open the page again and look.", "late");
    return;
  }
  document.getElementById("note-page").replaceWith(main);
  saved = words();
  stuck = !!document.querySelector("[data-keep-mine]");
  if (!stuck) forget();
  document.querySelector("#note-page .findings")?.focus();
}

document.addEventListener("input", ({ target }) => {
  if (target.form !== form()) return;
  const mark = document.querySelector(`[data-copied="${target.name.slice(2)}"]`);
  if (mark) mark.hidden = target.value.trim() !== target.defaultValue.trim();
  if (stuck) return;
  clearTimeout(timer);
  timer = setTimeout(save, PAUSE);
});
document.addEventListener("focusout", ({ target }) => target.form === form() && !stuck && dirty() && save());
document.addEventListener("click", ({ target }) => {
  if (target.closest("[data-keep-mine]")) settle(false);
  if (target.closest("[data-take-saved]")) settle(true);
});
document.addEventListener("submit", (event) => {
  if (event.target === form()) {
    event.preventDefault();
    clearTimeout(timer);
    sign();
  } else if (event.target.matches("[data-note-beside]") && dirty() && has()) {
    event.preventDefault();
    const { target, submitter } = event;
    save().then((done) => done && target.requestSubmit(submitter));
  } else {
    leaving = event.target.matches("[data-note-beside]");
  }
});
window.addEventListener("online", save);
window.addEventListener("pagehide", () => !leaving && dirty() && has() && keep());
window.addEventListener("beforeunload", (event) => dirty() && has() && !leaving && event.preventDefault());

/** What an earlier page could not save comes back; it stands on the version it was written on, so nothing is overwritten. */
function restore() {
  const before = JSON.parse(sessionStorage.getItem(kept) ?? "null");
  if (!before || before.episode !== form().elements.episode.value || before.words === words()) {
    forget();
    return;
  }
  const values = JSON.parse(before.words);
  for (const box of form().querySelectorAll("input[type=checkbox]")) {
    box.checked = values.some(([name, value]) => name === box.name && value === box.value);
  }
  for (const [name, value] of values) {
    const input = form().elements[name];
    if (input && "value" in input && input.type !== "checkbox") input.value = value;
  }
  stand(before.draft, before.version);
  say("Not saved yet: what you typed before is back.", "late");
  save();
}
restore();
