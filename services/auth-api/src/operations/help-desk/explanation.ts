/** Explains why a person cannot sign in. */
import type { PersonName, SignInExplanation } from '@gatehouse/contracts/auth-administration';
import { defaultDirectory, type EnvironmentView, peopleSources } from '@gatehouse/contracts/environment-api';
import { examine, type Probe, type Verdict } from '@gatehouse/service-kit/health';
import type { Actor } from '../../core/administration/actor.ts';
import type { PasswordRule } from '../../people/accounts/password-rule.ts';
import type { UserService } from '../../people/accounts/service.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import type { AuditFilter, StoredAuditEvent } from '../../records/audit/store.ts';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import type { SsoSettings } from '../../sign-in/sso/settings.ts';
import { type HelpDeskAccount, serverTimeoutMs } from './accounts.ts';
import { delaysVerdict } from './delays.ts';
import { helpDeskEventOf, refusalOf, shownRefusals } from './events.ts';
import type { HelpDeskPeople } from './people.ts';
import { failed, ok, unneeded, warning } from './verdicts.ts';

export interface ExplanationsOptions {
  people: Pick<HelpDeskPeople, 'account'>;
  contactCenters: Pick<ContactCenterService, 'environment'>;
  users: Pick<UserService, 'find' | 'delays'>;
  ssoSettings: Pick<SsoSettings, 'enabled'>;
  passwordRule: PasswordRule;
  search(filter: AuditFilter): Promise<{ events: StoredAuditEvent[] }>;
  audit: Pick<AuditWriter, 'write'>;
}

/** Every function throws AppError 400, 404, 503. */
export function createExplanations(options: ExplanationsOptions) {
  const { people, contactCenters, users, ssoSettings, passwordRule, search, audit } = options;

  const environmentVerdict = async ({ contactCenter }: HelpDeskAccount): Promise<Verdict> => {
    const { environmentId } = contactCenter;
    const environment = await contactCenters.environment(environmentId);
    if (environment === undefined)
      return failed(`The environment ${environmentId} does not exist: give the contact centre another one.`);
    return serversVerdict(environment);
  };

  const wayVerdict = async ({ userName, contactCenter: { id } }: HelpDeskAccount): Promise<Verdict> => {
    const [first] = await ssoSettings.enabled(id);
    if (first === undefined) return ok('By password.');
    const provider = `an identity provider (${first.protocol})`;
    const test = `gatehouse sso test --contact-center ${id} --user NAME tells whether that works`;
    const use = await passwordRule(id, userName);
    if (use.allows === 'yes') return ok(`Through ${provider}, or by password: ${test}.`);
    if (use.allows === 'no') return warning(`Through ${provider} only, a password is refused: ${test}.`);
    const groups = use.accessGroups.join(', ');
    return warning(`Members of ${groups} through ${provider}, others by password: ${test}.`);
  };

  const probesOf = async (account: HelpDeskAccount): Promise<Probe[]> => {
    const { userName, contactCenter } = account;
    const environment = await contactCenters.environment(contactCenter.environmentId).catch(() => undefined);
    const called = peopleSources[environment?.directory ?? defaultDirectory].title;
    const signal = AbortSignal.timeout(serverTimeoutMs);
    const asked = users.find(contactCenter, userName, { signal }).then(
      (found) => ({ found, failure: undefined }),
      (failure: { detail?: string; message: string }) => ({ found: undefined, failure }),
    );
    return [
      { name: 'contact centre', run: async () => placeVerdict(account) },
      { name: 'environment', run: () => environmentVerdict(account) },
      {
        name: called,
        async run() {
          const { failure } = await asked;
          return failure === undefined ? ok('It answers.') : failed(failure.detail ?? failure.message);
        },
      },
      { name: 'way in', run: () => wayVerdict(account) },
      {
        name: 'account',
        async run() {
          const { found, failure } = await asked;
          if (failure !== undefined) return unneeded('Nobody could be asked.');
          if (found === undefined) return failed(`The ${called} has no person of this name.`);
          if (!found.isEnabled) return failed(`The person is disabled at the ${called}.`);
          if (found.mustChangePassword) return warning('The password must be changed at the next login.');
          return ok(`${found.userName} is enabled.`);
        },
      },
      {
        name: 'our delays',
        // The refusals are of the account at the server, which may be somebody of another contact centre.
        async run() {
          const { found, failure } = await asked;
          if (failure !== undefined) return unneeded('Nobody could be asked.');
          if (found === undefined) return unneeded('There is nobody to wait.');
          return delaysVerdict(users.delays, { contactCenter, userName: found.userName });
        },
      },
    ];
  };

  return {
    async explain(named: PersonName, actor: Actor): Promise<SignInExplanation> {
      const account = await people.account(named, actor.within);
      const user = nameOf(account);
      const { contactCenterId } = user;
      const fields = { purpose: 'sign-in', userName: user.userName };
      await audit.write(helpDeskEventOf('access_inspected', actor, { contactCenterId, fields }));
      const filter = { user: user.userName, contactCenterId, outcome: 'failure' as const };
      const [examined, { events }] = await Promise.all([
        probesOf(account).then((probes) => examine(probes)),
        search({ ...filter, limit: shownRefusals }),
      ]);
      return { user, ...examined, refusals: events.map(refusalOf) };
    },
  };
}

/** Whether an environment says how its directory is reached. */
function serversVerdict({
  id,
  directory,
  configServers,
  ldap,
  consulService,
  srvRecord,
}: EnvironmentView): Verdict {
  const { server, place } = peopleSources[directory];
  if (server === undefined) return ok(`${id} keeps its people in ${place}.`);
  const count = (ldap?.servers ?? configServers).length;
  if (count > 0) return ok(`${id} has ${count} ${server}${count === 1 ? '' : 's'}.`);
  const registry = consulService ?? srvRecord;
  if (registry === undefined) return failed(`The environment ${id} has no ${server}s.`);
  return ok(`${id} finds its ${server}s through ${registry}.`);
}

function nameOf({ userName, contactCenter }: HelpDeskAccount) {
  return { userName, contactCenterId: contactCenter.id };
}

function placeVerdict({ contactCenter: { id, name, status } }: HelpDeskAccount): Verdict {
  if (status === 'active') return ok(`${name} is active.`);
  return failed(
    `${name} is disabled, nobody signs in to it: gatehouse cc update ${id} --status active ends that.`,
  );
}
