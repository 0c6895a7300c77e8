// Draws the kept pass: the strip of clients, who is in front of the nurse, and their doses.

import { h, icon } from "./dom.js";
import { sayClock } from "./rules.js";

const SOON = 90 * 60_000;
const LOOKS = { given: "given", partial: "given", self_administered: "given", vomited: "given", refused: "refused", held: "held" };
const IDENTIFIERS = [["name", "Says the name"], ["birth_date", "Says the birth date"], ["photo", "Matches a photo ID"], ["wristband", "Wristband read by eye"]];

/** Doses of a client that wait now. */
export const waitingOf = (client, mine, now) =>
  client.orders.flatMap((order) => order.doses.filter((dose) => !dose.charted && !mine(client, order, dose) && open(dose, now) && !held(order, now)));

const open = (dose, now) => Date.parse(dose.opens_at) <= now;
const held = (order, now) => order.holds.some(({ since, until }) => Date.parse(since) <= now && (until === null || now < Date.parse(until)));

export function strip(view) {
  const clients = view.page.clients.map((client) => {
    const due = waitingOf(client, view.mine, view.now).length;
    const unsent = view.queue.filter(({ client_id: id }) => id === client.id).length;
    const said = client.away ? client.away.words.toLowerCase() : due ? `${due} due` : "nothing due";
    const more = unsent ? h("small.kept__unsent", {}, `${unsent} unsent`) : null;
    const state = client.away ? "away" : due ? "due" : "done";
    const current = client.id === view.client?.id ? "true" : null;
    return h("button.strip__client", { type: "button", "data-state": state, "aria-current": current, onclick: () => view.choose(client.id) }, h("b", {}, client.initials, client.room ? h("small", {}, ` ${client.room}-${client.bed}`) : null), h("span", {}, said, more));
  });
  return h("nav.strip", { "aria-label": "Clients" }, clients);
}

export function whois(view) {
  const { client, identified } = view;
  const [year, month, day] = client.born_on.split("-").map(Number);
  const born = new Date(Date.UTC(year, month - 1, day)).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" }).replace("Sept", "Sep");
  const place = client.room ? ` · Room ${client.room}, bed ${client.bed}` : "";
  return h("header.whois", {},
    h("div.whois__who", {}, h("h2.whois__name", {}, client.name), h("p.whois__line", {}, `Born ${born}${place}${client.pronouns ? ` · ${client.pronouns}` : ""}`),
      h("p.row", {}, identified && h("span.pill.pill--free", {}, icon("check"), `Checked ${sayClock(identified.at, view.page.zone)}`), client.away && h("span.pill.pill--other", {}, client.away.words))));
}

export function verify(view) {
  if (view.identified || view.broken) return null;
  const boxes = IDENTIFIERS.map(([value, words]) => h("label.check", {}, h("input", { type: "checkbox", name: "by", value }), h("span", {}, words)));
  const error = h("p.field__error", { role: "alert", hidden: true });
  const submit = (event) => {
    event.preventDefault();
    const by = new FormData(event.target).getAll("by");
    if (view.identify(by)) return;
    error.textContent = "Check two identifiers, or read the wristband.";
    error.hidden = false;
  };
  return h("form.verify", { onsubmit: submit }, h("fieldset.verify__two", {}, h("legend.verify__title", {}, "Who is it? Check two"), boxes, error), h("div.verify__acts", {}, h("button.button.button--main", {}, `It is ${view.client.name}`)));
}

export const allergies = ({ client }) => client.allergies.length
  ? h("p.allergies", {}, icon("alert"), h("span", {}, h("b", {}, "Allergies:"), ` ${client.allergies.join(" · ")}`))
  : client.none_known
    ? h("p.allergies.allergies--none", {}, h("span", {}, h("b", {}, `${client.none_known}.`)))
    : h("p.allergies.allergies--unknown", {}, icon("alert"), h("span", {}, h("b", {}, "Allergies: not asked yet."), " Ask before the first dose."));

export function doses(view) {
  const { client, now } = view;
  const all = client.orders.flatMap((order) => order.doses.map((dose) => ({ order, dose })));
  all.sort((a, b) => Date.parse(a.dose.due_at) - Date.parse(b.dose.due_at) || a.dose.title.localeCompare(b.dose.title));
  const soon = all.filter(({ dose }) => Date.parse(dose.due_at) <= now + SOON);
  const later = all.filter(({ dose }) => Date.parse(dose.due_at) > now + SOON);
  const prns = client.orders.filter(({ prn, ends }) => prn && (!ends || Date.parse(ends) > now));
  const list = (rows) => h("ul.doses", {}, rows);
  return h("fieldset.stack", { disabled: !view.identified || Boolean(view.broken), "data-verified": view.identified ? "yes" : "no" },
    h("legend.visually-hidden", {}, `Doses of ${client.name}`),
    soon.length ? list(soon.map((each) => doseRow(view, each))) : h("p.quiet", {}, `Nothing is due to ${client.name} now.`),
    prns.length ? [h("h3.doses__heading", {}, "As needed"), list(prns.map((order) => prnRow(view, order)))] : null,
    later.length ? [h("h3.doses__heading", {}, "Later"), list(later.map((each) => doseRow(view, each)))] : null);
}

function doseRow(view, { order, dose }) {
  const { zone, outcomes } = view.page;
  const due = sayClock(Date.parse(dose.due_at), zone, view.now);
  const sent = dose.charted;
  const mine = view.mine(view.client, order, dose);
  const title = heading(order, dose.title);
  const act = (words, give) => h("button.button.button--tall", { type: "button", onclick: () => view.sheet(order, dose, give), "aria-label": `${words} ${dose.title}` }, words);
  if (sent || mine) {
    const said = mine ? `${outcomes[mine.outcome].label} ${sayClock(mine.at, zone, view.now)} on this tablet, not sent yet` : `${outcomes[sent.outcome]?.label ?? sent.outcome} ${sayClock(Date.parse(sent.at), zone, view.now)} by ${sent.by}`;
    return row(mine ? "unsent" : (LOOKS[sent.outcome] ?? "unavailable"), title, h("p.dose__done", {}, icon(mine ? "clock" : "check"), h("span", {}, `${said} · was due ${due}`)));
  }
  if (held(order, view.now)) return row("held", title, h("p.dose__done", {}, icon("clock"), h("span", {}, `On hold: ${order.holds[0].why} · was due ${due}`)), act("Chart as held"));
  if (!open(dose, view.now)) {
    return row("upcoming", title, h("p.dose__sig", {}, `${dose.sig} · due ${due}`), h("button.button.button--tall", { type: "button", disabled: true }, `From ${sayClock(Date.parse(dose.opens_at), zone, view.now)}`));
  }
  const late = dose.closes_at && Date.parse(dose.closes_at) <= view.now;
  if (late) return row("missed", title, h("p.dose__done", {}, icon("clock"), h("span", {}, `Missed · was due ${due}`)), act("Say why", true));
  const more = h("button.button.button--icon.button--tall", { type: "button", onclick: () => view.sheet(order, dose), "aria-label": `Other outcomes for ${dose.title}` }, "…");
  const asks = order.ranged || order.limits.length || order.observed || order.sites || order.witness === "required";
  const give = h("button.button.button--main.button--accent", { type: "button", onclick: () => (asks ? view.sheet(order, dose, true) : view.give(order, dose)), "aria-label": `Give ${dose.title}` }, asks ? "Give …" : "Give");
  return row("due", title, [h("p.dose__sig", {}, `${dose.sig} · due ${due}`), limits(order)], more, give);
}

function prnRow(view, order) {
  const { zone } = view.page;
  const taken = [...order.recent.filter(({ shares }) => !shares).map(({ at }) => Date.parse(at)), ...view.queue.filter((each) => each.order_id === order.id && each.amount).map(({ at }) => at)];
  const last = taken.length ? `Last ${sayClock(Math.max(...taken), zone, view.now)} · ${taken.length} in 24 h` : "None in 24 h";
  const unsent = view.queue.some(({ order_id: id }) => id === order.id);
  const line = h("p.dose__sig", {}, [order.prn.for, order.sig, last].filter(Boolean).join(" · "));
  const words = unsent ? [line, h("p.dose__done", {}, icon("clock"), h("span", {}, "Charted on this tablet, not sent yet"))] : [line];
  if (held(order, view.now)) return row("held", heading(order, order.title), h("p.dose__done", {}, `On hold: ${order.holds[0].why}`));
  return row(unsent ? "unsent" : "prn", heading(order, order.title), [words, limits(order)], h("button.button.button--tall", { type: "button", onclick: () => view.sheet(order, null, true), "aria-label": `Give ${order.title} as needed` }, "Give"));
}

const heading = (order, title) => h("h3.dose__drug", {}, title,
  order.controlled && h("span.pill", {}, order.controlled), order.high_alert && h("span.pill.pill--stop", {}, "High alert"),
  order.look_alike && h("span.pill.pill--caution", {}, "Looks like another"), order.time_critical && h("span.pill.pill--late", {}, "On time"));

const limits = (order) => order.limits.length || order.allergies.length
  ? h("p.dose__asks", {}, order.limits.map(({ words }) => h("span.fact.fact--caution", {}, words)), order.allergies.length ? h("span.fact.fact--stop", {}, `Allergy: ${order.allergies.join(", ")}`) : null)
  : null;

const row = (state, title, words, ...acts) => h("li.dose", { "data-state": state }, h("div.dose__what", {}, title, words), h("div.dose__acts", {}, acts));
