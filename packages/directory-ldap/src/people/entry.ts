/** Reads values of an entry, each within the length that tokens and sessions may carry. */
import type { EntryAnswer } from '../wire/answers.ts';

const maxText = 1_024;

export type Entry = Pick<EntryAnswer, 'dn' | 'attributes'>;

/** All values that are text of a usable length. */
export function textsOf({ attributes }: Entry, name: string): string[] {
  const values = attributes.get(name.toLowerCase()) ?? [];
  return values
    .filter(({ length }) => length > 0 && length <= maxText)
    .map((value) => value.toString('utf8'));
}

export function textOf(entry: Entry, name: string): string | undefined {
  return name === '' ? undefined : textsOf(entry, name)[0];
}

export function isTrue(entry: Entry, name: string): boolean {
  return textOf(entry, name)?.toUpperCase() === 'TRUE';
}

/** Undefined for a value that is no number. Numbers of Active Directory have 64 bits. */
export function numberOf(entry: Entry, name: string): bigint | undefined {
  const text = textOf(entry, name) ?? '';
  return /^-?[0-9]{1,19}$/.test(text) ? BigInt(text) : undefined;
}

const isObjectGuid = (attribute: string) => attribute.toLowerCase() === 'objectguid';

/** The id as lower-case text; undefined where the entry has none. */
export function idOf(entry: Entry, attribute: string): string | undefined {
  if (!isObjectGuid(attribute)) return textOf(entry, attribute)?.toLowerCase();
  const [value] = entry.attributes.get('objectguid') ?? [];
  if (value?.length !== 16) return undefined;
  // [MS-DTYP] 2.3.4.2: the first three fields are stored with the last byte first.
  const hex = reordered(value).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** As a server compares it. Undefined for a text that is no id. */
export function idValue(id: string, attribute: string): string | Buffer | undefined {
  if (!isObjectGuid(attribute)) return id;
  const hex = id.replaceAll('-', '');
  return /^[0-9a-f]{32}$/.test(hex) ? reordered(Buffer.from(hex, 'hex')) : undefined;
}

function reordered(guid: Buffer): Buffer {
  const order = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15];
  return Buffer.from(order.map((index) => guid[index] as number));
}
