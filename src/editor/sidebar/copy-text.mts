/** Putting text on the clipboard. The browser's own way needs HTTPS or loopback, which many a Node-RED hasn't. */
import { element } from '../dom.mjs';

/** @returns whether it worked */
export async function copyText(content: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(content);
    return true;
  } catch {
    return copyBySelecting(content);
  }
}

function copyBySelecting(content: string): boolean {
  const focused = document.activeElement;
  const field = element('textarea', { class: 'edgepool-spoken', attributes: { 'aria-hidden': 'true' } });
  field.value = content;
  document.body.append(field);
  field.select();
  try {
    return document.execCommand('copy');
  } catch {
    return false;
  } finally {
    field.remove();
    if (focused instanceof HTMLElement) focused.focus();
  }
}
