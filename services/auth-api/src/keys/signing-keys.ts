/** The keys that sign: made on the first start, kept encrypted, shared by every replica, changed while they serve. */
import type { ChangeLog } from '@gatehouse/service-kit/changes/log';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { SecretBox } from '@gatehouse/service-kit/crypto/secret-box';
import { conflict, notFound } from '@gatehouse/service-kit/errors/app-error';
import type { Logger } from '@gatehouse/service-kit/logging/logger';
import type { Queryable } from '@gatehouse/service-kit/postgres/pool';
import type { AuditWriter } from '../audit/event.ts';
import { type SigningAlgorithm, signingAlgorithms } from './algorithms.ts';
import { keySetMaxAgeSeconds } from './jwks.ts';
import { beginKeyChanges, type KeyChanges } from './key-changes.ts';
import type { NewKey } from './key-material.ts';
import { createKeyRing, type SigningKeys } from './key-ring.ts';
import { listKeys, lockKeys, type StoredKey } from './store.ts';

/** Who changes keys, for the audit trail. */
export interface KeyActor {
  name: string;
  correlationId: string;
  clientAddress?: string;
}

export interface SigningKeyService {
  readonly keys: SigningKeys;
  /** Loads the keys, makes those that are missing, and looks after them from then on. @throws when one does not open */
  start(): Promise<void>;
  /** Reads the keys again: something about them changed. Never rejects: what is in memory goes on serving. */
  reload(): Promise<void>;
  /** The same for whoever only suspects it: at most once a second. */
  refresh(): Promise<void>;
  list(): Promise<StoredKey[]>;
  /** The waiting keys sign from now on; the former ones stay published until nothing lives that they signed. */
  rotate(algorithms: readonly SigningAlgorithm[], actor: KeyActor): Promise<StoredKey[]>;
  /** @throws AppError (409) when the key is there already */
  import(key: NewKey, state: 'next' | 'active', actor: KeyActor): Promise<StoredKey>;
  /** It signs nothing any more and stays published. @throws AppError (404, 409) */
  retire(kid: string, actor: KeyActor): Promise<StoredKey[]>;
  /** For a key that leaked: every replica refuses what it signed. @throws AppError (404) */
  remove(kid: string, actor: KeyActor): Promise<StoredKey[]>;
  /** Rotates by schedule and forgets retired keys whose tokens have all expired. */
  maintain(): Promise<void>;
  /** Until when a retired key is published. */
  publishedUntilMs(key: StoredKey): number | undefined;
  close(): void;
}

export interface SigningKeyOptions {
  db: Queryable;
  changes: ChangeLog;
  box: SecretBox;
  audit: AuditWriter;
  now: Clock;
  log: Logger;
  /** How long a key signs; 0: until somebody rotates it. */
  rotationMs: number;
  /** Longest life of anything that a key signs. */
  longestSignedLifeMs: number;
}

/** `entity` of these changes in the change log. */
export const signingKeyEntity = 'signing-key';

const maintenanceIntervalMs = 60_000;
const refreshIntervalMs = 1000;
/** A replica that is cut off may sign with a key that others have retired: what it signed must verify to its end. */
const retirementMarginMs = 3_600_000;
const shortestPublicationMs = 2 * keySetMaxAgeSeconds * 1000;
const bySchedule: KeyActor = { name: 'schedule', correlationId: 'key-rotation' };

export function createSigningKeys(options: SigningKeyOptions): SigningKeyService {
  const { db, changes, box, audit, now, log, rotationMs } = options;
  const ring = createKeyRing(box);
  const keptMs = options.longestSignedLifeMs + retirementMarginMs;
  let reading: Promise<void> | undefined;
  let isChanged = false;
  let readAtMs = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;

  async function load(): Promise<void> {
    readAtMs = performance.now();
    ring.replace(await listKeys(db));
  }

  function reload(): Promise<void> {
    // A reading that is under way may have begun before the change.
    isChanged = true;
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  }

  async function read(): Promise<void> {
    while (isChanged) {
      isChanged = false;
      await load().catch((error) => log.warn({ err: error }, 'the signing keys could not be read'));
    }
  }

  async function change(actor: KeyActor, work: (keys: KeyChanges) => Promise<void>): Promise<StoredKey[]> {
    const after = await changes.inTransaction(async ({ client, record }) => {
      await lockKeys(client);
      const keys = await beginKeyChanges(client, box, now());
      await work(keys);
      for (const { event, kid, algorithm } of keys.made) {
        await audit.inTransaction(client, {
          name: event,
          outcome: 'success',
          correlationId: actor.correlationId,
          clientAddress: actor.clientAddress,
          fields: { actor: actor.name, kid, algorithm },
        });
        record({ entity: signingKeyEntity, id: kid });
      }
      return [...keys.keys];
    });
    ring.replace(after);
    return after;
  }

  const publishedUntilMs = ({ retiredAtMs }: StoredKey) =>
    retiredAtMs === undefined ? undefined : retiredAtMs + keptMs;

  const isForgotten = (key: StoredKey) => (publishedUntilMs(key) ?? Number.POSITIVE_INFINITY) <= now();

  /** Its successor has been published for long enough: resource servers have it. */
  function isDue(keys: readonly StoredKey[], algorithm: SigningAlgorithm): boolean {
    if (rotationMs === 0) return false;
    const ofAlgorithm = keys.filter((key) => key.algorithm === algorithm);
    const active = ofAlgorithm.find(({ state }) => state === 'active');
    const next = ofAlgorithm.find(({ state }) => state === 'next');
    return (
      (active?.activatedAtMs ?? now()) + rotationMs <= now() &&
      (next?.createdAtMs ?? now()) + shortestPublicationMs <= now()
    );
  }

  async function maintain(): Promise<void> {
    const stored = await listKeys(db);
    ring.replace(stored);
    if (!stored.some(isForgotten) && !signingAlgorithms.some((algorithm) => isDue(stored, algorithm))) return;
    await change(bySchedule, async (keys) => {
      // Looked at again under the lock: another replica may have done it.
      for (const algorithm of signingAlgorithms) {
        if (isDue(keys.keys, algorithm)) await keys.rotate(algorithm);
      }
      for (const key of keys.keys.filter(isForgotten)) await keys.remove(key);
    });
  }

  return {
    keys: ring,
    async start() {
      await load();
      const isWhole = signingAlgorithms.every((algorithm) =>
        (['next', 'active'] as const).every((state) =>
          ring.all.some((key) => key.state === state && key.algorithm === algorithm),
        ),
      );
      if (!isWhole) await change({ name: 'start-up', correlationId: 'start-up' }, (keys) => keys.complete());
      timer = setInterval(() => {
        maintain().catch((error) => log.warn({ err: error }, 'the signing keys could not be looked after'));
      }, maintenanceIntervalMs).unref();
    },
    reload,
    refresh: async () => {
      if (performance.now() - readAtMs >= refreshIntervalMs) await reload();
    },
    list: () => listKeys(db),
    rotate: (algorithms, actor) =>
      change(actor, async (keys) => {
        for (const algorithm of algorithms) await keys.rotate(algorithm);
      }),
    async import(key, state, actor) {
      const after = await change(actor, async (keys) => {
        if (keys.keys.some(({ kid }) => kid === key.kid)) {
          throw conflict(`The key ${key.kid} is there already`, { field: 'data.key' });
        }
        await keys.add(key, state);
      });
      return find(after, key.kid);
    },
    retire: (kid, actor) =>
      change(actor, async (keys) => {
        const key = find(keys.keys, kid);
        if (key.state === 'retired') throw conflict(`The key ${kid} is retired already`);
        if (key.state === 'active') return keys.rotate(key.algorithm);
        await keys.remove(key);
        await keys.complete();
      }),
    remove: (kid, actor) =>
      change(actor, async (keys) => {
        await keys.remove(find(keys.keys, kid));
        await keys.complete();
      }),
    maintain,
    publishedUntilMs,
    close: () => clearInterval(timer),
  };
}

function find(keys: readonly StoredKey[], kid: string): StoredKey {
  const key = keys.find((candidate) => candidate.kid === kid);
  if (key === undefined) throw notFound(`There is no signing key ${JSON.stringify(kid.slice(0, 128))}`);
  return key;
}
