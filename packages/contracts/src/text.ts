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
