/** Shows the second factors of a person to administrators, with the remembered devices and what happened to them. */
import type { FactorsOfPerson, HeldFactor, PersonName } from '@gatehouse/contracts/auth-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Actor } from '../../core/administration/actor.ts';
import type { Factors } from '../../factors/compose.ts';
import { rememberPolicyOf } from '../../factors/devices/service.ts';
import type { Admission } from '../../people/accounts/admission.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import type { PersonKey } from '../../records/revocation/revocation.ts';
import { helpDeskEventOf } from '../help-desk/events.ts';
import type { HelpDeskPeople } from '../help-desk/people.ts';

export interface ShownFactorsOptions {
  people: Pick<HelpDeskPeople, 'inPlace'>;
  admission: Pick<Admission, 'policyOf'>;
  factors: Pick<Factors, 'totp' | 'passkeys' | 'devices' | 'held' | 'history'>;
  audit: Pick<AuditWriter, 'write'>;
}

const maxHistory = 50;

export function createShownFactors({ people, admission, factors, audit }: ShownFactorsOptions) {
  const passkeysOf = async (person: PersonKey): Promise<HeldFactor[]> =>
    (await factors.passkeys.service.list(person)).map(
      ({ id, name, isSynced, hasCloneWarning, ...times }) => ({
        kind: 'passkey',
        ...{ id, name, synced: isSynced, cloneSuspected: hasCloneWarning },
        ...timesOf(times),
      }),
    );

  const appsOf = async (person: PersonKey): Promise<HeldFactor[]> =>
    (await factors.totp.list(person)).map(({ id, name, ...times }) => ({
      kind: 'totp',
      ...{ id, name },
      ...timesOf(times),
    }));

  /** @throws AppError 400, 404, 503 */
  return async function show(named: PersonName, actor: Actor): Promise<FactorsOfPerson> {
    const user = await people.inPlace(named, actor.within);
    const { sub, contactCenterId, userName } = user;
    const fields = { purpose: 'factors', userName };
    await audit.write(helpDeskEventOf('access_inspected', actor, { sub, contactCenterId, fields }));
    const policy = await admission.policyOf(contactCenterId);
    const [keys, apps, { recoveryCodes }, devices, history] = await Promise.all([
      passkeysOf(user),
      appsOf(user),
      factors.held(user),
      policy === undefined ? [] : factors.devices.list(user, rememberPolicyOf(policy)),
      factors.history(user),
    ]);
    return {
      user,
      factors: [...keys, ...apps],
      recoveryCodes,
      devices: devices.map(({ id, userAgent, grantedAt, endsAt }) => ({
        ...{ id, userAgent },
        ...{ grantedAt: grantedAt.toISOString(), endsAt: endsAt.toISOString() },
      })),
      history: history.slice(0, maxHistory).map(({ at, change, factor, name, reason, by }) => ({
        ...{ at: at.toISOString(), change, factor, by },
        ...definedOnly({ name: name ?? undefined, reason: reason ?? undefined }),
      })),
    };
  };
}

const timesOf = ({ madeAt, usedAt }: { madeAt: Date; usedAt?: Date | null | undefined }) => ({
  madeAt: madeAt.toISOString(),
  ...(usedAt ? { usedAt: usedAt.toISOString() } : {}),
});
