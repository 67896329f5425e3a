/** Resets the second factors of a person for an administrator, invites the person to a first one, and ends remembered devices. */
import type {
  EndedFactors,
  FactorInvitation,
  FactorOrder,
  PersonName,
} from '@gatehouse/contracts/auth-administration';
import { conflict, notFound } from '@gatehouse/service-kit/errors';
import type { SessionService } from '../../browser/sessions/service.ts';
import type { Actor } from '../../core/administration/actor.ts';
import type { Factors } from '../../factors/compose.ts';
import { rememberPolicyOf } from '../../factors/devices/service.ts';
import { lastingFactors } from '../../factors/store/held.ts';
import type { Admission } from '../../people/accounts/admission.ts';
import type { AuditEventName, AuditWriter } from '../../records/audit/event.ts';
import { helpDeskEventOf } from '../help-desk/events.ts';
import type { HelpDeskPeople } from '../help-desk/people.ts';
import type { createFactorReach, NamedPerson } from './reach.ts';

export interface FactorDeskOptions {
  people: Pick<HelpDeskPeople, 'inPlace'>;
  admission: Pick<Admission, 'policyOf'>;
  requireReach: ReturnType<typeof createFactorReach>;
  factors: Pick<Factors, 'passkeys' | 'devices' | 'invitations' | 'ends' | 'held'>;
  sessions: Pick<SessionService, 'list' | 'endAll'>;
  audit: Pick<AuditWriter, 'write'>;
}

/** Every function throws AppError 400, 403, 404, 503. */
export function createFactorDesk(options: FactorDeskOptions) {
  const { people, admission, requireReach, factors, sessions, audit } = options;

  const record = (
    name: AuditEventName,
    actor: Actor,
    { sub, contactCenterId, userName }: NamedPerson,
    fields: Record<string, string | number | string[]> = {},
  ) => audit.write(helpDeskEventOf(name, actor, { sub, contactCenterId, fields: { userName, ...fields } }));

  /** The person whose factors the administrator may change. */
  const reached = async (named: PersonName, actor: Actor): Promise<NamedPerson> => {
    const person = await people.inPlace(named, actor.within);
    await requireReach(person, actor);
    return person;
  };

  return {
    /** The password stays. Every session and token ends, and every remembered device. May be repeated. */
    async reset({ reason, ...named }: FactorOrder, actor: Actor): Promise<EndedFactors> {
      const user = await reached(named, actor);
      const [keys, held] = await Promise.all([factors.passkeys.service.list(user), sessions.list(user)]);
      const ended = await factors.ends.reset(user, { reason, by: actor.name });
      const counts = {
        passkeys: ended.passkeys,
        apps: ended.totp,
        recoveryCodes: ended.recoveryCodes,
        devices: ended.rememberedDevices,
      };
      const credentials = [
        ...new Set([...keys.map(credentialOf), ...(counts.apps > 0 ? [appCredential] : [])]),
      ];
      // In parallel: what is urgent must not wait for the audit trail.
      await Promise.all([
        sessions.endAll(user),
        record('factors_reset', actor, user, { statement: reason, credentials, ...counts }),
      ]);
      return { user, ...counts, sessions: held.length };
    },

    /** Takes the place of the invitation before. @throws AppError 409 for somebody who has a factor */
    async invite({ reason, ...named }: FactorOrder, actor: Actor): Promise<FactorInvitation> {
      const user = await reached(named, actor);
      if (lastingFactors(await factors.held(user)) > 0)
        throw conflict(
          'The person has a second factor, so an invitation would open nothing: reset the factors first',
          { field: 'data.user', reason: 'has_second_factor' },
        );
      const { code, endsAt } = await factors.invitations.make(user, { reason, by: actor.name });
      await record('factor_invitation_made', actor, user, { statement: reason });
      return { user, code, endsAt: endsAt.toISOString() };
    },

    /** Ends one remembered device, or all of them: the second factor is asked for there. */
    async endDevices(named: PersonName, id: string | undefined, actor: Actor) {
      const user = await people.inPlace(named, actor.within);
      const policy = await admission.policyOf(user.contactCenterId);
      const held = policy === undefined ? [] : await factors.devices.list(user, rememberPolicyOf(policy));
      if (id === undefined) await factors.devices.endAll(user);
      else if (!(await factors.devices.end(user, id)))
        throw notFound('The person has no such remembered browser', { field: 'device' });
      const devices = id === undefined ? held.length : 1;
      await record('remembered_devices_ended', actor, user, { devices });
      return { user, devices };
    },
  };
}

/** OpenID CAEP 1.0 section 3.3.1. */
const appCredential = 'app';
const credentialOf = ({ transports }: { transports: readonly string[] }) =>
  transports.includes('internal') || transports.includes('hybrid') ? 'fido2-platform' : 'fido2-roaming';
