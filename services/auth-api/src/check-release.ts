/**
 * Checks an installed Auth API: its discovery document is that of this installation, it issues a token, and it names the keys of
 * clients that this release refuses. So it can be asked before the upgrade, too.
 */
import { X509Certificate } from 'node:crypto';
import { basicAuthorization } from '@gatehouse/api-client/http';
import { isSlowHash } from '@gatehouse/caller-auth/credentials';
import { linesOf, weaknessOfCertificate } from '@gatehouse/service-kit/crypto';
import { type Ask, askForToken, type ReleasePlaces } from '@gatehouse/service-kit/health';
import { z } from 'zod';
import type { Config } from './config.ts';
import { jwkWeakness } from './core/assertions/jwk-weakness.ts';

export async function checkRelease(config: Config, { apiUrl }: ReleasePlaces, ask: Ask): Promise<void> {
  await ask({
    what: 'the discovery document',
    url: `${apiUrl}/auth/v3/.well-known/openid-configuration`,
    schema: z.object({ issuer: z.literal(`${config.publicUrl}/auth/v3`) }),
  });
  await askForToken(ask, apiUrl, config.serviceClient);
  for (const sentence of await refusedKeys(config, apiUrl, ask)) process.stdout.write(`${sentence}\n`);
}

const keySet = z.object({ keys: z.array(z.looseObject({ kid: z.string().optional() })) }).optional();
const issuers = <T extends z.ZodRawShape>(shape: T) =>
  z.object({ issuers: z.array(z.object({ issuer: z.string(), ...shape })) }).optional();
const clientPage = z.object({
  data: z.array(
    z.object({
      client_id: z.string(),
      jwks: keySet,
      jwtBearer: issuers({ jwks: keySet }),
      samlBearer: issuers({ certificates: z.array(z.string()) }),
    }),
  ),
  nextCursor: z.string().optional(),
});

type RegisteredClient = z.output<typeof clientPage>['data'][number];

async function refusedKeys({ ops, clients }: Config, apiUrl: string, ask: Ask): Promise<string[]> {
  const [password = ''] = linesOf(ops.password.reveal());
  if (isSlowHash(password))
    return ['Keys of clients were not looked at: the password of the operator is known as a hash alone.'];
  const sentences: string[] = [];
  for (let cursor: string | undefined = ''; cursor !== undefined; ) {
    const page: z.output<typeof clientPage> = await ask({
      what: 'the clients',
      url: `${apiUrl}/auth/v3/ops/clients?limit=100${cursor && `&cursor=${encodeURIComponent(cursor)}`}`,
      headers: { authorization: basicAuthorization(ops.username, password) },
      schema: clientPage,
    });
    for (const client of page.data)
      sentences.push(...weaknessesOf(client, clients.smallExponentClients.includes(client.client_id)));
    cursor = page.nextCursor;
  }
  return sentences;
}

function weaknessesOf(client: RegisteredClient, keepsSmallExponents: boolean): string[] {
  const { client_id: clientId, jwks, jwtBearer, samlBearer } = client;
  const strength = { keepsSmallExponents };
  const ofKeys = (keys: { kid?: string | undefined }[] = [], holder = '') =>
    keys.map((key) => `key ${key.kid ?? 'without kid'}${holder} ${jwkWeakness(key, strength) ?? ''}`);
  const ofCertificates = (certificates: string[], issuer: string) =>
    certificates.map((pem) => {
      const weakness = weaknessOfCertificate(new X509Certificate(pem), strength);
      return `key in a certificate of ${issuer} ${weakness ?? ''}`;
    });
  const sentences = [
    ...ofKeys(jwks?.keys),
    ...(jwtBearer?.issuers ?? []).flatMap((one) => ofKeys(one.jwks?.keys, ` of its issuer ${one.issuer}`)),
    ...(samlBearer?.issuers ?? []).flatMap((one) => ofCertificates(one.certificates, one.issuer)),
  ];
  return sentences
    .filter((sentence) => !sentence.endsWith(' '))
    .map((sentence) => `A key of the client ${clientId} is refused: ${sentence}.`);
}
