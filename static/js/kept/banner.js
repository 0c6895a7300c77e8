// What a tablet says of itself at the top of every page: how many doses wait, since when, and when something is wrong.

const LOST = "Tell whoever looks after the tablets, and use the downtime packet.";
const GROUP = { late: "banner banner--late", stop: "banner banner--stop" };

const doses = (count) => (count === 1 ? "1 dose" : `${count} doses`);
const clock = (at, timeZone) => new Date(at).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone });
const hours = (since) => Math.floor((Date.now() - since) / 3_600_000);

/** How many doses wait: {count, since, mine, signedOut, loud (minutes), unsettled, unreadable, refused, error}; null: nothing. */
export function show(state) {
  if (state === null) return draw(null);
  const { count, since, zone, mine, signedOut, loud, unsettled = 0, unreadable = 0, refused = [], error } = state;
  if (unreadable) {
    const words = `${doses(unreadable)} charted on this tablet cannot be read any more: its key is gone. Ask who charted since ${clock(since, zone)}. ${LOST}`;
    return draw("stop", words);
  }
  if (!count) {
    return draw("late", `${doses(unsettled)} charted without the network ${unsettled === 1 ? "waits" : "wait"} to be settled.`, ["/pass/settle/", "Settle"]);
  }
  const loudly = Date.now() - since > loud * 60_000;
  const whose = mine ? "" : " by somebody else";
  const long = loudly ? ` They have waited for more than ${hours(since)} h: find a place with the network now.` : "";
  const why = refused.find(Boolean) ?? (signedOut ? "They are sent as soon as somebody signs in." : error?.status ? error.message : "They are sent as soon as the network is back.");
  draw(loudly ? "stop" : "late", `${doses(count)} charted${whose} on this tablet ${count === 1 ? "is" : "are"} not sent, the oldest of ${clock(since, zone)}.${long} ${why}`);
}

const SAID = {
  kept: ({ since, zone }) => ["late", `No network since ${since ? clock(since, zone) : "a while"}. You see the pass as it was then; what you chart is kept on this tablet and sent when the network is back.`],
  session: () => ["late", "The network is back, and your session ended. Sign in again: what was charted is sent then.", ["/accounts/login/?next=/pass/", "Sign in"]],
  gone: () => ["late", "The network is gone. What you tap now may not be charted.", [location.href, "Go on without it"]],
  revoked: () => ["stop", `This tablet was revoked: what it kept is wiped. ${LOST}`],
  lost: ({ count }) => ["stop", `${doses(count)} charted on this tablet are not sent, and the tablet is not registered any more. ${LOST}`],
  signout: ({ count }) => ["stop", `${doses(count)} charted on this tablet are not sent: signing out would lose them. Stay signed in until the network is back.`],
  refused: ({ error }) => ["stop", `This tablet cannot keep the pass for when the network is gone (${error.name}): do not chart without it. ${LOST}`],
};

/** One of the sentences above. */
export const said = (what, state) => draw(...SAID[what](state));

function draw(tone, words, link) {
  document.getElementById("kept-banner")?.remove();
  if (tone === null) return;
  const banner = document.createElement("div");
  banner.id = "kept-banner";
  banner.className = GROUP[tone];
  banner.setAttribute("role", tone === "stop" ? "alert" : "status");
  const line = document.createElement("p");
  line.textContent = words;
  banner.append(line);
  if (link) {
    const [href, name] = link;
    const go = Object.assign(document.createElement("a"), { href, textContent: name, className: "button button--small" });
    if (href === location.href) go.addEventListener("click", (event) => (event.preventDefault(), location.reload()));
    banner.append(go);
  }
  (document.getElementById("banners") ?? document.body).prepend(banner);
}
