// The tablet's camera as a scanner, where the browser can read barcodes itself (BarcodeDetector). Nothing leaves the device.

const FORMATS = ["code_128", "qr_code", "data_matrix", "ean_13", "upc_a"];
const EVERY = 150; // ms between two looks
const TWICE = 2; // the same code so many times in a row

/** Whether this browser can: a detector, a camera's door, and a secure address. */
export const canSee = "BarcodeDetector" in window && Boolean(navigator.mediaDevices?.getUserMedia);

const SENTENCES = {
  NotAllowedError: "The camera was refused. Allow it for this site in the browser's settings, use the scanner, or type the code.",
  NotFoundError: "This tablet has no camera that can be used. Use the scanner, or type the code.",
  NotReadableError: "Another program has the camera. Close it, use the scanner, or type the code.",
};

/** The sentence for a camera that does not come. */
export const sentence = (error) => SENTENCES[error?.name] ?? "The camera does not start. Use the scanner, or type the code.";

/** Shows the camera in `video` and calls `found(text)` once for a code that was read twice in a row. Returns how to stop it. */
export async function watch(video, found) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" }, audio: false });
  let over = false;
  const stop = () => {
    over = true;
    for (const track of stream.getTracks()) track.stop();
    video.srcObject = null;
    video.hidden = true;
  };
  try {
    const known = await BarcodeDetector.getSupportedFormats();
    const detector = new BarcodeDetector({ formats: FORMATS.filter((format) => known.includes(format)) });
    video.srcObject = stream;
    video.hidden = false;
    await video.play();
    let last = "";
    let times = 0;
    const look = async () => {
      if (over) return;
      const [read] = await detector.detect(video).catch(() => []);
      if (over) return;
      times = read && read.rawValue === last ? times + 1 : 1;
      last = read?.rawValue ?? "";
      if (last && times >= TWICE) {
        stop();
        found(last);
      } else setTimeout(look, EVERY);
    };
    look();
  } catch (error) {
    stop();
    throw error;
  }
  return stop;
}
