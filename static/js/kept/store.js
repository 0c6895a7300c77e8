// What a tablet keeps on itself: the pass, and the doses charted without the network. Everything about a client is encrypted
// (AES-GCM) with a key that cannot be read out of the browser; both lie in IndexedDB. In the clear stand only numbers and times.

const NAME = "stepwell-kept";
const LONGEST = 20 * 60 * 60 * 1000; // a pass that old is no pass any more

let opened;

/** The database; refused (private window, broken disk) is an error with a sentence. */
function database() {
  opened ??= new Promise((done, failed) => {
    const asked = indexedDB.open(NAME, 1);
    asked.onupgradeneeded = () => {
      for (const store of ["keys", "state", "pass"]) asked.result.createObjectStore(store);
      asked.result.createObjectStore("queue", { keyPath: "place" });
    };
    asked.onsuccess = () => {
      asked.result.onversionchange = () => asked.result.close();
      asked.result.onclose = () => (opened = undefined);
      done(asked.result);
    };
    asked.onerror = asked.onblocked = () => failed(asked.error ?? new Error("IndexedDB is blocked"));
  }).catch((error) => {
    opened = undefined;
    throw error;
  });
  return opened;
}

/** One transaction; resolves when it is on the disk, with what act returned. */
async function within(stores, mode, act) {
  const db = await database();
  return new Promise((done, failed) => {
    const work = db.transaction(stores, mode, mode === "readwrite" ? { durability: "strict" } : {});
    let answer;
    work.oncomplete = () => done(answer?.result ?? answer);
    work.onabort = work.onerror = () => failed(work.error ?? new Error("The transaction was ended"));
    answer = act(...[stores].flat().map((name) => work.objectStore(name)));
  });
}

const get = (store, key) => within(store, "readonly", (rows) => rows.get(key));
const put = (store, key, value) => within(store, "readwrite", (rows) => rows.put(value, key));

/** The key of this tablet, made once; {id, key}. */
async function dataKey({ make }) {
  const known = await get("keys", "data");
  if (known?.key || !make) return known?.key ? known : null;
  const key = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
  const made = { id: crypto.randomUUID(), key };
  await put("keys", "data", made);
  return get("keys", "data"); // another window may have been first
}

async function sealed(value) {
  const { key } = await dataKey({ make: true });
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const text = new TextEncoder().encode(JSON.stringify(value));
  return { iv, box: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, text) };
}

/** What was sealed; null where the key is gone or another one. */
async function unsealed(row) {
  const known = await dataKey({ make: false });
  if (!known || !row) return null;
  try {
    const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv: row.iv }, known.key, row.box);
    return JSON.parse(new TextDecoder().decode(text));
  } catch (error) {
    console.info("Not readable:", error.name);
    return null;
  }
}

export const keyId = async () => (await dataKey({ make: false }))?.id ?? "";
export const readState = async () => (await get("state", "state")) ?? {};

/** Changes what is known of the tablet: {person, tablet, offset, contactAt, loud, ...}. */
export const changeState = (change) =>
  within("state", "readwrite", (rows) => {
    const asked = rows.get("state");
    asked.onsuccess = () => rows.put({ ...asked.result, ...change }, "state");
  });

/** Keeps what doses are signed with in a person's name; the secret itself is not kept. */
export async function keepGrant(person, { token, secret }) {
  const bytes = Uint8Array.from(atob(secret.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const key = await crypto.subtle.importKey("raw", bytes, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  await put("keys", "sign", { person, token, key });
}

async function signature(text) {
  const grant = await get("keys", "sign");
  if (!grant) return null;
  const bytes = new Uint8Array(await crypto.subtle.sign("HMAC", grant.key, new TextEncoder().encode(text)));
  const hex = [...bytes].map((each) => each.toString(16).padStart(2, "0")).join("");
  return { person: grant.person, token: grant.token, signature: hex };
}

/** Who may chart on this tablet while the network is gone; null for nobody. */
export const signer = async () => (await get("keys", "sign"))?.person ?? null;

/** Keeps a unit's pass for a person; other people's go. */
export async function keepPass(person, page) {
  const row = { person, at: Date.now(), unit: page.unit_id, ...(await sealed(page)) };
  await put("pass", page.unit_id, row);
}

/** The kept pass of a unit (or the newest), for the person it was kept for: {person, at, page}; null for none that is fresh. */
export async function readPass(unit) {
  const rows = await within("pass", "readonly", (found) => found.getAll());
  const fresh = rows.filter(({ at, unit }) => unit && Math.abs(Date.now() - at) < LONGEST).sort((a, b) => b.at - a.at);
  const row = fresh.find((each) => each.unit === unit) ?? fresh[0];
  const page = row ? await unsealed(row) : null;
  return page ? { person: row.person, at: row.at, page } : null;
}

/** Keeps the downtime packet of the site: a piece of a page, as the server drew it. */
export const keepPaper = async (person, html) => put("pass", "paper", { person, at: Date.now(), ...(await sealed(html)) });

/** The packet that is kept: {at, html}; null for none that is fresh. */
export async function readPaper() {
  const row = await get("pass", "paper");
  const html = row && Math.abs(Date.now() - row.at) < LONGEST ? await unsealed(row) : null;
  return html ? { at: row.at, html } : null;
}

/** Writes a dose down, signed and encrypted. Only when this resolves is it charted. Rejects when it cannot be kept. */
export async function enqueue(entry) {
  const place = await next();
  const text = JSON.stringify({ ...entry, place });
  const signed = await signature(text);
  if (!signed || signed.person !== entry.person_id) throw new Error("Nobody may chart on this tablet now");
  const row = { place, at: Date.now(), person: entry.person_id, key: entry.key };
  const box = await sealed({ text, token: signed.token, signature: signed.signature });
  await within("queue", "readwrite", (rows) => rows.add({ ...row, ...box }));
  return { ...entry, place };
}

const next = () =>
  within(["state", "queue"], "readwrite", (state) => {
    const answer = { result: 0 };
    const asked = state.get("place");
    asked.onsuccess = () => state.put((answer.result = (asked.result ?? 0) + 1), "place");
    return answer;
  });

/** What waits, in the clear: {count, since, people}. */
export async function waiting() {
  const rows = await within("queue", "readonly", (found) => found.getAll());
  const since = rows.length ? Math.min(...rows.map(({ at }) => at)) : null;
  return { count: rows.length, since, people: [...new Set(rows.map(({ person }) => person))] };
}

/** The queue in its order: [{place, key, person, at, said, sent}], and how many of it cannot be read. */
export async function readQueue() {
  const rows = await within("queue", "readonly", (found) => found.getAll());
  const read = await Promise.all(
    rows.map(async (row) => {
      const box = await unsealed(row);
      return box && { ...row, said: JSON.parse(box.text), sent: { key: row.key, entry: box.text, token: box.token, signature: box.signature } };
    }),
  );
  const entries = read.filter(Boolean);
  return { entries, unreadable: rows.length - entries.length };
}

/** Takes doses out of the queue: the server has them. */
export const forget = (places) =>
  within("queue", "readwrite", (rows) => {
    for (const place of places) rows.delete(place);
  });

/** Says why a dose stays: the server did not take it. */
export const refusedAs = (place, words) =>
  within("queue", "readwrite", (rows) => {
    const asked = rows.get(place);
    asked.onsuccess = () => asked.result && rows.put({ ...asked.result, refused: words });
  });

/** The pass of whoever was here goes, and what they signed with; what they charted and nobody has yet, stays. */
export const forgetPass = () =>
  within(["pass", "keys", "state"], "readwrite", (pass, keys, state) => {
    pass.clear();
    keys.delete("sign");
    const asked = state.get("state");
    asked.onsuccess = () => state.put({ tablet: asked.result?.tablet, zone: asked.result?.zone, offset: asked.result?.offset, contactAt: asked.result?.contactAt }, "state");
  });

/** Everything goes, the keys too. */
export async function wipe() {
  await within(["pass", "keys", "state", "queue"], "readwrite", (...stores) => stores.forEach((each) => each.clear()));
  (await database()).close();
  opened = undefined;
  await new Promise((done) => {
    const asked = indexedDB.deleteDatabase(NAME);
    asked.onsuccess = asked.onerror = asked.onblocked = done;
  });
}

/** Whether this tablet ever kept anything: without it nothing is opened or made. */
export async function exists() {
  if (!("indexedDB" in globalThis) || !crypto.subtle) return false;
  const known = await indexedDB.databases?.();
  return known ? known.some(({ name }) => name === NAME) : true;
}
