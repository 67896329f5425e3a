/** Owns our keys towards identity providers: creates them at the first start, stores them encrypted, and rotates them in two steps. */
import { X509Certificate } from 'node:crypto';
import { randomUuid, type SecretBox, type SecretPlace } from '@gatehouse/service-kit/crypto';
import { conflict } from '@gatehouse/service-kit/errors';
import { listEtagOf, requireTag } from '@gatehouse/service-kit/http';
import type { Metrics } from '@gatehouse/service-kit/observability';
import type { Core } from '../../../core/domain.ts';
import { type AuditWriter, actorFields } from '../../../records/audit/event.ts';
import { makeCertifiedKey } from './certificate.ts';
import {
  insertSsoKey,
  type KeyPurpose,
  listSsoKeys,
  lockSsoKeys,
  promoteSsoKey,
  type SsoKeyState,
  type StoredSsoKey,
} from './store.ts';

export interface SsoKey {
  id: string;
  purpose: KeyPurpose;
  state: SsoKeyState;
  /** PEM. */
  certificate: string;
  /** PKCS#8 in PEM. */
  privateKey: string;
  notAfterMs: number;
}

export interface SsoKeyActor {
  name: string;
  clientId?: string | undefined;
  correlationId: string;
  /** Undefined for our own start. */
  clientAddress?: string | undefined;
  /** The tag of the keys that were seen (If-Match). */
  ifMatch?: string | undefined;
}

export type SsoKeys = ReturnType<typeof createSsoKeys>;

/** Name of the change that tells the other replicas. */
export const ssoKeyEntity = 'sso-key';

const startUp: SsoKeyActor = { name: 'start-up', correlationId: 'start-up' };
const purposes: readonly KeyPurpose[] = ['signing', 'encryption'];

/** Changes with every state of a key. */
export function ssoKeysEtagOf(keys: readonly Pick<SsoKey, 'id' | 'state'>[]): string {
  return listEtagOf(keys.map(({ id, state }) => `${state} ${id}`));
}

export function createSsoKeys(core: Core, audit: AuditWriter) {
  const { pool, changes, secretBox, log } = core;
  const observe = observeSsoKeys(core.kit.metrics);
  let keys: SsoKey[] = [];

  const reload = async () => {
    keys = (await listSsoKeys(pool)).map((stored) => open(stored, secretBox));
    observe(keys);
  };

  const change = async (
    purpose: KeyPurpose,
    step: string,
    actor: SsoKeyActor,
    work: (present: readonly StoredSsoKey[], db: Parameters<typeof insertSsoKey>[0]) => Promise<boolean>,
  ) => {
    await changes.inTransaction(async ({ client, record }) => {
      await lockSsoKeys(client);
      const all = await listSsoKeys(client);
      requireTag(actor.ifMatch, ssoKeysEtagOf(all));
      const present = all.filter((key) => key.purpose === purpose);
      if (!(await work(present, client))) return;
      record({ entity: ssoKeyEntity, id: purpose });
      await audit.inTransaction(client, {
        name: 'sso_key_changed',
        outcome: 'success',
        correlationId: actor.correlationId,
        clientAddress: actor.clientAddress,
        fields: { purpose, step, ...actorFields(actor) },
      });
    });
    await reload();
  };

  const of = (purpose: KeyPurpose, ...states: SsoKeyState[]) =>
    keys.filter((key) => key.purpose === purpose && states.includes(key.state));

  return {
    /** The one that signs. */
    signing(): SsoKey {
      const [active] = of('signing', 'active');
      if (active === undefined) throw new Error('there is no active key for single sign-on');
      return active;
    },
    /** Active and next: what metadata and key set publish. */
    published: (purpose: KeyPurpose): SsoKey[] => [...of(purpose, 'active'), ...of(purpose, 'next')],
    /** Every key that may open something, the newest first. */
    decryption: (): SsoKey[] => [
      ...of('encryption', 'active'),
      ...of('encryption', 'next', 'retired').reverse(),
    ],
    all: (): SsoKey[] => keys,
    /** Makes the next key, which is published at once and used after `activate`. @throws AppError (409, 412) */
    prepare: (purpose: KeyPurpose, actor: SsoKeyActor): Promise<void> =>
      change(purpose, 'prepared', actor, async (present, db) => {
        if (present.some(({ state }) => state === 'next'))
          throw conflict(`There is a next ${purpose} key already: activate it first`, {
            reason: 'already_so',
          });
        await insertSsoKey(db, await makeKey(core, purpose, 'next'));
        return true;
      }),
    /** @throws AppError (409) when there is no next one, (412) */
    activate: (purpose: KeyPurpose, actor: SsoKeyActor): Promise<void> =>
      change(purpose, 'activated', actor, async (present, db) => {
        if (!present.some(({ state }) => state === 'next'))
          throw conflict(
            `There is no next ${purpose} key: prepare one, and let the identity providers learn it`,
            { reason: 'missing' },
          );
        await promoteSsoKey(db, purpose);
        return true;
      }),
    /** Another replica changed them. */
    follow(): void {
      reload().catch((error) =>
        log.warn({ err: error }, 'the keys of single sign-on could not be read again'),
      );
    },
    /**
     * Reads the keys and makes the first ones.
     * @throws Error when PostgreSQL is away or the encryption key is not the one that sealed them.
     */
    async start(): Promise<void> {
      await reload();
      for (const purpose of purposes) {
        if (keys.some((key) => key.purpose === purpose && key.state === 'active')) continue;
        await change(purpose, 'created', startUp, async (present, db) => {
          if (present.some(({ state }) => state === 'active')) return false;
          await insertSsoKey(db, await makeKey(core, purpose, 'active'));
          return true;
        });
      }
    },
  };
}

/** Its certificate names the host of the public URL. */
async function makeKey(
  { publicUrl, secretBox, now }: Core,
  purpose: KeyPurpose,
  state: SsoKeyState,
): Promise<StoredSsoKey> {
  const { certificate, privateKey } = await makeCertifiedKey(purpose, new URL(publicUrl).hostname, now());
  const id = randomUuid();
  return { id, purpose, certificate, privateKey: secretBox.seal(privateKey, ssoKeyPlace(id)), state };
}

function open({ id, purpose, state, certificate, privateKey }: StoredSsoKey, box: SecretBox): SsoKey {
  return {
    id,
    purpose,
    state,
    certificate,
    privateKey: box.open(privateKey, ssoKeyPlace(id)).toString('utf8'),
    notAfterMs: new X509Certificate(certificate).validToDate.getTime(),
  };
}

export function ssoKeyPlace(id: string): SecretPlace {
  return { table: 'auth.sso_keys', row: id, column: 'private_key' };
}

function observeSsoKeys(metrics: Metrics): (keys: readonly SsoKey[]) => void {
  const ends = metrics.gauge(
    'gatehouse_sso_key_not_after_seconds',
    'End of validity of the certificate that we use towards identity providers, in Unix seconds.',
    ['purpose'],
  );
  return (keys) => {
    for (const { purpose, state, notAfterMs } of keys)
      if (state === 'active') ends.set({ purpose }, Math.floor(notAfterMs / 1000));
  };
}
