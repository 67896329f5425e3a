/** Describes the TLS of the link to an environment's Configuration Servers, beyond the system's certificate authorities. */

import { z } from 'zod';
import { definedOnly } from '../values/defined-only.ts';

export const configServerTlsViewSchema = z.object({
  /** Authorities of the servers' certificates, in PEM; those of the system when absent. */
  ca: z.string().optional(),
  /** The name in the servers' certificates, where it is not the address. */
  serverName: z.string().optional(),
  /** The client presents this to servers that ask for a certificate. */
  mutual: z
    .object({
      /** PEM. */
      cert: z.string(),
      /** Its private key, sealed; open it with `tlsKeyPlace(environmentId)`. */
      keyEnvelope: z.string(),
    })
    .optional(),
});

export type ConfigServerTlsView = z.infer<typeof configServerTlsViewSchema>;

/** Where the private key is stored; the seal is bound to it. */
export function tlsKeyPlace(environmentId: string) {
  return { table: 'environment.environments', row: environmentId, column: 'tls_key' };
}

/** Makes the options of a TLS client. `open` opens the envelope of the private key. */
export function tlsClientOf(
  { id, tls }: { id: string; tls?: ConfigServerTlsView | undefined },
  open: (envelope: string, place: ReturnType<typeof tlsKeyPlace>) => Buffer,
): { ca?: string; serverName?: string; cert?: string; key?: Buffer } {
  const { ca, serverName, mutual } = tls ?? {};
  const key = mutual && open(mutual.keyEnvelope, tlsKeyPlace(id));
  return definedOnly({ ca, serverName, cert: mutual?.cert, key });
}
