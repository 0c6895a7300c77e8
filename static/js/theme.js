// Day, night or auto (the device decides). Kept in localStorage of this tablet; other tabs follow.
// Markup: any element with [data-theme-choice] that holds radios named "theme" (docs/developers/look.md).

const KEY = "stepwell.theme";
const THEMES = ["auto", "day", "night"];

/** The theme chosen on this tablet: "auto", "day" or "night". */
export function chosenTheme() {
  try {
    const theme = localStorage.getItem(KEY);
    return THEMES.includes(theme) ? theme : "auto";
  } catch {
    return document.documentElement.dataset.theme || "auto";
  }
}

/** Shows a theme and remembers it; an unknown name means "auto". */
export function chooseTheme(name) {
  const theme = THEMES.includes(name) ? name : "auto";
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // Private mode: the choice lives as long as the page.
  }
  show(theme);
}

function show(theme) {
  document.documentElement.dataset.theme = theme;
  for (const radio of document.querySelectorAll("[data-theme-choice] input[name='theme']")) {
    radio.checked = radio.value === theme;
  }
}

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-theme-choice] input[name='theme']")) chooseTheme(event.target.value);
});
window.addEventListener("storage", (event) => {
  if (event.key === KEY) show(chosenTheme());
});
document.addEventListener("htmx:load", () => show(chosenTheme()));
show(chosenTheme());
