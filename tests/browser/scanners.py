"""A wedge scanner and a tablet's camera for tests: keystrokes with their own times, and a film of a printed page."""

import base64
import io
import time
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page

from tests.documents.scanner import read

EVERY = 0.008  # seconds between two characters of a scanner
SIZE = (640, 480)
STUB = """
window.BarcodeDetector = class {
  static async getSupportedFormats() { return ["code_128", "qr_code"]; }
  async detect(video) {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    canvas.getContext("2d").drawImage(video, 0, 0);
    const text = await window.readPicture(canvas.toDataURL("image/png"));
    return text ? [{ rawValue: text }] : [];
  }
};
"""


def wedge(page: Page, text: str, *, ends: str | None = "Enter", every: float = EVERY) -> None:
    """Type as a scanner does. The times of the keys are set, so that a slow machine is no slow scanner."""
    session = page.context.new_cdp_session(page)
    at = time.time()

    def press(key: str, written: str) -> None:
        nonlocal at
        at += every
        code = {"Enter": 13, "Tab": 9}.get(key, ord(key[0].upper()))
        common = {"key": key, "timestamp": at, "windowsVirtualKeyCode": code}
        session.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": written, **common})
        session.send("Input.dispatchKeyEvent", {"type": "keyUp", **common})

    for letter in text:
        press(letter, letter)
    if ends:
        press(ends, "\r" if ends == "Enter" else "")
    session.detach()


def film(path: Path, picture: Image.Image) -> None:
    """A film of one picture, as Chromium's fake camera shows it (YUV4MPEG2, grey)."""
    shown = Image.new("L", SIZE, 255)
    fitting = picture.copy()
    fitting.thumbnail((SIZE[0] - 40, SIZE[1] - 40))
    shown.paste(fitting, (20, (SIZE[1] - fitting.height) // 2))
    colour = bytes([128]) * (SIZE[0] * SIZE[1] // 4)
    frame = b"FRAME\n" + shown.tobytes() + colour + colour
    path.write_bytes(f"YUV4MPEG2 W{SIZE[0]} H{SIZE[1]} F10:1 Ip A1:1 C420\n".encode() + frame * 5)


def give_detector(page: Page) -> None:
    """Chromium on Linux has no BarcodeDetector: here is one that reads the camera's frame with ZXing, outside the page."""

    def read_picture(address: str) -> str:
        picture = Image.open(io.BytesIO(base64.b64decode(address.partition(",")[2]))).convert("L")
        return next(iter(read(picture)), "")

    page.expose_function("readPicture", read_picture)
    page.add_init_script(f"if (!window.BarcodeDetector) {{ {STUB} }}")
