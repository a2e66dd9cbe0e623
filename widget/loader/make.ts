// Elements without markup from strings.
export const make = <K extends keyof HTMLElementTagNameMap>(name: K, fields: object) =>
  Object.assign(document.createElement(name), fields);

export function makeSvg(name: string, key: string, value: string): Element {
  const node = document.createElementNS("http://www.w3.org/2000/svg", name);
  node.setAttribute(key, value);
  return node;
}
