/** The signing keys of one or more replicas on a database of their own, with a clock that the test moves. */

import { createChangeLog } from '@gatehouse/service-kit/changes';
import { createSecretBox, Secret } from '@gatehouse/service-kit/crypto';
import { createLogger } from '@gatehouse/service-kit/observability';
import { createPool, type Pool } from '@gatehouse/service-kit/postgres';
import type { RedisClient } from '@gatehouse/service-kit/redis';
import { createSigningKeys, type SigningKeyService } from '../../../src/keys/signing-keys/signing-keys.ts';
import type { AuditEvent } from '../../../src/records/audit/event.ts';
import { createAuthDatabase, postgresAt } from '../../stack/database.ts';

export const dayMs = 86_400_000;
const log = createLogger('test', { level: 'silent', format: 'json' });

export function boxOf(...keys: [id: string, fill: number][]) {
  return createSecretBox(
    new Secret(keys.map(([id, fill]) => `${id}:${Buffer.alloc(32, fill).toString('base64')}`).join(',')),
  );
}

export const box = boxOf(['k1', 1]);

export interface KeyStack {
  pool: Pool;
  /** Events of the audit trail so far. */
  events: AuditEvent[];
  /** Moves the clock of every replica. */
  clock: { nowMs: number };
  /** Another replica, started; those of one test share what the database holds. */
  replica(options?: {
    box?: typeof box;
    rotationMs?: number;
    isWritable?: boolean;
  }): Promise<SigningKeyService>;
  close(): Promise<void>;
}

export async function startKeyStack(): Promise<KeyStack> {
  const database = await createAuthDatabase();
  const config = {
    ...postgresAt(database.url),
    poolSize: 10,
    poolCheckoutTimeoutMs: 5000,
    statementTimeoutMs: 10_000,
  };
  const pool = createPool(config, { schema: 'auth', applicationName: 'test', log });
  const events: AuditEvent[] = [];
  const clock = { nowMs: Date.now() };
  const started: SigningKeyService[] = [];
  return {
    pool,
    events,
    clock,
    async replica(options = {}) {
      const keys = createSigningKeys({
        db: pool,
        // What is announced, nobody hears: these tests read again by themselves.
        changes: createChangeLog({
          pool,
          redis: { publish: async () => 0 } as unknown as RedisClient,
          schema: 'auth',
          channel: 'changes',
          log,
        }),
        box: options.box ?? box,
        audit: { write: async () => {}, inTransaction: async (_db, event) => void events.push(event) },
        now: () => clock.nowMs,
        trust: { isTrusted: true },
        log,
        rotationMs: options.rotationMs ?? 90 * dayMs,
        isWritable: options.isWritable ?? true,
        maxSignedLifeMs: 7 * dayMs,
      });
      await keys.start();
      started.push(keys);
      return keys;
    },
    async close() {
      for (const keys of started) keys.close();
      await pool.end();
      await database.close();
    },
  };
}
