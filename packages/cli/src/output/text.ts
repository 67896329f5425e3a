/** Renders values as text for a terminal. */
import { shownName } from '@gatehouse/contracts/values';
import stringWidth from 'string-width';

/** A stored name must not control the terminal, nor look like another one. */
export function shown(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value)) return value.map(shown).join(', ');
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  return shownName(text);
}

/** Pads the text to a number of columns, as the terminal counts them. */
export function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - stringWidth(text)));
}

/** Cuts the text to a number of columns and marks the cut. */
export function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = '';
  for (const character of text) {
    if (stringWidth(kept + character) > width - 1) break;
    kept += character;
  }
  return `${kept}…`;
}

export function widest(texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, stringWidth(text)), 0);
}
