// Every style and script a page needs, with what they import.

const IMPORT = /(?:@import\s+url\(|\bfrom\s*|\bimport\s*)["']([^"']+)["']/g;

/** [address, answer] of each; fails where one of them does not come. */
export async function assetsOf(page) {
  const parts = [...page.querySelectorAll("link[rel~=stylesheet], link[rel~=icon], script[src]")];
  const waiting = parts.map((part) => new URL(part.getAttribute("href") ?? part.getAttribute("src"), location.href).href);
  const found = new Map();
  while (waiting.length) {
    const url = waiting.pop();
    if (found.has(url) || new URL(url).origin !== location.origin) continue;
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${url}: ${answer.status}`);
    found.set(url, answer.clone());
    if (!/css|javascript/.test(answer.headers.get("Content-Type") ?? "")) continue;
    for (const [, name] of (await answer.text()).matchAll(IMPORT)) {
      if (/^[./]|\.css$/.test(name)) waiting.push(new URL(name, url).href);
    }
  }
  return [...found];
}
