// Canvas: sharp on any screen, sized by CSS, and the colours that CSS gives it.

// The drawing context in CSS pixels, cleared; the backing store follows the element's size and the screen's density.
export function prepare(canvas, width, height) {
  const density = window.devicePixelRatio || 1;
  const [w, h] = [Math.round(width * density), Math.round(height * density)];
  if (canvas.width !== w) canvas.width = w;
  if (canvas.height !== h) canvas.height = h;
  const context = canvas.getContext("2d");
  context.setTransform(density, 0, 0, density, 0, 0);
  context.clearRect(0, 0, width, height);
  return context;
}

export class Palette {
  constructor() {
    this.version = 0;
    this.#read();
    for (const query of ["(prefers-color-scheme: dark)", "(prefers-contrast: more)"]) {
      matchMedia(query).addEventListener("change", () => this.#read());
    }
  }

  #read() {
    const style = getComputedStyle(document.documentElement);
    const read = (name) => style.getPropertyValue(`--${name}`).trim();
    for (const name of ["line", "fill", "rule", "muted", "ink", "bad"]) this[name] = read(name);
    this.font = read("sans");
    this.version += 1;
  }
}
