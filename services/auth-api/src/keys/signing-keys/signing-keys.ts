/** Creates, rotates, imports and removes the signing keys that all replicas share. */

import { type SigningAlgorithm, signingAlgorithms } from '@gatehouse/contracts/resources';
import type { ChangeLog } from '@gatehouse/service-kit/changes';
import type { Trust } from '@gatehouse/service-kit/clock';
import type { SecretBox } from '@gatehouse/service-kit/crypto';
import { conflict, notFound } from '@gatehouse/service-kit/errors';
import { listEtagOf, requireTag } from '@gatehouse/service-kit/http';
import type { Logger } from '@gatehouse/service-kit/observability';
import { type AuditWriter, actorFields } from '../../records/audit/event.ts';
import { beginKeyChanges, type KeyChanges } from './key-changes.ts';
import type { NewKey } from './key-material.ts';
import { createKeyRing, type SigningKeys } from './key-ring.ts';
import { createRingReader } from './ring-reader.ts';
import { createRotationSchedule, type RotationScheduleOptions } from './rotation-schedule.ts';
import { listKeys, lockKeys, type StoredKey } from './store.ts';

/** The person or program that changes keys, for the audit trail. */
export interface KeyActor {
  name: string;
  clientId?: string | undefined;
  correlationId: string;
  clientAddress?: string;
  /** The tag of the keys that were seen (If-Match). */
  ifMatch?: string | undefined;
}

export type SigningKeyService = ReturnType<typeof createSigningKeys>;

export interface SigningKeyOptions extends RotationScheduleOptions {
  changes: ChangeLog;
  box: SecretBox;
  audit: AuditWriter;
  /** Only then keys are rotated and removed by schedule. */
  trust: Trust;
  log: Logger;
  /** Maximum lifetime of what a key signs. */
  maxSignedLifeMs: number;
}

/** `entity` of these changes in the change log. */
export const signingKeyEntity = 'signing-key';

const maintenanceIntervalMs = 60_000;
/** A replica without contact may still sign with a key that others have retired: its tokens must stay verifiable. */
const retirementMarginMs = 3_600_000;
const bySchedule: KeyActor = { name: 'schedule', correlationId: 'key-rotation' };

/** Changes with every state of a key: which ones sign, wait, and are only published. */
export function keysEtagOf(keys: readonly StoredKey[]): string {
  return listEtagOf(keys.map(({ kid, state }) => `${state} ${kid}`));
}

export function createSigningKeys(options: SigningKeyOptions) {
  const { db, changes, box, audit, now, log } = options;
  const ring = createKeyRing(box);
  const keptMs = options.maxSignedLifeMs + retirementMarginMs;
  const { load, reload, refresh } = createRingReader(db, ring, log);
  let timer: NodeJS.Timeout | undefined;

  async function change(actor: KeyActor, work: (keys: KeyChanges) => Promise<void>): Promise<StoredKey[]> {
    const after = await changes.inTransaction(async ({ client, record }) => {
      await lockKeys(client);
      const keys = await beginKeyChanges(client, box, now());
      requireTag(actor.ifMatch, keysEtagOf(keys.keys));
      await work(keys);
      for (const { event, kid, algorithm } of keys.made) {
        await audit.inTransaction(client, {
          name: event,
          outcome: 'success',
          correlationId: actor.correlationId,
          clientAddress: actor.clientAddress,
          fields: { ...actorFields(actor), kid, algorithm },
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

  const maintain = createRotationSchedule(options, ring, keptMs, (work) => change(bySchedule, work));

  return {
    keys: ring as SigningKeys,

    /** Loads the keys, creates missing ones, and maintains them from then on. @throws Error if a key cannot be decrypted */
    async start(): Promise<void> {
      await load();
      const isWhole = signingAlgorithms.every((algorithm) =>
        (['next', 'active'] as const).every((state) =>
          ring.all.some((key) => key.state === state && key.algorithm === algorithm),
        ),
      );
      if (!isWhole) await change({ name: 'start-up', correlationId: 'start-up' }, (keys) => keys.complete());
      timer = setInterval(() => {
        if (!options.trust.isTrusted) return;
        maintain().catch((error) => log.warn({ err: error }, 'the maintenance of the signing keys failed'));
      }, maintenanceIntervalMs).unref();
    },

    reload,
    refresh,

    list: () => listKeys(db),

    /** The waiting keys sign from now on; the replaced ones stay published until no token that they signed is valid. @throws AppError (412) */
    rotate: (algorithms: readonly SigningAlgorithm[], actor: KeyActor) =>
      change(actor, async (keys) => {
        for (const algorithm of algorithms) await keys.rotate(algorithm);
      }),

    /** @throws AppError (409) if the key exists, (412) */
    async import(key: NewKey, state: 'next' | 'active', actor: KeyActor): Promise<StoredKey> {
      const after = await change(actor, async (keys) => {
        if (keys.keys.some(({ kid }) => kid === key.kid)) {
          throw conflict(`The key ${key.kid} is there already`, { field: 'data.key', reason: 'taken' });
        }
        await keys.add(key, state);
      });
      return find(after, key.kid);
    },

    /** The key signs nothing more and stays published. @throws AppError (404, 409, 412) */
    retire: (kid: string, actor: KeyActor) =>
      change(actor, async (keys) => {
        const key = find(keys.keys, kid);
        if (key.state === 'retired')
          throw conflict(`The key ${kid} is retired already`, { reason: 'already_so' });
        if (key.state === 'active') return keys.rotate(key.algorithm);
        await keys.remove(key);
        await keys.complete();
      }),

    /** For a leaked key: every replica refuses what it signed. @throws AppError (404, 412) */
    remove: (kid: string, actor: KeyActor) =>
      change(actor, async (keys) => {
        await keys.remove(find(keys.keys, kid));
        await keys.complete();
      }),

    /** Rotates by schedule, and deletes retired keys whose tokens have all expired. */
    maintain,

    /** Until when a retired key is published. */
    publishedUntilMs,
    close: () => clearInterval(timer),
  };
}

function find(keys: readonly StoredKey[], kid: string): StoredKey {
  const key = keys.find((candidate) => candidate.kid === kid);
  if (key === undefined) throw notFound(`There is no signing key ${JSON.stringify(kid.slice(0, 128))}`);
  return key;
}
