// Elements: found, made, and written to only where something has changed.

export const byId = (id) => document.getElementById(id);

export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

// Into the text node that is there: a new one would have its element styled and laid out anew. None where there is no
// text, so that `:empty` holds.
export function write(element, text) {
  const [node, words] = [element.firstChild, String(text)];
  if (!node || !words) element.textContent = words;
  else if (node.data !== words) node.data = words;
}
