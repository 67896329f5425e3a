/** Says which text is accepted from callers: the one rule for fields of requests to our APIs. */
import { z } from 'zod';
import type { ProblemReason } from './problem-reasons.ts';

// Names and addresses end in logs, headers and other programs' files: control characters have no place there.
const controlCharacters = /\p{Cc}/u;

/** For programs, beside the message. */
const wrongCharacters: { reason: ProblemReason } = { reason: 'wrong_characters' };

/** Why the text could not be stored as it was sent: PostgreSQL has no NUL, and half a surrogate pair has no UTF-8 form. */
function storageProblem(text: string): string | undefined {
  if (text.includes('\0')) return 'must not hold a NUL character';
  return text.isWellFormed() ? undefined : 'must not hold half a Unicode character (an unpaired surrogate)';
}

/** Free text, which may have several lines. */
export function freeText(maxLength: number) {
  return z
    .string()
    .max(maxLength, `is longer than ${maxLength} characters`)
    .superRefine((text, context) => {
      const message = storageProblem(text);
      if (message !== undefined) context.addIssue({ code: 'custom', message, params: wrongCharacters });
    });
}

/** On one line; may be empty. */
export function line(maxLength = 255) {
  return freeText(maxLength).refine((text) => text.includes('\0') || !controlCharacters.test(text), {
    error: 'must not hold control characters',
    params: wrongCharacters,
  });
}

/** A name or an address: on one line, not empty. */
export function label(maxLength = 255) {
  return line(maxLength).min(1, 'must not be empty');
}

/**
 * A name with one of these is not what it looks like (UTS 55, CVE-2021-42574). They are controls, changes of direction, and the
 * characters that a font may show as nothing (Unicode's property Default_Ignorable_Code_Point).
 */
const deceptive = new RegExp(
  [
    // The last three mark annotations between lines, and browsers show nothing for them.
    '[\\p{Cc}\\p{Zl}\\p{Zp}\\ufff9-\\ufffb]',
    '(?![\\u200c\\u200d\\u180e\\p{VS}])\\p{DI}',
    // Words of Persian and of Indic languages need U+200C and U+200D.
    '(?<![\\p{L}\\p{M}])[\\u200c\\u200d]|[\\u200c\\u200d](?!\\p{L})',
    // A variation selector chooses the form of an emoji, an ideograph or a Mongolian letter. After other characters it shows nothing.
    '(?<![\\p{ExtPict}\\p{Ideo}\\p{sc=Mong}]|[\\d#*](?=\\ufe0f\\u20e3))\\p{VS}|(?<!\\p{sc=Mong})\\u180e',
  ].join('|'),
  'gu',
);

/** U+2800 is a pattern of Braille without a dot, and no space by Unicode. */
const isBlank = (name: string) => /^[\p{Z}\u2800]+$/u.test(name);

/** Judges a name that is written here and by which people decide. Undefined: it is right. */
export function nameProblem(name: string): string | undefined {
  const character = name.match(deceptive)?.[0];
  if (character === undefined) return isBlank(name) ? 'must hold a character that can be seen' : undefined;
  const point = `U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}`;
  return /[\u200c\u200d]/.test(character)
    ? `must not hold ${point}, except between letters`
    : `must not hold ${point}: control characters, changes of direction and invisible characters are refused`;
}

/** A name of elsewhere, or of before this rule, as people see it. */
export function shownName(name: string): string {
  return name.replace(deceptive, '\u{fffd}');
}

/** JSON of any shape, whose texts and names keep the rule. Bounded by the limit of the body. */
export function anyJson() {
  return z.unknown().superRefine((value, context) => {
    const message = problemIn(value);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });
}

/** Walks without recursion: what callers nest must not use up the stack. */
function problemIn(root: unknown): string | undefined {
  const waiting: [value: unknown, depth: number][] = [[root, 0]];
  for (let entry = waiting.pop(); entry !== undefined; entry = waiting.pop()) {
    const [value, depth] = entry;
    const message = typeof value === 'string' ? storageProblem(value) : undefined;
    if (message !== undefined) return message;
    if (typeof value !== 'object' || value === null) continue;
    if (depth === maxDepth) return `must not be nested more than ${maxDepth} deep`;
    if (!Array.isArray(value)) for (const name of Object.keys(value)) waiting.push([name, depth + 1]);
    for (const part of Object.values(value)) waiting.push([part, depth + 1]);
  }
  return undefined;
}

const maxDepth = 32;
