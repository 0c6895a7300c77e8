// The client's page: an answer is sent until the server has it, without leaving a trace of pages to go back to. What this browser
// keeps for when the network is gone is taken away first: it is not the client's.

const AGAIN = 3000;

caches?.delete("stepwell-evacuation").catch(() => {});
navigator.serviceWorker?.getRegistrations().then((all) => all.forEach((each) => each.unregister())).catch(() => {});

const wait = document.querySelector("[data-wait]");

async function send(form, button) {
  const fields = new URLSearchParams(new FormData(form));
  fields.set(button.name, button.value);
  for (const each of form.querySelectorAll("button")) each.disabled = true;
  button.setAttribute("aria-pressed", "true");
  for (;;) {
    try {
      const answer = await fetch(form.action, { method: "POST", body: fields, redirect: "manual" });
      if (answer.status < 500) break;
    } catch {
      // no network: say so, and go on trying
    }
    if (wait) wait.hidden = false;
    await new Promise((done) => setTimeout(done, AGAIN));
  }
  location.replace(location.pathname);
}

for (const form of document.querySelectorAll("[data-hand-over]")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    send(form, event.submitter);
  });
}
