/** Collects the certificates and keys that end within the next months. */
import type { Ending } from '@gatehouse/contracts/answers';
import type { Clock } from '@gatehouse/service-kit/clock';
import { listedBeforeMs } from '@gatehouse/service-kit/health';
import type { Pool } from '@gatehouse/service-kit/postgres';
import type { SigningKeys } from '../../keys/signing-keys/key-ring.ts';
import { listClientCertificates } from '../../registry/clients/certificates.ts';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import type { Sso } from '../../sign-in/sso/compose.ts';

export interface EndingsOptions {
  pool: Pool;
  signingKeys: SigningKeys;
  /** 0: nothing rotates by itself. */
  rotationMs: number;
  sso: Pick<Sso, 'keys' | 'providerEndsBefore'>;
  contactCenters: Pick<ContactCenterService, 'find'>;
  now: Clock;
}

export type Endings = ReturnType<typeof createEndings>;

const isoTime = (ms: number) => new Date(ms).toISOString();

export function createEndings(options: EndingsOptions) {
  const { pool, signingKeys, rotationMs, sso, contactCenters, now } = options;

  const ofProviders = async (untilMs: number, contactCenterId: string | undefined): Promise<Ending[]> => {
    const ends = await sso.providerEndsBefore(untilMs);
    const wanted = ends.filter(
      (end) => contactCenterId === undefined || end.contactCenterId === contactCenterId,
    );
    return Promise.all(
      wanted.map(async ({ contactCenterId: id, endsAtMs }) => {
        const center = await contactCenters.find(id).catch(() => undefined);
        const name = center?.domains[0] ?? center?.name ?? id;
        return {
          kind: 'provider-certificate' as const,
          name,
          endsAt: isoTime(endsAtMs),
          renewsItself: false,
          contactCenterId: id,
        };
      }),
    );
  };

  const ofClients = async (untilMs: number): Promise<Ending[]> =>
    (await listClientCertificates(pool))
      .filter(({ endsAtMs }) => endsAtMs < untilMs)
      .map(({ clientId, issuer, endsAtMs }) => ({
        kind: 'client-certificate',
        name: `${clientId} (${issuer})`,
        endsAt: isoTime(endsAtMs),
        renewsItself: false,
        clientId,
      }));

  const ofOwnKeys = (untilMs: number): Ending[] => {
    const certificates = sso.keys
      .all()
      .filter(({ state, notAfterMs }) => state === 'active' && notAfterMs < untilMs)
      .map(({ purpose, notAfterMs }) => ({
        kind: 'own-certificate' as const,
        name: purpose,
        endsAt: isoTime(notAfterMs),
        renewsItself: false,
      }));
    if (rotationMs === 0) return certificates;
    const rotated = signingKeys.all
      .filter(({ state }) => state === 'active')
      .map(({ kid, algorithm, activatedAtMs }) => ({
        kind: 'signing-key' as const,
        name: `${algorithm} ${kid}`,
        endsAt: isoTime((activatedAtMs ?? now()) + rotationMs),
        renewsItself: true,
      }));
    return [...certificates, ...rotated];
  };

  /** `contactCenterId`: only what belongs to it. A list that cannot be read is left out: a problem says why. */
  return async (contactCenterId: string | undefined): Promise<Ending[]> => {
    const untilMs = now() + listedBeforeMs;
    const providers = ofProviders(untilMs, contactCenterId).catch(() => []);
    if (contactCenterId !== undefined) return providers;
    const clients = ofClients(untilMs).catch(() => []);
    const isoUntil = isoTime(untilMs);
    const all = [...(await providers), ...(await clients), ...ofOwnKeys(untilMs)];
    return all.filter(({ endsAt }) => endsAt < isoUntil);
  };
}
