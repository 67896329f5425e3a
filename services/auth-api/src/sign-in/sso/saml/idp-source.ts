/** Provides the identity provider of a contact centre from uploaded metadata, or from an address that is read again at intervals. */

import { type HttpClient, UpstreamError } from '@gatehouse/api-client/http';
import type { Clock } from '@gatehouse/service-kit/clock';
import { sha256 } from '@gatehouse/service-kit/crypto';
import type { Keyspace, RedisClient } from '@gatehouse/service-kit/redis';
import { LRUCache } from 'lru-cache';
import { SsoError } from '../failure.ts';
import type { SamlSignOn } from '../settings.ts';
import { type IdentityProvider, readIdpMetadata } from './idp-metadata.ts';

export type IdentityProviders = ReturnType<typeof createIdentityProviders>;

export interface IdentityProvidersOptions {
  outbound: Pick<HttpClient, 'send'>;
  /** Last known good copies, for the day on which a replica starts while the address is away. */
  store?: MetadataStore;
  now: Clock;
  /** A new certificate, or one that was seen again. */
  onCertificates?(settings: SamlSignOn, provider: IdentityProvider): void;
}

interface Uploaded {
  provider: IdentityProvider;
  reportedAtMs: number;
}

interface Fetched {
  provider: IdentityProvider;
  fetchedAtMs: number;
}

const maxFreshMs = 3_600_000;
const minFreshMs = 60_000;
/** An uploaded document stays as it is, and its certificates come nearer to their end every day. */
const reportEveryMs = 86_400_000;
/** Shortest time between two questions to one address, whatever callers present. */
const pauseMs = 30_000;

export function createIdentityProviders(options: IdentityProvidersOptions) {
  const { outbound, store, now } = options;
  const uploaded = new LRUCache<string, Uploaded>({ max: 1_000 });
  const fetched = new LRUCache<string, Fetched>({ max: 1_000 });
  const askedAtMs = new LRUCache<string, number>({ max: 1_000 });
  const underWay = new Map<string, Promise<IdentityProvider>>();

  const fromXml = (settings: SamlSignOn, xml: string): IdentityProvider => {
    const { idpMetadataCertificate: certificate } = settings;
    const key = keyOf(xml, certificate);
    const known = uploaded.get(key);
    if (known !== undefined && now() - known.reportedAtMs < reportEveryMs) return known.provider;
    const provider = known?.provider ?? readIdpMetadata(xml, certificate);
    uploaded.set(key, { provider, reportedAtMs: now() });
    options.onCertificates?.(settings, provider);
    return provider;
  };

  const ask = async (settings: SamlSignOn, url: string): Promise<IdentityProvider> => {
    askedAtMs.set(url, now());
    try {
      const { text } = await outbound.send({ url });
      const provider = readIdpMetadata(text, settings.idpMetadataCertificate);
      requireValid(provider, now());
      fetched.set(keyOf(url, settings.idpMetadataCertificate), { provider, fetchedAtMs: now() });
      await store?.save(url, text);
      options.onCertificates?.(settings, provider);
      return provider;
    } catch (error) {
      if (error instanceof SsoError) throw error;
      const detail = error instanceof UpstreamError ? error.message : (error as Error).message;
      throw new SsoError('provider_unreachable', `metadata at idpMetadataUrl: ${detail}`, error);
    }
  };

  /** One question at a time for each address. */
  const fetch = (settings: SamlSignOn, url: string): Promise<IdentityProvider> => {
    const key = keyOf(url, settings.idpMetadataCertificate);
    const running = underWay.get(key);
    if (running !== undefined) return running;
    const started = ask(settings, url).finally(() => underWay.delete(key));
    underWay.set(key, started);
    return started;
  };

  const lastKnownGood = async (
    { idpMetadataCertificate: certificate }: SamlSignOn,
    url: string,
  ): Promise<IdentityProvider | undefined> => {
    const known = fetched.get(keyOf(url, certificate))?.provider;
    if (known !== undefined) return known;
    const text = await store?.find(url);
    return text === undefined ? undefined : readIdpMetadata(text, certificate);
  };

  const fromUrl = async (settings: SamlSignOn, url: string): Promise<IdentityProvider> => {
    const known = fetched.get(keyOf(url, settings.idpMetadataCertificate));
    if (known !== undefined && now() - known.fetchedAtMs < freshMsOf(known.provider)) return known.provider;
    const isTooSoon = now() - (askedAtMs.get(url) ?? Number.NEGATIVE_INFINITY) < pauseMs;
    if (isTooSoon && known !== undefined) return requireValid(known.provider, now());
    try {
      return await fetch(settings, url);
    } catch (error) {
      const usable = await lastKnownGood(settings, url);
      if (usable === undefined) throw error;
      return requireValid(usable, now());
    }
  };

  return {
    /** @throws SsoError settings_incomplete, provider_unreachable, metadata_unusable */
    async of(settings: SamlSignOn): Promise<IdentityProvider> {
      const { idpMetadataXml: xml, idpMetadataUrl: url } = settings;
      if (xml !== undefined) return requireValid(fromXml(settings, xml), now());
      if (url !== undefined) return fromUrl(settings, url);
      throw new SsoError(
        'settings_incomplete',
        'there is no metadata: give idpMetadataXml or idpMetadataUrl',
      );
    },
    /** Asked again because nothing known verifies a signature; undefined where that would be too soon or gains nothing. */
    async renewed(settings: SamlSignOn): Promise<IdentityProvider | undefined> {
      const { idpMetadataUrl: url } = settings;
      if (url === undefined || now() - (askedAtMs.get(url) ?? 0) < pauseMs) return undefined;
      return fetch(settings, url).catch(() => undefined);
    },
  };
}

/** A document is kept for those who ask for the same signature: another certificate is another question. */
function keyOf(source: string, certificate: string | undefined): string {
  return sha256(JSON.stringify([source, certificate]));
}

function freshMsOf({ cacheDurationMs = maxFreshMs }: IdentityProvider): number {
  return Math.min(maxFreshMs, Math.max(minFreshMs, cacheDurationMs));
}

/** Metadata section 2.3.2: after validUntil it says nothing any more. */
function requireValid(provider: IdentityProvider, nowMs: number): IdentityProvider {
  if (provider.validUntilMs === undefined || provider.validUntilMs > nowMs) return provider;
  throw new SsoError(
    'metadata_unusable',
    `the metadata of ${provider.entityId} was valid until ${new Date(provider.validUntilMs).toISOString()}: get a new copy`,
  );
}

export type MetadataStore = ReturnType<typeof createMetadataStore>;

const keptSeconds = 30 * 24 * 3600;

export function createMetadataStore(redis: RedisClient, keyspace: Keyspace) {
  const keyOf = (url: string) => keyspace.key('sso-metadata', sha256(url));
  return {
    async save(url: string, xml: string): Promise<void> {
      await redis.set(keyOf(url), xml, 'EX', keptSeconds);
    },
    find: async (url: string): Promise<string | undefined> => (await redis.get(keyOf(url))) ?? undefined,
  };
}
