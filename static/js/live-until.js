// What changes by the clock alone: <a data-live-until="2026-11-21T09:30:00+00:00"> says "what is drawn here is true until then".
// Nobody acts at that instant, so nobody announces it: the page asks for its board again. Every message carries "at", the
// server's time in ms: whatever the page's own clock says, only the server's counts.

const APART = 5_000; // ms between two asks at least
const SPREAD = 200; // ms: those who ask together are drawn together

export class Until {
  constructor() {
    this.ahead = null; // ms the server's clock is ahead of ours; unknown until its first word
    this.drawnAt = 0; // the server's time when the whole board was last drawn for us
    this.again = 0;
    this.spread = Math.random() * SPREAD;
  }

  /** The server's time of a message; a whole board is true at that time, whatever its elements say. */
  heard({ at, redraw }) {
    if (typeof at !== "number") return;
    this.ahead = at - Date.now();
    if (redraw) this.drawnAt = at;
  }

  asked() {
    this.again = performance.now() + APART; // a wrong clock set right must not hold it up
    this.spread = Math.random() * SPREAD;
  }

  /** Is something shown that has stopped being true since the board was last drawn? */
  passed() {
    if (this.ahead === null || performance.now() < this.again) return false;
    const now = Date.now() + this.ahead - this.spread;
    for (const element of document.querySelectorAll("[data-live-until]")) {
      const until = Date.parse(element.dataset.liveUntil) + 1; // fractions of a ms are cut off
      if (this.drawnAt < until && until <= now) return true;
    }
    return false;
  }
}
