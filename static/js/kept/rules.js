// What stands against charting a dose, as far as a tablet can tell without the network: the rules of emar/rules/administration on
// what the tablet keeps. Pure: no clock, no page, no storage. The server asks all of them again. Instants are milliseconds.

export const TAKEN = new Set(["given", "partial", "vomited", "self_administered"]);
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const NEARLY = 1e-9; // decimals that are added as binary numbers

const stop = (code, message, more = {}) => ({ code, severity: "stop", message, ...more });
const ask = (code, message, more = {}) => ({ code, severity: "override", message, ...more });
const time = (text) => (text === null || text === undefined ? null : Date.parse(text));
const minute = (moment) => Math.floor(moment / MINUTE);

/** '08:12', or '08:12 on Fri 6 Mar' when near is another day of the site; an hour that comes twice is marked the second time. */
export function sayClock(moment, zone, near = moment) {
  const parts = (at) => Object.fromEntries(format(zone).formatToParts(at).map(({ type, value }) => [type, value]));
  const now = parts(moment);
  const clock = `${now.hour}:${now.minute}`;
  const before = parts(moment - 60 * MINUTE);
  const said = clock === `${before.hour}:${before.minute}` ? `${clock} (second time)` : clock;
  const day = ({ weekday, day: number, month }) => `${weekday} ${number} ${month}`;
  return day(now) === day(parts(near)) ? said : `${said} on ${day(now)}`;
}

const formats = new Map();
function format(timeZone) {
  if (!formats.has(timeZone)) {
    // Only its parts are read. British months are four letters in September, and the server's are three.
    const shown = { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
    formats.set(timeZone, new Intl.DateTimeFormat("en-US", { ...shown, timeZone }));
  }
  return formats.get(timeZone);
}

/**
 * Everything that stands against the attempt, worst first. page, client, order and dose are what the tablet keeps (dose null for one
 * as needed); queued are this client's doses charted on this tablet: {order_id, due_at, outcome, amount, given_at, who}; attempt is
 * {outcome, given_at, amount, unit, identifiers, reason, note, measures, ...}, with given_at, and now, by the server's clock.
 */
export function check({ page, client, order, dose, queued = [], attempt, now }) {
  const facts = { page, client, order, dose, queued, attempt, now, zone: page.zone, taken: TAKEN.has(attempt.outcome) };
  const done = charted(facts);
  if (done) return [done];
  const found = [...standing(facts), ...clock(facts), ...reason(facts), ...measured(facts)];
  if (facts.taken) found.push(...person(facts), ...amount(facts), ...asked(facts), ...spacing(facts));
  if (facts.taken && found.every(({ severity }) => severity !== "stop")) found.push(...drawn(facts));
  return [...found.filter(({ severity }) => severity === "stop"), ...found.filter(({ severity }) => severity !== "stop")];
}

/** The findings that a reason does not answer yet. */
export const unanswered = (findings, reasons) =>
  findings.filter(({ code, severity }) => severity === "stop" || !(reasons?.[code] ?? "").trim());

function charted({ page, order, dose, queued, zone, attempt }) {
  if (!dose) return null;
  const mine = queued.find((each) => each.order_id === order.id && each.due_at === dose.due_at);
  const mark = dose.charted ?? mine;
  if (!mark) return null;
  const past = page.outcomes[mark.outcome]?.past ?? mark.outcome;
  const at = sayClock(time(mark.at ?? mark.given_at), zone, attempt.given_at);
  const where = mine ? `on this tablet at ${at}` : `at ${at} by ${mark.by}`;
  return stop("dose.already_charted", `${order.medication} ${sayClock(time(dose.due_at), zone)} was already charted ${past} ${where}.`);
}

function* standing({ client, order, attempt, zone, taken, now }) {
  const at = attempt.given_at;
  const name = order.medication;
  if (order.prn && at < time(order.begins)) {
    yield stop("dose.order_not_begun", `The order for ${name} begins at ${sayClock(time(order.begins), zone, now)}. Do not give it before.`);
  }
  if (order.ends && time(order.ends) <= at) {
    yield stop("dose.order_stopped", `The order for ${name} is stopped since ${sayClock(time(order.ends), zone, now)}. Do not give it.`);
  } else if (taken) {
    const hold = order.holds.find(({ since, until }) => time(since) <= at && (until === null || at < time(until)));
    const since = hold && sayClock(time(hold.since), zone, now);
    if (hold) yield stop("dose.order_held", `The order for ${name} is on hold since ${since}. Chart the dose as held, or ask the prescriber.`);
  }
  if (client.away && taken) {
    const until = client.away.until ? ` until ${sayClock(time(client.away.until), zone, now)}` : "";
    yield stop("dose.on_leave", `On leave${until}. Record the return when the network is back, or chart the dose as absent.`);
  }
}

function* clock({ page, order, dose, attempt, now, zone, taken }) {
  const { skew, late_entry: late, earliest } = page.policy;
  const given = attempt.given_at;
  const said = sayClock(given, zone, now);
  if (given - now > skew * MINUTE) {
    yield stop("dose.future", `${said} has not come yet: it is ${sayClock(now, zone)}. Check the time entered.`);
  } else if (now - given > late * MINUTE) {
    yield ask("dose.late_entry", `${said} is ${minute(now) - minute(given)} min ago. Say why it is entered late.`);
  }
  if (!dose || !taken) return;
  const due = time(dose.due_at);
  const off = minute(given) - minute(due);
  const { before, after, asks } = order.window;
  if (due - given > earliest * MINUTE) {
    const hours = Math.floor(earliest / 60);
    yield stop("dose.too_early", `${order.medication} is due at ${sayClock(due, zone, given)}, more than ${hours} h later. Choose the dose that is due now.`);
  } else if (asks && (off < -before || off > after)) {
    const how = `${Math.abs(off)} min ${off < 0 ? "early" : "late"}`;
    yield ask("dose.outside_window", `${order.medication} was due at ${sayClock(due, zone, given)}: ${said} is ${how}. Say why.`);
  }
}

function* reason({ page, attempt }) {
  const codes = (page.reasons[attempt.outcome] ?? []).map(([code]) => code);
  if (!codes.length) return;
  if (!codes.includes(attempt.reason)) {
    const label = page.outcomes[attempt.outcome].label.toLowerCase();
    yield stop("dose.reason_needed", `Choose the reason this dose is charted as ${label}.`);
  } else if (attempt.reason === "other" && !(attempt.note ?? "").trim()) {
    yield stop("dose.reason_needed", "Write in the note what the other reason is.");
  }
}

function* measured({ order, attempt, zone, taken }) {
  const values = attempt.measures ?? [];
  const wrong = values.filter(({ measure, value }) => {
    const span = order.limits.find((limit) => limit.measure === measure)?.span;
    return span && !(Number(value) >= span[0] && Number(value) <= span[1]);
  });
  for (const { measure } of wrong) {
    const { label, span } = order.limits.find((limit) => limit.measure === measure);
    yield stop("dose.measure_wrong", `${label} is a number from ${span[0]} to ${span[1]}. Enter it again.`);
  }
  if (wrong.length || !taken) return;
  for (const limit of order.limits) {
    const value = values.filter(({ measure }) => measure === limit.measure).sort((a, b) => b.taken_at - a.taken_at)[0];
    if (!value) {
      yield stop("dose.measure_needed", `Measure ${limit.label} first: ${limit.words.toLowerCase()}.`);
    } else if (attempt.given_at - value.taken_at > limit.fresh * MINUTE) {
      const when = sayClock(value.taken_at, zone, attempt.given_at);
      yield stop("dose.measure_stale", `${limit.label} ${value.value} is from ${when}, more than ${limit.fresh} min before. Measure again.`);
    } else if (limit.comparison === "below" ? Number(value.value) < Number(limit.value) : Number(value.value) > Number(limit.value)) {
      const words = `${limit.label} ${value.value} is ${limit.comparison === "below" ? "under" : "over"} ${limit.value}`;
      if (limit.strict) yield stop("dose.outside_limit", `${words}. Hold the dose and tell the prescriber.`);
      else yield ask("dose.outside_limit", `${words}: hold, or say why.`);
    }
  }
}

function* person({ page, order, attempt }) {
  const shown = new Set(attempt.identifiers ?? []);
  const weight = [...shown].reduce((sum, each) => sum + (each === "wristband" ? 2 : 1), 0);
  if (weight < page.policy.identifiers) {
    yield stop("dose.not_verified", "Check two identifiers first: the wristband, or name with birth date or photo.");
  }
  if (order.allergies.length) {
    yield ask("dose.allergy", `Allergy on the chart: ${order.allergies.join(", ")}. Ask the prescriber; to give it, say why it is safe.`);
  }
}

function* amount({ order, dose, attempt }) {
  const given = Number(attempt.amount);
  const unit = order.unit;
  const ordered = Number(dose?.amount ?? order.amount);
  const most = order.ranged ? Number(order.most) : ordered;
  if (!attempt.amount || !/^\d{1,9}(\.\d{1,3})?$/.test(attempt.amount) || !(given > 0)) {
    yield stop("dose.amount", "Enter the amount taken: a number of more than zero.");
  } else if (attempt.unit !== unit) {
    yield stop("dose.unit", `The order is in ${unit}. Enter the amount in ${unit}.`);
  } else if (given > most + NEARLY) {
    yield stop("dose.amount", `${attempt.amount} ${unit} is more than the ${most} ${unit} ordered. Check the amount, or ask the prescriber.`);
  } else if (attempt.outcome === "given" && given < ordered - NEARLY) {
    yield stop("dose.amount", `${attempt.amount} ${unit} is less than the ${ordered} ${unit} ordered. Chart it as part given.`);
  } else if (attempt.outcome === "partial" && given >= ordered - NEARLY) {
    yield stop("dose.amount", `${attempt.amount} ${unit} is the whole dose of ${ordered} ${unit}. Chart it as given.`);
  }
}

function* asked({ page, order, attempt }) {
  const themselves = attempt.outcome === "self_administered";
  const has = (name) => (attempt[name] ?? "").trim() !== "";
  if (order.sites && !(page.body_sites[order.sites] ?? []).some(([code]) => code === attempt.body_site)) {
    yield stop("dose.site_needed", `Choose where it ${order.sites === "injection" ? "is injected" : "is put on"}: a place on the body from the list.`);
  }
  if (order.prn) {
    if (!has("prn_reason") && !has("note")) {
      yield stop("prn.reason_needed", "Write what it is for, in the client's words: an as-needed dose has a reason.");
    }
    if (order.prn.scales.length && !has("score")) {
      const names = order.prn.scales.map((each) => page.scales[each].name).join(" or ");
      yield ask("prn.score_needed", `Ask for the ${names} score before the dose, or say why there is none.`);
    }
    if (order.psychotropic && !has("tried_first")) {
      yield stop("prn.tried_first", "Write what else was tried first, or that nothing could be, and why.");
    }
  }
  if (has("score")) {
    const scale = page.scales[attempt.scale];
    const score = Number(attempt.score);
    if (!scale) yield stop("prn.score", "A score has a number and names its scale. Choose the scale, then enter the score.");
    else if (!(score >= 0 && score <= scale.top)) yield stop("prn.score", `${scale.name} is scored from 0 to ${scale.top}. Enter the score again.`);
    else if (order.prn?.scales.length && !order.prn.scales.includes(attempt.scale)) {
      yield stop("prn.score", `This dose asks for another score than ${scale.name}.`);
    }
  }
  if (themselves && order.mode === "nurse") {
    yield ask("dose.by_client", "The order is for a nurse to give. Say why the client took it themselves.");
  }
  if (themselves && !has("attested_as")) {
    yield stop("dose.attestation_needed", "The client signs for what they took: enter the name as they sign it.");
  }
  if (order.watch_mouth && !attempt.mouth_checked) {
    yield ask("dose.mouth_check", "Look into the mouth until the medication is gone, or say why not.");
  }
  if (order.witness === "required") {
    const words = `${order.medication} needs a second person who signs with their PIN, and that needs the network.`;
    yield stop("dose.witness_needed", `${words} Use the downtime packet, and enter it afterwards.`);
  }
}

function* drawn({ order }) {
  if (!order.counted_here) return;
  const words = `${order.medication} is counted here, and saying what it is drawn from needs the network.`;
  yield stop("stock.line_needed", `${words} Use the downtime packet, and enter it afterwards.`);
}

/** What of an order's ingredients was taken lately: what the tablet keeps, and what was charted on it since. */
function takings({ order, client, queued }) {
  const orders = new Map(client.orders.map((each) => [each.id, each]));
  const recent = order.recent.map(({ at, amount: much, same, shares }) => ({ at: time(at), much: much === null ? 0 : Number(much), same, shares }));
  const ceilings = order.ceilings.map((each) => ({ ...each, recent: each.recent.map(({ at, amount: much }) => ({ at: time(at), much: much === null ? null : Number(much) })) }));
  for (const each of queued) {
    const from = orders.get(each.order_id);
    if (!from || !TAKEN.has(each.outcome)) continue;
    const shared = order.names.find((name) => from.names.includes(name));
    const into = (name, unit) => {
      const factor = from.contents[`${name}|${unit}`];
      return factor === undefined ? null : Number(each.amount) * Number(factor);
    };
    const at = time(each.given_at);
    if (shared !== undefined) {
      const main = shared === order.ingredient;
      recent.push({ at, much: main ? (into(order.ingredient, order.unit) ?? 0) : 0, same: from.id === order.id, shares: main ? "" : shared });
    }
    for (const ceiling of ceilings) {
      if (from.names.includes(ceiling.ingredient)) ceiling.recent.push({ at, much: into(ceiling.ingredient, ceiling.unit) });
    }
  }
  return { recent, ceilings };
}

function* spacing(facts) {
  const { page, order, attempt, zone } = facts;
  const { recent, ceilings } = takings(facts);
  const at = attempt.given_at;
  const much = Number(attempt.amount) || 0;
  const passed = ceilings.filter((each) => over({ amount: Number(each.most) }, each.recent, at, each.each === null ? 0 : much * Number(each.each)));
  const tooMuch = ({ ingredient, most, unit }) => `This would pass the most ${ingredient} in 24 h: ${most} ${unit}, all orders together.`;
  if (order.prn) {
    const own = recent.filter(({ shares }) => !shares);
    const gap = (order.prn.gap - page.policy.prn_grace) * MINUTE;
    const near = tooClose(own, at, gap);
    if (near) {
      const words = `${capital(order.ingredient)} was given at ${sayClock(near.at, zone, at)} and must be ${sayGap(order.prn.gap)} apart.`;
      const free = ` It is free at ${sayClock(near.at + gap, zone, at)}. To give it sooner, speak to the prescriber and say why.`;
      yield ask("prn.too_soon", words + free, { ask: "prescriber" });
    }
    if (over({ doses: order.prn.most }, own, at, much)) {
      yield stop("prn.over_maximum", `This would pass the most ${order.ingredient} in 24 h: ${order.prn.most} doses, all orders together.`);
    }
    for (const each of passed) yield stop("prn.over_maximum", tooMuch(each));
    yield* uncounted(ceilings, at);
    return;
  }
  if (passed.length) {
    yield ask("dose.over_maximum", `${tooMuch(passed[0])} Speak to the prescriber; to give it, say why.`, { ask: "prescriber" });
  }
  if (order.interval !== null) {
    const least = (order.interval * MINUTE * page.policy.interval_percent) / 100;
    const near = tooClose(recent.filter(({ same }) => same), at, least);
    if (near) {
      const words = `${order.medication} was given at ${sayClock(near.at, zone, at)}. Wait until ${sayClock(near.at + least, zone, at)}.`;
      yield stop("dose.too_soon", words);
    }
  }
  const near = tooClose(recent.filter(({ same }) => !same), at, page.policy.same_ingredient * MINUTE);
  if (near) {
    const name = capital(near.shares || order.ingredient);
    yield ask("dose.given_lately", `${name} was given at ${sayClock(near.at, zone, at)} under another order. Say why both are right.`);
  }
}

function* uncounted(ceilings, at) {
  for (const { ingredient, most, unit, each, recent } of ceilings) {
    if (each !== null && recent.every((dose) => Math.abs(dose.at - at) >= DAY || dose.much !== null)) continue;
    const words = `The formulary does not say how much ${ingredient} is in every dose of the last 24 h. Count it yourself`;
    yield ask("prn.uncounted", `${words} (the most is ${most} ${unit}), then say what you found.`);
    return;
  }
}

function tooClose(recent, at, gap) {
  const nearest = [...recent].sort((a, b) => Math.abs(a.at - at) - Math.abs(b.at - at))[0];
  return nearest && Math.abs(nearest.at - at) < gap ? nearest : null;
}

/** Whether one more dose makes any 24 hours that hold it exceed the maximum. */
function over({ doses = null, amount: most = null }, recent, at, much) {
  const taken = [...recent, { at, much }];
  return taken
    .filter((each) => at <= each.at && each.at < at + DAY)
    .some(({ at: end }) => {
      const held = taken.filter((each) => end - DAY < each.at && each.at <= end);
      const sum = held.reduce((total, each) => total + (each.much ?? 0), 0);
      return (doses !== null && held.length > doses) || (most !== null && sum > most + NEARLY);
    });
}

const capital = (words) => words.charAt(0).toUpperCase() + words.slice(1);
const sayGap = (minutes) => (minutes % 60 ? `${minutes} min` : `${minutes / 60} h`);
