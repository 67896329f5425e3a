/** Makes and redeems links by which the operator signs in to the console. */
import { type ConsoleLink, consoleLinkCodePattern, consoleLinkPath } from '@gatehouse/contracts/auth-api';
import type { Clock } from '@gatehouse/service-kit/clock';
import { randomToken } from '@gatehouse/service-kit/crypto';
import type { Actor } from '../../core/administration/actor.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import type { Revocations } from '../../records/revocation/revocations.ts';
import { type OperatorAccount, operatorSubject } from '../../tokens/operator-tokens.ts';
import type { createConsoleLinkStore, StoredConsoleLink } from './store.ts';

export interface ConsoleLinkOptions {
  store: ReturnType<typeof createConsoleLinkStore>;
  account: OperatorAccount;
  revocations: Pick<Revocations, 'untilFresh' | 'isRevoked'>;
  audit: AuditWriter;
  /** Flood limited: invented codes must not fill the audit trail. */
  refused: Pick<AuditWriter, 'write'>;
  publicUrl: string;
  now: Clock;
}

export interface Redemption {
  code: string;
  /** The client that redeems it. */
  clientId: string;
  /** Where the browser is that opened the link. */
  clientAddress: string;
  correlationId: string;
}

export type ConsoleLinks = ReturnType<typeof createConsoleLinks>;

const lifeMs = 60_000;

export function createConsoleLinks(options: ConsoleLinkOptions) {
  const { store, account, revocations, audit, refused, publicUrl, now } = options;

  async function take({ code, clientId }: Redemption): Promise<StoredConsoleLink | undefined> {
    if (!consoleLinkCodePattern.test(code)) return undefined;
    await revocations.untilFresh();
    const link = await store.take(code);
    if (link === undefined || link.expiresAtMs <= now() || !account.isCurrent(link.mark)) return undefined;
    const sub = operatorSubject(link.account);
    return revocations.isRevoked({ sub, clientId, issuedAtMs: link.createdAtMs }) ? undefined : link;
  }

  return {
    /** `actor`: the operator account, by its password. @throws AppError (503) */
    async create({ name, correlationId, clientAddress }: Actor): Promise<ConsoleLink> {
      const code = randomToken();
      const createdAtMs = now();
      const expiresAtMs = createdAtMs + lifeMs;
      const link = { account: name, mark: account.mark, correlationId, createdAtMs, expiresAtMs };
      await Promise.all([
        store.save(code, link),
        audit.write({
          name: 'console_link_created',
          outcome: 'success',
          sub: operatorSubject(name),
          correlationId,
          clientAddress,
          fields: { actor: name },
        }),
      ]);
      // The fragment is in no request, and so in no log of a proxy and no Referer.
      return {
        url: `${publicUrl}${consoleLinkPath}#${code}`,
        expiresAt: new Date(expiresAtMs).toISOString(),
      };
    },

    /**
     * Undefined, without a reason, for a link that is unknown, used or too old. No limit by address: 256 bits
     * cannot be guessed, and wrong codes must not shut out the right one. @throws AppError (503)
     */
    async redeem(redemption: Redemption): Promise<StoredConsoleLink | undefined> {
      const { clientId, clientAddress, correlationId } = redemption;
      const link = await take(redemption);
      const origin = { clientId, clientAddress, correlationId };
      if (link === undefined) {
        await refused.write({ name: 'console_link_refused', outcome: 'failure', ...origin });
        return undefined;
      }
      await audit.write({
        name: 'console_link_redeemed',
        outcome: 'success',
        sub: operatorSubject(link.account),
        ...origin,
        fields: { actor: link.account, linkRequest: link.correlationId },
      });
      return link;
    },
  };
}
