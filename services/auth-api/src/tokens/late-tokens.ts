/**
 * What is given out by a registration that has changed already: by a replica that has not heard of it, or in answer to a request
 * that began before. The change ended what was out at its moment; what came later by the old registration ends here.
 */
import type { Clock } from '@gatehouse/service-kit/clock';
import { createGrowingCache } from '@gatehouse/service-kit/growing-cache';
import type { Logger } from '@gatehouse/service-kit/logging/logger';
import type { Client } from '../clients/client.ts';
import type { ClientDirectory } from '../clients/directory.ts';
import { endedByChange } from '../clients/narrowing.ts';
import type { CutOffs } from '../revocation/cut-offs.ts';
import type { TokenIssuer } from './issue.ts';

export interface LateTokens {
  /** The client changed, here or on another replica: its copy goes, and what it got by it since. Never rejects. */
  forget(clientId: string): Promise<void>;
  /** The same issuer, which looks after each token whether the registration is still the one that it was made by. */
  watched(issuer: TokenIssuer): TokenIssuer;
}

export interface LateTokensOptions {
  directory: Pick<ClientDirectory, 'find' | 'drop'>;
  cutOffs: Pick<CutOffs, 'raise'>;
  now: Clock;
  log: Logger;
}

interface LastIssue {
  by: Client;
  atMs: number;
}

/** As many as the directory keeps. */
const mostClients = 20_000;

export function createLateTokens({ directory, cutOffs, now, log }: LateTokensOptions): LateTokens {
  const lastIssues = createGrowingCache<LastIssue>(mostClients);

  /** The last issue by a registration before, where there was one. */
  function note(issue: LastIssue): LastIssue | undefined {
    const { by, atMs } = issue;
    const last = lastIssues.get(by.clientId);
    if (last !== undefined && isSame(last.by, by)) {
      last.atMs = Math.max(last.atMs, atMs);
      return undefined;
    }
    lastIssues.set(by.clientId, issue);
    return last;
  }

  /** Up to the issue and no further: what the new registration gave elsewhere since then is good. */
  async function settle(issue: LastIssue): Promise<void> {
    const { by, atMs } = issue;
    const { clientId, createdAtMs } = by;
    const found = await directory.find(clientId);
    if (isSame(found, by)) {
      const before = note(issue);
      if (before !== undefined) await settle(before);
      return;
    }
    // Another client may have the id by now.
    const after = found?.createdAtMs === createdAtMs ? found : undefined;
    const ended = endedByChange(by, after);
    await Promise.all(ended.map((one) => cutOffs.raise({ ...one, atMs })));
  }

  async function settleOrTell(issue: LastIssue): Promise<void> {
    try {
      await settle(issue);
    } catch (error) {
      const { clientId } = issue.by;
      // The next issue compares again.
      if (!lastIssues.has(clientId)) lastIssues.set(clientId, issue);
      log.warn({ err: error, clientId }, 'the late tokens of a changed client could not be cut off');
    }
  }

  async function watch<T>(client: Client, issuing: Promise<T>): Promise<T> {
    const issued = await issuing;
    await settleOrTell({ by: client, atMs: now() });
    return issued;
  }

  return {
    async forget(clientId) {
      const last = lastIssues.get(clientId);
      lastIssues.delete(clientId);
      directory.drop(clientId);
      if (last !== undefined) await settleOrTell(last);
    },
    watched: (issuer) => ({
      issueForClient: (client, ...what) => watch(client, issuer.issueForClient(client, ...what)),
      issueForUser: (client, ...what) => watch(client, issuer.issueForUser(client, ...what)),
      issueInFront: (client, ...what) => watch(client, issuer.issueInFront(client, ...what)),
      reissue: (client, ...what) => watch(client, issuer.reissue(client, ...what)),
      issueDerived: (client, ...what) => watch(client, issuer.issueDerived(client, ...what)),
      openDerived: (client, ...what) => watch(client, issuer.openDerived(client, ...what)),
    }),
  };
}

function isSame(known: Client | undefined, by: Client): boolean {
  return known?.version === by.version && known.createdAtMs === by.createdAtMs;
}
