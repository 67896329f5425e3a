/** Compares names of entries (RFC 4514): servers write other spaces, cases and escapes than operators. */
import { foldSpelling } from '@gatehouse/people-directory';

/** Whether an entry is that one or below it. */
export function isAtOrBelow(dn: string, above: string): boolean {
  const [parts, wanted] = [partsOf(dn), partsOf(above)];
  const rest = parts.slice(Math.max(0, parts.length - wanted.length));
  return (
    wanted.length > 0 && rest.length === wanted.length && rest.every((part, index) => part === wanted[index])
  );
}

/** The parts of a name in one spelling each, the entry itself first. */
export function partsOf(dn: string): string[] {
  if (dn.trim() === '') return [];
  return splitAt(dn, ',').map((part) => splitAt(part, '+').map(spellingOf).sort().join('+'));
}

function spellingOf(pair: string): string {
  const [attribute = '', ...value] = splitAt(pair, '=');
  const text = unescaped(value.join('=').trim());
  // An escaped separator is text: after unescaping it must not be taken for a separator.
  return `${foldSpelling(attribute)}=${JSON.stringify(foldSpelling(text.replace(/\s+/g, ' ')))}`;
}

/** Splits where the separator is not escaped. */
function splitAt(text: string, separator: ',' | '+' | '='): string[] {
  const parts: string[] = [''];
  for (let at = 0; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (character === separator) parts.push('');
    else parts[parts.length - 1] += character === '\\' ? text.slice(at, ++at + 1) : character;
  }
  return parts;
}

/** RFC 4514 section 2.4: a character as it stands, or the bytes of its UTF-8 form. */
function unescaped(value: string): string {
  const bytes = value.replace(/(?:\\[0-9A-Fa-f]{2})+/g, (run) =>
    Buffer.from(run.replaceAll('\\', ''), 'hex').toString('utf8'),
  );
  return bytes.replace(/\\(.)/g, '$1');
}
