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

    /** When the person last signed in, or changed the password; 0: never, or nobody is known. */
    async succeededAtMs(contactCenterId: string, found: FoundPerson | undefined): Promise<number> {
      if (found === undefined) return 0;
      const filter = { user: found.sub, contactCenterId, outcome: 'success' as const, limit: 1 };
      const newest = async (name: string) =>
        (await search({ ...filter, names: [name] })).events[0]?.atMs ?? 0;
      return Math.max(...(await Promise.all(['login_succeeded', 'password_changed'].map(newest))));
    },

    async last(
      contactCenter: ContactCenterView,
      found: FoundPerson | undefined,
      refused: readonly StoredAuditEvent[],
    ): Promise<Omit<LastAttempts, 'succeededAtMs'>> {
      const signal = AbortSignal.timeout(serverTimeoutMs);
      // The person had signed in before an application was refused.
      const refusals = refused.filter(({ name }) => name !== 'authorization_refused');
      const address = refusals[0]?.clientAddress;
      const [listed, addressWaitMs] = await Promise.all([
        found && users.listing.findListed(contactCenter, found.userName, { signal }),
        address === undefined ? 0 : users.delays.ofAddress(address),
      ]);
      return { refusals, isShownAsLocked: listed?.state === 'locked', addressWaitMs };
    },
  };
}
