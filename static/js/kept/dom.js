// Elements without a template: what is shown is set as text, never read as HTML.

/** h("p.quiet", {hidden: true}, "words", child): an element with classes, properties or attributes, and children. */
export function h(name, attributes = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const made = document.createElement(tag);
  if (classes.length) made.className = classes.join(" ");
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false && child !== ""));
  return made;
}

/** An icon of the frame. */
export const icon = (name) => document.getElementById(`icon-${name}`).content.cloneNode(true);
