/**
 * Revokes tokens that were issued by a registration that had already changed: by a replica that did not know of the
 * change yet, or for a request that began before it. The change itself revokes only what was issued before it.
 */

import { createGrowingCache } from '@gatehouse/service-kit/cache';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Logger } from '@gatehouse/service-kit/observability';
import type { Revocations } from '../records/revocation/revocations.ts';
import type { Client } from '../registry/clients/client.ts';
import type { ClientDirectory } from '../registry/clients/directory.ts';
import { endedByChange } from '../registry/clients/narrowing.ts';

export type StaleRegistrationTokens = ReturnType<typeof createStaleRegistrationTokens>;

export interface StaleRegistrationTokensOptions {
  directory: Pick<ClientDirectory, 'find' | 'drop'>;
  revocations: Pick<Revocations, 'revokeAll'>;
  now: Clock;
  log: Logger;
}

interface LastIssue {
  by: Client;
  atMs: number;
}

/** As many as the directory caches. */
const maxClients = 20_000;

export function createStaleRegistrationTokens({
  directory,
  revocations,
  now,
  log,
}: StaleRegistrationTokensOptions) {
  const lastIssues = createGrowingCache<LastIssue>(maxClients);

  /** @returns the last issue by an earlier version of the registration, if there was one. */
  function record(issue: LastIssue): LastIssue | undefined {
    const { by, atMs } = issue;
    const last = lastIssues.get(by.clientId);
    if (last !== undefined && isSame(last.by, by)) {
      last.atMs = Math.max(last.atMs, atMs);
      return undefined;
    }
    lastIssues.set(by.clientId, issue);
    return last;
  }

  /** Revokes only up to the moment of the issue: what other replicas issued by the new registration since is valid. */
  async function settle(issue: LastIssue): Promise<void> {
    const { by, atMs } = issue;
    const { clientId, createdAtMs } = by;
    const found = await directory.find(clientId);
    if (isSame(found, by)) {
      const before = record(issue);
      if (before !== undefined) await settle(before);
      return;
    }
    // Another client may have the id by now.
    const after = found?.createdAtMs === createdAtMs ? found : undefined;
    await revocations.revokeAll(endedByChange(by, after).map((one) => ({ ...one, atMs })));
  }

  async function settleOrLog(issue: LastIssue): Promise<void> {
    try {
      await settle(issue);
    } catch (error) {
      const { clientId } = issue.by;
      // The check after the next issue tries again.
      if (!lastIssues.has(clientId)) lastIssues.set(clientId, issue);
      log.warn({ err: error, clientId }, 'the tokens of a stale registration could not be revoked');
    }
  }

  return {
    /** Drops the cached copy of a client that changed, and revokes what it was issued since. Never rejects. */
    async forget(clientId: string): Promise<void> {
      const last = lastIssues.get(clientId);
      lastIssues.delete(clientId);
      directory.drop(clientId);
      if (last !== undefined) await settleOrLog(last);
    },

    /**
     * To be awaited after tokens were issued to `client` and before they are sent: revokes them if the registration is
     * no longer the one that they were issued by. Never rejects.
     */
    check: (client: Client): Promise<void> => settleOrLog({ by: client, atMs: now() }),
  };
}

function isSame(known: Client | undefined, by: Client): boolean {
  return known?.version === by.version && known.createdAtMs === by.createdAtMs;
}
