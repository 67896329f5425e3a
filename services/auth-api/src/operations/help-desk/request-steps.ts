/** Judges refusals that are none of the person: of an application, of a tenant that was typed wrong, and of one request that is asked for. */
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Verdict } from '@gatehouse/service-kit/health';
import { say } from '@gatehouse/service-kit/sentences';
import type { Refusals } from '../../oauth/refusals/compose.ts';
import type { AuditFilter, StoredAuditEvent } from '../../records/audit/store.ts';
import type { Within } from './accounts.ts';
import { cause, ok, onCommandLine, reasonOf, timeOf, unneeded, warning } from './verdicts.ts';

export interface RequestStepsOptions {
  search(filter: AuditFilter): Promise<{ events: StoredAuditEvent[] }>;
  refusals: Pick<Refusals, 'find' | 'keptDays'>;
  now: Clock;
}

interface Somebody {
  userName: string;
  sub: string | undefined;
  contactCenterId: string;
}

/** People of other contact centres may have the user name, too. */
const maxOfName = 50;

export function createRequestSteps({ search, refusals, now }: RequestStepsOptions) {
  // Older refusals say nothing of now.
  const lookBackMs = refusals.keptDays * 24 * 3_600_000;

  return {
    /** For administrators of the installation: an event of a tenant that is none belongs to no contact centre. */
    async tenant(user: string, succeededAtMs: number): Promise<Verdict> {
      const fromMs = Math.max(now() - lookBackMs, succeededAtMs);
      const filter = { user, names: ['login_failed'], fromMs, limit: maxOfName };
      const { events } = await search(filter);
      const refused = events.find(isOfNoTenant);
      if (refused === undefined) return ok(say('signIn.tenant.none'));
      return unknownTenant(refused);
    },

    /** An application that got a code since is through. */
    async application({ userName, sub, contactCenterId }: Somebody): Promise<Verdict> {
      const within = { contactCenterId, limit: 1 };
      const names = ['authorization_refused'];
      const fromMs = now() - lookBackMs;
      const [refused] = (await search({ ...within, user: sub ?? userName, names, fromMs })).events;
      if (refused?.clientId === undefined) return ok(say('signIn.application.none'));
      const { clientId, sub: user, atMs } = refused;
      const issued = { ...within, user, clientId, names: ['code_issued', 'token_issued'], fromMs: atMs };
      if ((await search(issued)).events.length > 0) return ok(say('signIn.application.none'));
      const refusal = reasonOf(refused);
      const facts = { refusedAt: timeOf(refused), clientId };
      if (refusal === 'consent_refused')
        return cause('consent_refused', say('signIn.application.consent', facts));
      return cause(
        'authorization_refused',
        say('signIn.application.refused', { ...facts, refusal }),
        onCommandLine(`gatehouse clients diagnose ${clientId}`),
      );
    },

    /** The one of this correlation id, whosever it was: an error page shows the id before anybody has signed in. */
    async one(correlationId: string, within: Within): Promise<Verdict> {
      const confined = { correlationId, contactCenterId: within, limit: 1 };
      const [request] = (await refusals.find(confined)).requests;
      if (request !== undefined) {
        const { at: refusedAt, reason: refusal, clientId } = request;
        if (clientId === undefined)
          return cause('request_refused', say('signIn.request.ofNobody', { refusedAt, refusal }));
        return cause(
          'request_refused',
          say('signIn.request.refused', { refusedAt, refusal, clientId }),
          onCommandLine(`gatehouse clients diagnose ${clientId}`),
        );
      }
      const [event] = (await search({ ...confined, outcome: 'failure' })).events;
      if (event === undefined) return unneeded(say('signIn.request.unknown'));
      if (isOfNoTenant(event)) return unknownTenant(event);
      return warning(say('signIn.request.signIn', { refusedAt: timeOf(event), reason: reasonOf(event) }));
    },
  };
}

/** Another reason without a contact centre is an outage. */
const isOfNoTenant = (event: StoredAuditEvent) =>
  event.name === 'login_failed' &&
  event.contactCenterId === undefined &&
  reasonOf(event) === 'bad_credentials';

const unknownTenant = (event: StoredAuditEvent): Verdict =>
  cause('tenant_unknown', say('signIn.tenant.unknown', { refusedAt: timeOf(event) }));
