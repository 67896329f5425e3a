/** Tells whether two secrets are one without keeping either: by an HMAC under a key of the installation. */
import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';

/** `keys`: the active one first; older ones still recognise what they have made. */
export function createSecretMacs(keys: readonly KeyObject[]) {
  const macOf = (key: KeyObject, clientId: string, secret: string) =>
    createHmac('sha256', key).update(`${clientId}\0${secret}`).digest();
  const [active] = keys;
  if (active === undefined) throw new Error('there is no encryption key');
  return {
    /** In base64. */
    of: (clientId: string, secret: string): string => macOf(active, clientId, secret).toString('base64'),
    isOf(mac: string, clientId: string, secret: string): boolean {
      const given = Buffer.from(mac, 'base64');
      return keys.some((key) => {
        const expected = macOf(key, clientId, secret);
        return given.length === expected.length && timingSafeEqual(given, expected);
      });
    },
  };
}

export type SecretMacs = ReturnType<typeof createSecretMacs>;
