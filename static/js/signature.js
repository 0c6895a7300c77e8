// A signature drawn with a finger, a pen or a mouse: kept as strokes of [x, y, ms] in a frame of 1000 by 400, and sent once.
// Where the network is gone it stays in the frame, and the same key makes a second sending harmless.

for (const form of document.querySelectorAll("form[data-signature]")) {
  const canvas = form.querySelector("canvas");
  const pen = canvas.getContext("2d");
  const [wide, high] = [Number(canvas.dataset.wide), Number(canvas.dataset.high)];
  const strokes = [];
  let began = 0;
  let drawing = null; // the pointer that draws

  const inside = (value, most) => Math.max(0, Math.min(most, Math.round(value)));
  const point = (event) => {
    const box = canvas.getBoundingClientRect();
    const x = inside(((event.clientX - box.left) / box.width) * wide, wide);
    const y = inside(((event.clientY - box.top) / box.height) * high, high);
    return [x, y, inside(event.timeStamp - began, 600_000)];
  };

  const ink = () => {
    pen.strokeStyle = getComputedStyle(canvas).color;
    pen.lineWidth = 5;
    pen.lineCap = pen.lineJoin = "round";
  };

  const line = ([fromX, fromY], [toX, toY]) => {
    pen.beginPath();
    pen.moveTo(fromX, fromY);
    pen.lineTo(toX, toY);
    pen.stroke();
  };

  const say = (sentence) => {
    const said = form.querySelector("[data-said]") ?? form.querySelector(".signature__frame").insertAdjacentElement("afterend", document.createElement("p"));
    said.dataset.said = "";
    said.className = "reason reason--stop";
    said.setAttribute("role", "alert");
    said.textContent = sentence;
    said.hidden = !sentence;
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (drawing !== null || event.button > 0) return;
    drawing = event.pointerId;
    canvas.setPointerCapture(drawing);
    if (!strokes.length) began = event.timeStamp;
    strokes.push([point(event)]);
    ink();
    event.preventDefault();
  });

  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== drawing) return;
    const stroke = strokes.at(-1);
    for (const each of event.getCoalescedEvents?.().length ? event.getCoalescedEvents() : [event]) {
      const next = point(each);
      const last = stroke.at(-1);
      if (next[0] === last[0] && next[1] === last[1]) continue;
      line(last, next);
      stroke.push(next);
    }
  });

  const lift = (event) => event.pointerId === drawing && (drawing = null);
  canvas.addEventListener("pointerup", lift);
  canvas.addEventListener("pointercancel", lift);

  form.querySelector("[data-clear]").addEventListener("click", () => {
    strokes.length = 0;
    pen.clearRect(0, 0, wide, high);
    say("");
  });

  form.addEventListener("submit", async (event) => {
    if (form.dataset.signature === "optional") { // there are other ways to answer: it goes as any form
      form.elements.namedItem("strokes").value = strokes.some((stroke) => stroke.length > 1) ? JSON.stringify(strokes) : "";
      return;
    }
    event.preventDefault();
    if (!strokes.some((stroke) => stroke.length > 1)) {
      say("Nothing is drawn in the frame. Sign with a finger or a pen, then confirm.");
      return;
    }
    form.elements.namedItem("strokes").value = JSON.stringify(strokes);
    const confirm = form.querySelector("[data-confirm]");
    confirm.setAttribute("aria-busy", "true");
    confirm.disabled = true;
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), credentials: "same-origin" });
      if (answer.redirected) location.assign(answer.url);
      else form.submit(); // what was refused is shown by the page itself; the key is the same
    } catch {
      say("Not sent: the network is gone. The signature stays in the frame; try again.");
      confirm.removeAttribute("aria-busy");
      confirm.disabled = false;
    }
  });
}
