/** The company's own authority, new with every run: the stores have their certificates from it. */
import { createAuthority } from '@gatehouse/testing/keys';
import { secretObject } from './object.ts';

export const authority = createAuthority('company authority');

/** The Secret NAME-tls of a server, for the name of its Service. */
export function identityObject(name: string, namespace: string): object {
  const { cert, key } = authority.issue({ names: [`${name}.${namespace}.svc`] });
  return secretObject(`${name}-tls`, namespace, {
    'tls.crt': cert,
    'tls.key': key,
    'ca.crt': authority.cert,
  });
}
