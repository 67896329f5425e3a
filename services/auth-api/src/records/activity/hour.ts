/** Names the hash of an hour and its fields: `<minute>:<what>`, such as `17:s2` (a success) or `20:bad_credentials`. Short, because there are many. */

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;

/** Counts of contact centres are kept in steps of so many minutes: there may be 10 000 of them. */
export const stepMinutes = { installation: 1, contactCenter: 10 } as const;

/** The hours are numbered from 1970. */
export interface Hour {
  hour: number;
  /** Undefined: the whole installation. */
  contactCenterId: string | undefined;
}

export const hourOf = (atMs: number): number => Math.floor(atMs / hourMs);

/** How the fields of a moment begin. */
export function prefixOf(atMs: number, minutes: number): string {
  const minute = Math.floor((atMs % hourMs) / minuteMs);
  return `${minute - (minute % minutes)}:`;
}

/** Upper bounds of the latency classes of successful sign-ins, in milliseconds; the last class has none. */
export const latencyBoundsMs = [50, 100, 200, 400, 800, 1600, 3200] as const;

const success = 's';
export const tokensIssued = 't';
export const tokensRefused = 'r';

/** The count for a sign-in that took so long. */
export function successOf(durationMs: number): string {
  const index = latencyBoundsMs.findIndex((boundMs) => durationMs <= boundMs);
  return `${success}${index === -1 ? latencyBoundsMs.length : index}`;
}

export interface CountedField {
  minute: number;
  what: 'success' | 'failure' | 'tokensIssued' | 'tokensRefused';
  /** Of a success: its latency class. */
  latencyClass?: number;
  /** Of a failure. */
  reason?: string;
}

/** Undefined: this release writes no such field. */
export function readField(field: string): CountedField | undefined {
  const colon = field.indexOf(':');
  const minute = Number(field.slice(0, colon));
  const name = field.slice(colon + 1);
  if (colon < 1 || !Number.isInteger(minute) || name === '') return undefined;
  if (name === tokensIssued) return { minute, what: 'tokensIssued' };
  if (name === tokensRefused) return { minute, what: 'tokensRefused' };
  if (/^s\d$/.test(name)) return { minute, what: 'success', latencyClass: Number(name[1]) };
  return { minute, what: 'failure', reason: name };
}
