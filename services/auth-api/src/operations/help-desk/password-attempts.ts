/** Reads how the last attempts of a person to sign in by a password ended. */
import type { ContactCenterView } from '@gatehouse/contracts/environment-api';
import type { FoundPerson } from '../../people/accounts/identify.ts';
import { canonicalUserName } from '../../people/accounts/login-name.ts';
import type { UserService } from '../../people/accounts/service.ts';
import type { AuditFilter, StoredAuditEvent } from '../../records/audit/store.ts';
import { serverTimeoutMs } from './accounts.ts';
import { shownRefusals } from './events.ts';
import type { LastAttempts } from './sign-in-steps.ts';

export interface PasswordAttemptsOptions {
  users: Pick<UserService, 'listing' | 'delays'>;
  search(filter: AuditFilter): Promise<{ events: StoredAuditEvent[] }>;
}

export function createPasswordAttempts({ users, search }: PasswordAttemptsOptions) {
  return {
    /** The newest refusals, newest first. Events carry the name that was typed, which may be another one than the directory's own. */
    async refused(contactCenterId: string, typed: string, own = typed): Promise<StoredAuditEvent[]> {
      const names = canonicalUserName(own) === canonicalUserName(typed) ? [typed] : [typed, own];
      const filter = { contactCenterId, outcome: 'failure' as const, limit: shownRefusals };
      const pages = await Promise.all(names.map((user) => search({ ...filter, user })));
      const events = pages.flatMap((page) => page.events).sort((a, b) => b.atMs - a.atMs);
      return events.slice(0, shownRefusals);
    },

    async last(
      contactCenter: ContactCenterView,
      found: FoundPerson | undefined,
      refusals: readonly StoredAuditEvent[],
    ): Promise<LastAttempts> {
      const signal = AbortSignal.timeout(serverTimeoutMs);
      const newest = async (name: string) => {
        if (found === undefined) return 0;
        const filter = { user: found.sub, contactCenterId: contactCenter.id, outcome: 'success' as const };
        return (await search({ ...filter, names: [name], limit: 1 })).events[0]?.atMs ?? 0;
      };
      const address = refusals[0]?.clientAddress;
      const [signedIn, changed, listed, addressWaitMs] = await Promise.all([
        newest('login_succeeded'),
        newest('password_changed'),
        found && users.listing.findListed(contactCenter, found.userName, { signal }),
        address === undefined ? 0 : users.delays.ofAddress(address),
      ]);
      const succeededAtMs = Math.max(signedIn, changed);
      return { refusals, succeededAtMs, isShownAsLocked: listed?.state === 'locked', addressWaitMs };
    },
  };
}
