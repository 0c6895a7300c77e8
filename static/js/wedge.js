// A scanner that types: characters faster than any hand, ended by Enter or Tab. It is heard wherever the focus is; what it typed
// into a field is taken out again, and the Enter never sends a form. Time is that of the keystrokes, not of this script's turn.

const GAP = 80; // ms between two characters at the most
const MEAN = 45; // ms a character on the average: nobody types 22 characters a second
const STALLED = 400; // ms after the last character: the Enter will not come
const SHORTEST = { scan: 3, secret: 9, part: 6 }; // characters; a PIN that is typed fast is no scan

/** Calls `scanned(text)` for each whole scan and `partly(text)` for one that broke off. */
export function listen(scanned, partly) {
  let burst = null;

  const fast = (one) => (one.at - one.began) / Math.max(1, one.text.length - 1) <= MEAN;

  const take = (event) => {
    const done = burst;
    burst = null;
    clearTimeout(done?.timer);
    const least = done?.secret ? SHORTEST.secret : SHORTEST.scan;
    if (!done || done.text.length < least || !fast(done) || event.timeStamp - done.at > GAP * 2) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    done.putBack();
    scanned(done.text);
  };

  const stall = () => {
    const done = burst;
    burst = null;
    if (!done || done.secret || done.text.length < SHORTEST.part || !fast(done)) return;
    done.putBack();
    partly(done.text);
  };

  const hear = (event, letter) => {
    if (burst && event.timeStamp - burst.at > GAP) {
      clearTimeout(burst.timer);
      burst = null;
    }
    burst ??= { text: "", began: event.timeStamp, ...before() };
    burst.text += letter;
    burst.at = event.timeStamp;
    clearTimeout(burst.timer);
    burst.timer = setTimeout(stall, STALLED);
  };

  addEventListener(
    "keydown",
    (event) => {
      if (event.repeat || event.isComposing) return;
      if (event.key === "Enter" || event.key === "Tab") take(event);
      else if (event.ctrlKey && event.key === "]" && burst) {
        event.preventDefault(); // how scanners type the separator of GS1
        hear(event, "\x1d");
      } else if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey) hear(event, event.key);
    },
    true,
  );
}

/** What the focused field holds before the first character, and how it gets that back. */
function before() {
  const field = document.activeElement;
  if (!field?.matches("input, textarea, select")) return { secret: false, putBack: () => {} };
  const { value } = field;
  return {
    secret: field.type === "password",
    putBack: () => {
      if (field.value === value) return;
      field.value = value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    },
  };
}
