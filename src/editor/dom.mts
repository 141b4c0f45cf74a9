/** Making elements. Texts are always set as text: names, addresses and errors may hold anything. */

export interface ElementParts {
  readonly class?: string;
  readonly text?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly children?: readonly Node[];
}

export function element<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  parts: ElementParts = {},
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  if (parts.class !== undefined) made.className = parts.class;
  if (parts.text !== undefined) made.textContent = parts.text;
  for (const [name, value] of Object.entries(parts.attributes ?? {})) made.setAttribute(name, value);
  made.append(...(parts.children ?? []));
  return made;
}

/** An icon of Font Awesome that says nothing to a screen reader. */
export function icon(name: string): HTMLElement {
  return element('i', { class: `fa ${name}`, attributes: { 'aria-hidden': 'true' } });
}

/** What only a screen reader reads. */
export function spoken(text: string): HTMLElement {
  return element('span', { class: 'edgepool-spoken', text });
}

/** Touches the page only when there is something new. */
export function setText(target: Node, text: string): void {
  if (target.textContent !== text) target.textContent = text;
}

export function setHidden(target: HTMLElement, hidden: boolean): void {
  if (target.hidden !== hidden) target.hidden = hidden;
}

/** An attribute, or none when `value` is undefined. */
export function setAttribute(target: Element, name: string, value: string | undefined): void {
  if (value === undefined) target.removeAttribute(name);
  else if (target.getAttribute(name) !== value) target.setAttribute(name, value);
}
