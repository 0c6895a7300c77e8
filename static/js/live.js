// Keeps a page live: <main data-live-board="beds" data-live-key="3" data-live-seq="17">.
// The page says {"seen": n} on open, every 30 s and after every 100 messages; it is sent {"patch", "seq"}, {"redraw", "seq"} or
// {"seq"}: all well; each with "at", the server's time. Without a socket it reads itself again each minute. Stale looks stale:
// [data-live-state] and <html data-live>.

import { patch, redraw, redrawFrom } from "./live-patch.js";
import { Until } from "./live-until.js";

const HEARTBEAT = 30_000;
const ANSWER = 10_000; // ms the server may take to answer a heartbeat
const STALE = 60_000; // ms without a word
const EARLY = 100; // messages until an early heartbeat
const EARLY_SIZE = 500_000; // characters until one
const SLOWEST = 30_000; // ms between two tries
const LOST = Number.MAX_SAFE_INTEGER; // a number no board has: asks for everything
const FINAL = { 4401: "signed-out", 4403: "refused", 4404: "gone" };
const WORDS = {
  live: "Live",
  reconnecting: "Reconnecting",
  refused: "Not yours to watch any more: reload",
  gone: "No longer there: reload",
};

class LivePage {
  constructor(root) {
    this.root = root;
    this.seq = Number(root.dataset.liveSeq) || 0;
    this.socket = null;
    this.tries = 0;
    this.nextTry = 0;
    this.final = "";
    this.wordAt = this.refreshedAt = Date.now(); // the page has just been drawn
    this.saidAt = this.unansweredSince = 0;
    this.messages = this.size = 0;
    this.until = new Until();
    this.address = this.#address();
    setInterval(() => this.tick(), 1000);
    this.connect();
    this.show();
  }

  #address() {
    const { liveBoard, liveKey } = this.root.dataset;
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    return `${scheme}//${location.host}/ws/live/${encodeURIComponent(liveBoard)}/${encodeURIComponent(liveKey)}/`;
  }

  // Connection

  connect() {
    if (this.socket || this.final) return;
    const socket = (this.socket = new WebSocket(this.address));
    this.unansweredSince = Date.now();
    socket.onopen = () => this.say();
    socket.onmessage = (event) => this.hear(event.data);
    socket.onclose = (event) => this.closed(socket, event.code);
  }

  /** Let go of the socket without waiting: a half-open one would take minutes to notice. */
  drop() {
    const socket = this.socket;
    if (!socket) return;
    this.socket = null;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  closed(socket, code) {
    if (socket !== this.socket) return;
    this.socket = null;
    this.final = FINAL[code] ?? "";
    this.later(code === 4408 ? 3000 : Math.min(SLOWEST, 1000 * 2 ** this.tries++));
    this.show();
  }

  /** Somewhere between a half and the whole of it: not all pages at once. */
  later(longest) {
    this.nextTry = Date.now() + longest * (0.5 + Math.random() / 2);
  }

  say() {
    if (this.socket?.readyState !== WebSocket.OPEN) return;
    this.socket.send(JSON.stringify({ seen: this.seq }));
    this.saidAt = Date.now();
    this.unansweredSince ||= this.saidAt;
    this.messages = this.size = 0;
  }

  /** It stays lost until the whole board came, whatever happens to this socket. */
  askForAll() {
    this.seq = LOST;
    this.until.asked();
    this.say();
  }

  hear(text) {
    this.wordAt = Date.now();
    this.unansweredSince = this.tries = 0;
    this.messages += 1;
    this.size += text.length;
    try {
      const said = JSON.parse(text);
      if (said.redraw) redraw(said.redraw);
      else if (said.patch) patch(said.patch);
      this.until.heard(said);
      if (said.redraw || (said.patch && this.seq !== LOST)) this.seq = said.seq;
    } catch (error) {
      this.seq = LOST; // the next heartbeat asks for the whole board
      console.error(error);
    }
    if (this.messages >= EARLY || this.size >= EARLY_SIZE) this.say();
    this.show();
  }

  /** Back from sleep, from another tab or from no network: find out at once. */
  wake() {
    if (this.socket?.readyState === WebSocket.OPEN) this.say();
    else {
      this.tries = 0;
      this.drop();
      this.connect();
    }
    this.tick();
  }

  tick() {
    const now = Date.now();
    if (this.final) return;
    if (this.socket && this.unansweredSince && now - this.unansweredSince > ANSWER) {
      this.drop();
      this.later(Math.min(SLOWEST, 1000 * 2 ** this.tries++));
    }
    if (!this.socket && now >= this.nextTry) this.connect();
    if (this.socket?.readyState === WebSocket.OPEN && this.until.passed()) this.askForAll();
    if (now - this.saidAt >= HEARTBEAT) this.say();
    if (now - Math.max(this.wordAt, this.refreshedAt) >= STALE) this.refresh();
    this.show();
  }

  // Without a socket

  async refresh() {
    const asked = (this.refreshedAt = Date.now());
    try {
      const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(20_000) });
      if (answer.redirected && new URL(answer.url).pathname !== location.pathname) {
        this.final = "signed-out";
      } else if (answer.ok) {
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        if (this.wordAt > asked) return; // the socket came back meanwhile, and knows better
        redrawFrom(page);
        this.seq = Number(page.querySelector("[data-live-board]")?.dataset.liveSeq) || 0;
        this.wordAt = asked;
      }
    } catch (error) {
      console.info("Not refreshed:", error);
    }
    this.show();
  }

  /** A swap may have turned this page to another board or key. */
  turned() {
    const root = document.querySelector("[data-live-board]");
    if (!root) return;
    this.root = root;
    const address = this.#address();
    if (address === this.address) return;
    this.address = address;
    this.seq = LOST;
    this.final = "";
    this.drop();
    this.connect();
  }

  // What the page says about itself

  state() {
    if (this.final) return this.final;
    if (Date.now() - this.wordAt > STALE) return "stale";
    return this.socket && !this.lost() && this.tries === 0 ? "live" : "reconnecting";
  }

  lost() {
    return this.unansweredSince && Date.now() - this.unansweredSince > ANSWER / 2;
  }

  show() {
    const state = this.state();
    const since = new Date(this.wordAt).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    const words = state === "stale" ? `Not updating since ${since}` : (WORDS[state] ?? "");
    if (state === this.shown && words === this.words) return;
    this.shown = state;
    this.words = words;
    const look = state === "live" || state === "reconnecting" ? state : "stale"; // the look knows three
    document.documentElement.dataset.live = look;
    for (const element of document.querySelectorAll("[data-live-state]")) {
      element.dataset.live = look;
      element.dataset.state = state;
      const text = element.querySelector(".live__text") ?? element;
      if (state === "signed-out") text.replaceChildren("Signed out: ", signInLink());
      else text.textContent = words;
    }
    document.dispatchEvent(new CustomEvent("stepwell:live", { detail: { state, since, words } }));
  }
}

/** This page again: the server asks to sign in first, and then comes back here. */
function signInLink() {
  const link = document.createElement("a");
  link.href = location.href;
  link.textContent = "sign in again";
  return link;
}

const root = document.querySelector("[data-live-board]");
if (root) {
  const page = new LivePage(root);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && page.wake());
  window.addEventListener("online", () => page.wake());
  window.addEventListener("pagehide", () => page.drop()); // an open socket would keep the page out of the back/forward cache
  window.addEventListener("pageshow", (event) => event.persisted && page.wake());
  document.addEventListener("htmx:afterSettle", () => page.turned());
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-live-now]")) return;
    page.wake();
    page.refresh();
  });
}
