/** Derives the secrets of the operator console from the secret that the services share, so that operators set none for it. */
import { hkdfSync } from 'node:crypto';
import { linesOf, type Secret } from './secret.ts';

/** Each purpose has a key of its own: what is made for one means nothing for another. */
export type ConsolePurpose = 'client secret' | 'session cookie' | 'sign-in state' | 'held form';

const keyBytes = 32;

/** One key for each line of the shared secret, in their order: the first is used, each one is accepted (RFC 5869). */
export function consoleKeys(shared: Secret, purpose: ConsolePurpose): [Buffer, ...Buffer[]] {
  const keyOf = (line: string) =>
    Buffer.from(hkdfSync('sha256', line, '', `gatehouse console ${purpose}`, keyBytes));
  const [first, ...others] = linesOf(shared.reveal());
  return [keyOf(first), ...others.map(keyOf)];
}

/** The secrets of the console's client. */
export function consoleClientSecrets(shared: Secret): [string, ...string[]] {
  const [first, ...others] = consoleKeys(shared, 'client secret');
  return [first.toString('base64url'), ...others.map((key) => key.toString('base64url'))];
}
