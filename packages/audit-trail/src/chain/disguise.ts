/** Pseudonyms for names and addresses that leave the installation's own database. */
import { createHmac } from 'node:crypto';
import type { Secret } from '@gatehouse/service-kit/secret';

/** Replaces a value by its pseudonym; without a key it stays as it is. */
export type Disguise = (value: string) => string;

const pseudonymLength = 22;

export function createDisguise(key: Secret | undefined): Disguise {
  if (key === undefined) return (value) => value;
  return (value) =>
    `p-${createHmac('sha256', key.reveal()).update(value).digest('base64url').slice(0, pseudonymLength)}`;
}
