/** Composition root: everything the routes stand on, made once, closed once. */

import { createOperator } from '@gatehouse/caller-auth/credentials/operator';
import { createSecretAttempts } from '@gatehouse/caller-auth/credentials/secret-attempts';
import {
  createSecretVerifier,
  type SecretVerifier,
} from '@gatehouse/caller-auth/credentials/secret-verifier';
import type { ConsulAccess } from '@gatehouse/config-server-client/discovery/consul/consul-access';
import { consulAccessOf } from '@gatehouse/config-server-client/discovery/consul/consul-settings';
import { createForgetting } from '@gatehouse/service-kit/changes/forget';
import { createChangeLog } from '@gatehouse/service-kit/changes/log';
import { type ChangeSubscriber, createChangeSubscriber } from '@gatehouse/service-kit/changes/subscriber';
import { type Clock, systemClock } from '@gatehouse/service-kit/clock';
import { createSecretBox, type SecretBox } from '@gatehouse/service-kit/crypto/secret-box';
import type { Probe } from '@gatehouse/service-kit/health/diagnosis';
import type { Kit } from '@gatehouse/service-kit/http/run';
import { createOutbound, type Outbound } from '@gatehouse/service-kit/outbound/outbound';
import { createLastUses, type LastUses } from '@gatehouse/service-kit/postgres/last-uses';
import { createPool, type Pool } from '@gatehouse/service-kit/postgres/pool';
import {
  createRedis,
  duplicateRedis,
  type RedisClient,
  untilRedisIsReady,
} from '@gatehouse/service-kit/redis/client';
import { createKeyspace, type Keyspace } from '@gatehouse/service-kit/redis/keys';
import {
  createOpsAuthentication,
  type OpsAuthentication,
} from './client-authentication/ops-authentication.ts';
import { type ClientDirectory, createClientDirectory } from './clients/directory.ts';
import { type ClientService, createClientService } from './clients/service.ts';
import { serviceClient } from './clients/service-client.ts';
import { writeClientUses } from './clients/store.ts';
import type { Config } from './config.ts';
import { type AuditDeps, createAuditDeps } from './deps-audit.ts';
import { createProbes } from './deps-diagnosis.ts';
import { createOAuthDeps, type OAuthDeps } from './deps-oauth.ts';
import { createSenderDeps, type SenderDeps } from './deps-sender.ts';
import { createSignInDeps, type SignInDeps } from './deps-sign-in.ts';
import { createSsoDeps, type SsoDeps } from './deps-sso.ts';
import { observeKeyAges } from './keys/key-metrics.ts';
import { createSigner, type Signer } from './keys/signer.ts';
import { createSigningKeys, type SigningKeyService, signingKeyEntity } from './keys/signing-keys.ts';
import { createCutOffStream } from './revocation/cut-off-stream.ts';
import { type CutOffs, createCutOffs } from './revocation/cut-offs.ts';
import { observeSsoKeys } from './sso/keys/key-metrics.ts';
import { loadSsoKeys, type SsoKeys, ssoKeyEntity } from './sso/keys/service.ts';
import { createAccessTokenMint } from './tokens/access-token-mint.ts';
import { createAccessTokenStore } from './tokens/access-token-store.ts';
import { type AccessTokens, createAccessTokens } from './tokens/access-tokens.ts';
import { createFamilies, type Families } from './tokens/families.ts';
import { createFamilyStore } from './tokens/family-store.ts';
import { createIdTokens, type IdTokens } from './tokens/id-token.ts';
import { createTokenIssuer, type TokenIssuer } from './tokens/issue.ts';
import { createJwtAccessTokens } from './tokens/jwt-access-token.ts';
import { createLateTokens } from './tokens/late-tokens.ts';
import { createServiceAuthorization } from './tokens/service-token.ts';

export type Deps = BaseDeps &
  SenderDeps &
  SignInDeps &
  OAuthDeps &
  SsoDeps & { probes: readonly Probe[]; close(): Promise<void> };

/** What tokens, clients and keys stand on; sign-in is composed on top of it. */
export interface BaseDeps extends AuditDeps {
  config: Config;
  kit: Kit;
  /** Where Consul is, if this installation has one. */
  consul: ConsulAccess | undefined;
  now: Clock;
  /** `<publicUrl>/auth/v3`: the one issuer of the installation. */
  issuer: string;
  pool: Pool;
  redis: RedisClient;
  keyspace: Keyspace;
  secretBox: SecretBox;
  signingKeys: SigningKeyService;
  signer: Signer;
  ssoKeys: SsoKeys;
  idTokens: IdTokens;
  cutOffs: CutOffs;
  accessTokens: AccessTokens;
  families: Families;
  tokenIssuer: TokenIssuer;
  /** Authorization header of our own calls to the Environment API. */
  serviceAuthorization: () => Promise<string>;
  /** Calls to addresses that clients have registered. */
  outbound: Outbound;
  clientDirectory: ClientDirectory;
  clients: ClientService;
  /** When clients last proved themselves. */
  clientUses: LastUses;
  secretVerifier: SecretVerifier;
  opsAuthentication: OpsAuthentication;
}

const schema = 'auth';
const spentCodeTtlMs = 3_600_000;
const dayMs = 86_400_000;

export async function createDeps(config: Config, kit: Kit, now: Clock = systemClock): Promise<Deps> {
  const { log } = kit;
  const consul = consulAccessOf(config.consul);
  const issuer = `${config.publicUrl}/auth/v3`;
  const pool = createPool(config.postgres, { schema, applicationName: 'gatehouse-auth-api', log });
  const redis = createRedis(config.redis, { log });
  kit.tracing?.pool(pool);
  kit.tracing?.redis(redis);
  const blockingRedis = duplicateRedis(config.redis, log);
  await untilRedisIsReady(redis);
  const keyspace = createKeyspace(config.redis.keyPrefix);
  const secretBox = createSecretBox(config.encryption.keys);
  const auditing = await createAuditDeps({ config, kit, pool, redis, keyspace, secretBox, now });
  const { audit } = auditing.deps;

  const longestLifeMs =
    1000 *
    Math.max(
      config.tokens.longestAccessTtlSeconds,
      config.tokens.longestRefreshTtlSeconds,
      config.sessions.absoluteSeconds,
      config.sessions.rememberSeconds,
    );
  const cutOffs = createCutOffs({
    stream: createCutOffStream(redis, blockingRedis, keyspace.name('cutoffs')),
    now,
    log,
    longestLifeMs,
  });
  await cutOffs.start();

  const changes = createChangeLog({ pool, redis, schema, channel: keyspace.name('changes:auth'), log });
  const signingKeys = createSigningKeys({
    db: pool,
    changes,
    box: secretBox,
    audit,
    now,
    log,
    rotationMs: config.signingKeys.rotationDays * dayMs,
    // An ID token lives as long as the access token beside it.
    longestSignedLifeMs: 1000 * config.tokens.longestAccessTtlSeconds,
  });
  await signingKeys.start();
  observeKeyAges(kit.metrics, signingKeys.keys, now);
  const signer = createSigner({ keys: signingKeys.keys, issuer, refreshKeys: signingKeys.refresh });
  const idTokens = createIdTokens(signer, issuer);
  const accessTokenStore = createAccessTokenStore(redis, keyspace, issuer, now);
  const jwts = createJwtAccessTokens({ signer, box: secretBox, issuer });
  const accessTokens = createAccessTokens({ store: accessTokenStore, jwts, cutOffs, now });
  const familyStore = createFamilyStore({
    redis,
    keyspace,
    now,
    codeTtlMs: config.tokens.codeTtlSeconds * 1000,
    spentCodeTtlMs,
    refreshGraceMs: config.tokens.refreshGraceMs,
    refreshIdleMs: config.tokens.refreshIdleSeconds * 1000,
    personFreshMs: config.tokens.personFreshMs,
    longestLifeMs,
  });
  const families = createFamilies(familyStore, cutOffs);
  const ownClient = serviceClient(config.serviceClient.id, config.serviceClient.secret, now());
  const secretVerifier = await createSecretVerifier({
    now,
    concurrency: config.clients.hashConcurrency,
    shared: createSecretAttempts({ redis, keyspace, now }),
  });
  const clientDirectory = createClientDirectory({
    db: pool,
    now,
    serviceClient: ownClient,
    staleMaxMs: config.clients.staleMaxSeconds * 1000,
    onStale: (key, ageMs, error) => log.warn({ err: error, key, ageMs }, 'a cached client or origin is used'),
  });
  const lateTokens = createLateTokens({ directory: clientDirectory, cutOffs, now, log });
  const tokenIssuer = lateTokens.watched(
    createTokenIssuer({
      mint: createAccessTokenMint({
        store: accessTokenStore,
        jwts,
        now,
        uuidTokens: config.compat.enabled,
      }),
      accessTokens: accessTokenStore,
      families,
      idTokens,
      now,
    }),
  );
  const ssoKeys = await loadSsoKeys({
    pool,
    changes,
    secretBox,
    audit,
    host: new URL(config.publicUrl).hostname,
    now,
    onLoaded: observeSsoKeys(kit.metrics),
  });
  const reloadSsoKeys = () => {
    ssoKeys
      .reload()
      .catch((error) => log.warn({ err: error }, 'the keys of single sign-on could not be read again'));
  };
  const clients = createClientService({
    db: pool,
    changes,
    audit,
    forgetClient: lateTokens.forget,
    verifier: secretVerifier,
    cutOffs,
    now,
    defaults: {
      redirectMatching: config.compat.enabled ? 'origin' : 'exact',
      accessTokenTtlSeconds: config.tokens.accessTtlSeconds,
      refreshTokenTtlSeconds: config.tokens.refreshTtlSeconds,
      longestAccessTokenTtlSeconds: config.tokens.longestAccessTtlSeconds,
      longestRefreshTokenTtlSeconds: config.tokens.longestRefreshTtlSeconds,
      impliesToken: config.compat.enabled,
      allowLoopback: config.outbound.allowLoopback,
    },
    serviceClientId: ownClient.clientId,
    shortestSecret: config.compat.enabled ? 1 : 8,
    secretGraceMs: config.clients.secretGraceSeconds * 1000,
  });
  const clientUses = createLastUses({
    write: (uses) => writeClientUses(pool, uses),
    now,
    log,
    what: 'clients',
    gatherMs: 5_000,
    isWritable: true,
  });
  const clientChanges: ChangeSubscriber = createChangeSubscriber({
    redis: duplicateRedis(config.redis, log),
    channel: keyspace.name('changes:auth'),
    latest: changes.latest,
    since: changes.since,
    onChange: ({ entity, id }) => {
      if (entity === signingKeyEntity) void signingKeys.reload();
      if (entity === ssoKeyEntity) reloadSsoKeys();
      if (entity !== 'client') return;
      secretVerifier.forget();
      void lateTokens.forget(id);
    },
    onGap: () => {
      void signingKeys.reload();
      clientDirectory.dropAll();
      secretVerifier.forget();
      reloadSsoKeys();
    },
    log,
  });
  await clientChanges.start();
  auditing.start();
  const forgetting = createForgetting(changes, { now, log });
  forgetting.start();

  const outbound = createOutbound(config.outbound);

  const senderDeps = createSenderDeps({ config, redis, keyspace, accessTokens, now });
  const base: BaseDeps & SenderDeps = {
    config,
    kit,
    consul,
    now,
    issuer,
    pool,
    redis,
    keyspace,
    secretBox,
    ...auditing.deps,
    signingKeys,
    signer,
    ssoKeys,
    idTokens,
    cutOffs,
    accessTokens,
    families,
    tokenIssuer,
    serviceAuthorization: createServiceAuthorization(tokenIssuer, ownClient, now),
    outbound,
    clientDirectory,
    clients,
    clientUses,
    secretVerifier,
    ...senderDeps,
    opsAuthentication: createOpsAuthentication({
      operator: createOperator({ ...config.ops, verifier: secretVerifier, log }),
      resourceTokens: senderDeps.resourceTokens,
      audit,
    }),
  };
  const signIn = await createSignInDeps(base);
  const sso = createSsoDeps({ ...base, ...signIn.deps });

  return {
    ...base,
    ...signIn.deps,
    ...sso,
    ...createOAuthDeps({ ...base, ...signIn.deps, ...sso }),
    probes: createProbes({ ...base, ...signIn.deps }),
    async close() {
      await signIn.close();
      await Promise.all([auditing.close(), forgetting.stop()]);
      clientChanges.stop();
      signingKeys.close();
      const followed = cutOffs.close();
      blockingRedis.disconnect();
      await followed;
      await outbound.close();
      await clientUses.settled();
      redis.disconnect();
      await pool.end();
    },
  };
}
