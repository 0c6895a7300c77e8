// The sheet of a dose without the network: what became of it, what goes with that, and why a finding is gone past.

import { h } from "./dom.js";
import { sayClock, TAKEN } from "./rules.js";

const NOT_GIVEN = ["refused", "held", "absent", "not_available"];
const OTHERS = [...NOT_GIVEN, "partial", "self_administered", "vomited"];
const SHORT = { self_administered: "Self-taken", vomited: "Vomited", not_available: "Not in stock" };

/** Opens the sheet; chart(attempt) charts it, or returns the findings that stand against it. */
export function openSheet({ page, client, order, dose, give, chart, at }) {
  const outcomes = dose ? (give ? ["given", ...OTHERS] : OTHERS) : ["given", "self_administered"];
  let outcome = order.observed && outcomes.includes("self_administered") && give ? "self_administered" : outcomes[0];
  const fields = h("div.stack");
  const said = h("div", { hidden: true });
  const title = h("h2.dialog__title", { id: "sheet-title" }, dose?.title ?? order.title, h("small", {}, ` ${dose ? `due ${sayClock(Date.parse(dose.due_at), page.zone)}` : "as needed"}, ${client.name}`));
  const close = () => dialog.close();

  const draw = () => fields.replaceChildren(...fieldsOf({ page, order, dose, outcome, at }));
  const option = (each) => {
    const change = () => ((outcome = each), draw());
    const input = h("input", { type: "radio", name: "outcome", value: each, checked: each === outcome, onchange: change });
    return h("label.segmented__option", {}, input, h("span", {}, SHORT[each] ?? page.outcomes[each].label));
  };
  const group = (legend, some) =>
    some.length > 0 && h("fieldset.segmented.segmented--fill.segmented--tall", {}, h("legend.visually-hidden", {}, legend), some.map(option));
  const choose = [
    group("Not taken", outcomes.filter((each) => !TAKEN.has(each))),
    group("Taken", outcomes.filter((each) => TAKEN.has(each))),
  ];

  const submit = async (event) => {
    event.preventDefault();
    const standing = await chart({ ...read(new FormData(form), { page, order, outcome }), outcome });
    if (!standing) return close();
    said.hidden = false;
    said.replaceChildren(findings(standing, page));
    said.firstChild.focus();
  };
  const form = h("form", { onsubmit: submit, novalidate: true },
    h("header.dialog__head", {}, title, h("button.button.button--quiet", { type: "button", onclick: close }, "Close")),
    h("div.dialog__body.stack", {}, said, choose, fields, field("In their words", h("textarea.input", { name: "note", rows: 2, maxlength: 300 }), "optional"), field("When", h("input.input.input--short", { name: "given_at", type: "time" }), `empty: now, ${at}`)),
    h("footer.dialog__acts", {}, h("button.button", { type: "button", onclick: close }, "Cancel"), h("button.button.button--main.button--accent", {}, "Chart it")));
  const dialog = h("dialog.dialog.sheet", { "aria-labelledby": "sheet-title" }, form);
  dialog.addEventListener("close", () => dialog.remove());
  draw();
  document.body.append(dialog);
  dialog.showModal();
}

let fresh = 0;
function field(label, input, more = "") {
  input.id ||= `kept-${(fresh += 1)}`;
  return h("div.field", {}, h("label.field__label", { for: input.id }, label, more && h("span.field__optional", {}, ` ${more}`)), input);
}

const text = (name, label, more, attributes = {}) => field(label, h("input.input", { name, autocomplete: "off", maxlength: 120, ...attributes }), more);

function choices(name, legend, pairs) {
  return h("fieldset.choices.choices--two", {}, h("legend.choices__legend", {}, legend), pairs.map(([value, words]) => h("label.choice", {}, h("input", { type: "radio", name, value }), h("span", {}, words))));
}

function* fieldsOf({ page, order, dose, outcome }) {
  const label = page.outcomes[outcome].label.toLowerCase();
  if (page.reasons[outcome]) yield choices("reason", `Why ${label}?`, page.reasons[outcome]);
  if (!TAKEN.has(outcome)) return;
  if (order.prn) {
    yield text("prn_reason", "What is it for?");
    const [scale] = order.prn.scales;
    if (order.prn.scales.length > 1) {
      yield field("Which score", h("select.input", { name: "scale" }, order.prn.scales.map((each) => h("option", { value: each }, page.scales[each].name))));
    }
    if (scale) {
      const named = order.prn.scales.length > 1 ? "Score before" : `${page.scales[scale].name} score before`;
      yield text("score", named, order.prn.scales.length > 1 ? "" : `0 to ${page.scales[scale].top}`, { inputmode: "decimal" });
    }
    if (order.psychotropic) yield text("tried_first", "What was tried first");
  }
  for (const limit of order.limits) yield text(`measure-${limit.measure}`, limit.label, `${limit.unit} · ${limit.words}`, { inputmode: "decimal" });
  const amount = outcome === "partial" || order.ranged ? "" : (dose?.amount ?? order.amount);
  yield text("amount", `Amount taken, in ${order.unit}`, order.ranged ? `ordered: ${order.amount} to ${order.most}` : "", { inputmode: "decimal", value: amount });
  if (order.sites) yield choices("body_site", order.sites === "injection" ? "Where is it injected?" : "Where is it put on?", page.body_sites[order.sites]);
  if (outcome === "self_administered") yield text("attested_as", "The client signs with their name", "", { maxlength: 80 });
  if (order.watch_mouth) yield h("label.check", {}, h("input", { type: "checkbox", name: "mouth_checked", value: "yes" }), h("span", {}, "Mouth looked into until it was gone"));
}

function read(form, { order, outcome }) {
  const said = (name) => (form.get(name) ?? "").toString().trim();
  const taken = TAKEN.has(outcome);
  const score = said("score");
  return {
    reason: said("reason"), note: said("note"), clock: said("given_at"),
    amount: taken ? said("amount").replace(/^(\d+),(\d{1,3})$/, "$1.$2") : null, unit: taken ? order.unit : null,
    prn_reason: said("prn_reason"), score: score || null, scale: score ? said("scale") || order.prn?.scales[0] || "" : "",
    tried_first: said("tried_first"), body_site: said("body_site"), attested_as: said("attested_as"),
    mouth_checked: order.watch_mouth && taken ? form.has("mouth_checked") : null,
    values: order.limits.map(({ measure }) => ({ measure, value: said(`measure-${measure}`) })).filter(({ value }) => value),
    overrides: Object.fromEntries([...form].filter(([name, value]) => name.startsWith("why-") && value.trim()).map(([name, value]) => [name.slice(4), value.trim()])),
    contact_id: Number(said("contact_id")) || null,
  };
}

/** What stands against it; where a reason goes past it, a field for the reason. */
function findings(standing, page) {
  const line = ({ code, severity, message, given }) => h(`li.finding.finding--${severity}`, { "data-code": code }, h("p.finding__message", {}, message),
    severity === "override" && field("Why it is right all the same", h("input.input", { name: `why-${code}`, maxlength: 300, autocomplete: "off", value: given ?? "" })));
  const contact = standing.some((each) => each.ask === "prescriber" || each.code === "dose.contact_needed");
  const whom = contact && field("Whom you spoke to", h("select.input", { name: "contact_id" }, h("option", { value: "" }, "Choose the prescriber"), (page.prescribers ?? []).map(({ id, name }) => h("option", { value: id }, name))));
  return h("section.findings", { role: "alert", tabindex: "-1", "data-severity": standing[0].severity }, h("h2.findings__title", {}, "Not charted yet"), h("ul.findings__list", {}, standing.map(line)), whom);
}
