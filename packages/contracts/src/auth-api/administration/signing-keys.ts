/** The keys that sign, as administrators see them, and the calls that change them. */
import { z } from 'zod';
import { readData } from '../../administration-calls.ts';
import type { HttpClient } from '../../http-client.ts';

export const signingKeyViewSchema = z.object({
  kid: z.string(),
  algorithm: z.string(),
  state: z.enum(['next', 'active', 'retired']),
  origin: z.enum(['generated', 'imported']),
  createdAt: z.iso.datetime(),
  activatedAt: z.iso.datetime().optional(),
  retiredAt: z.iso.datetime().optional(),
  /** A retired key leaves the key set then. */
  publishedUntil: z.iso.datetime().optional(),
});

export type SigningKeyView = z.infer<typeof signingKeyViewSchema>;

/** Each throws UpstreamError. */
export interface SigningKeyAdministration {
  list(): Promise<SigningKeyView[]>;
  rotate(algorithm?: string): Promise<SigningKeyView[]>;
  /** `pem`, `pkcs12` (base64) or `jwk`, with `password`, `alias` and `state`. */
  import(data: Readonly<Record<string, unknown>>): Promise<SigningKeyView>;
  retire(kid: string): Promise<SigningKeyView[]>;
  remove(kid: string): Promise<SigningKeyView[]>;
}

const all = '/auth/v3/ops/signing-keys';

export function createSigningKeyAdministration(http: HttpClient): SigningKeyAdministration {
  const one = (kid: string) => `${all}/${encodeURIComponent(kid)}`;
  const keys = z.array(signingKeyViewSchema);
  return {
    list: () => readData(http, keys, { method: 'GET', path: all }),
    rotate: (algorithm) =>
      readData(http, keys, {
        method: 'POST',
        path: `${all}/rotate`,
        json: { data: algorithm === undefined ? {} : { algorithm } },
      }),
    import: (data) => readData(http, signingKeyViewSchema, { method: 'POST', path: all, json: { data } }),
    retire: (kid) => readData(http, keys, { method: 'POST', path: `${one(kid)}/retire` }),
    remove: (kid) => readData(http, keys, { method: 'DELETE', path: one(kid) }),
  };
}
