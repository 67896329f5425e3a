/** Remembers in Redis when the certificates of identity providers end, so that every replica can tell for all contact centres. */
import type { Logger } from '@gatehouse/service-kit/observability';
import type { Keyspace, RedisClient } from '@gatehouse/service-kit/redis';
import type { IdentityProvider } from './saml/idp-metadata.ts';
import type { SamlSignOn, SsoSettings } from './settings.ts';

interface ProviderCertificatesOptions {
  redis: RedisClient;
  keyspace: Keyspace;
  settings: Pick<SsoSettings, 'of'>;
  log: Logger;
}

export interface ProviderEnd {
  contactCenterId: string;
  endsAtMs: number;
}

/** More that end at the same time are told when these are renewed. */
const maxLookedAt = 100;

export function createProviderCertificates(options: ProviderCertificatesOptions) {
  const { redis, keyspace, settings, log } = options;
  /** One entry of some 60 bytes for each contact centre and location with SAML. */
  const key = keyspace.name('sso-certificates');

  /** Undefined: it counts no more, because single sign-on was switched off, removed or moved. */
  async function settingsOf(member: string): Promise<SamlSignOn | undefined> {
    const [contactCenterId = '', location = ''] = member.split(' ');
    const found = await settings.of(contactCenterId, 'saml');
    return found?.enabled && found.location === location ? found : undefined;
  }

  return {
    /** Does not wait: a login that met a new certificate goes on. */
    record({ contactCenterId, location }: SamlSignOn, { certificateEndsMs }: IdentityProvider): void {
      redis
        .zadd(key, Math.max(...certificateEndsMs), `${contactCenterId} ${location}`)
        .catch((error) => log.warn({ err: error }, 'the end of a certificate could not be noted in Redis'));
    },
    /**
     * The certificates that end before a moment, the earliest first. `read` is told of each, so that new metadata is noticed
     * also where nobody signs in. @throws Error while Redis is away
     */
    async endingBefore(
      atMs: number,
      read: (settings: SamlSignOn) => Promise<unknown>,
    ): Promise<ProviderEnd[]> {
      const found = await redis.zrangebyscore(key, 0, atMs, 'WITHSCORES', 'LIMIT', 0, maxLookedAt);
      const members = found.filter((_, index) => index % 2 === 0);
      const ends = await Promise.all(
        members.map(async (member, index): Promise<ProviderEnd[]> => {
          const [contactCenterId = ''] = member.split(' ');
          const end = { contactCenterId, endsAtMs: Number(found[2 * index + 1]) };
          // While Environment API is away, what was noted is told.
          const current = await settingsOf(member).catch(() => 'unread' as const);
          if (current === 'unread') return [end];
          if (current === undefined) {
            await redis.zrem(key, member);
            return [];
          }
          void read(current).catch(() => undefined);
          return [end];
        }),
      );
      return ends.flat();
    },
  };
}
