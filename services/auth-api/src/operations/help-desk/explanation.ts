/** Explains why a person cannot sign in: looks at everything that a sign-in needs, and at the last refusals. */
import type { PersonName, SignInExplanation } from '@gatehouse/contracts/auth-administration';
import { defaultDirectory, peopleSources } from '@gatehouse/contracts/environment-api';
import { examine, type Probe, type Verdict } from '@gatehouse/service-kit/health';
import type { Actor } from '../../core/administration/actor.ts';
import type { FoundPerson } from '../../people/accounts/identify.ts';
import type { PasswordRule } from '../../people/accounts/password-rule.ts';
import type { UserService } from '../../people/accounts/service.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import type { AuditFilter, StoredAuditEvent } from '../../records/audit/store.ts';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import type { SsoSettings } from '../../sign-in/sso/settings.ts';
import { type HelpDeskAccount, serverTimeoutMs } from './accounts.ts';
import { helpDeskEventOf, refusalOf, shownRefusals } from './events.ts';
import type { HelpDeskPeople } from './people.ts';
import {
  accountStep,
  cause,
  conclude,
  delaysStep,
  environmentStep,
  lastAttemptStep,
  passwordStep,
  placeStep,
  type Ways,
  waysStep,
} from './sign-in-steps.ts';
import { ok, unneeded } from './verdicts.ts';

export interface ExplanationsOptions {
  people: Pick<HelpDeskPeople, 'account'>;
  contactCenters: Pick<ContactCenterService, 'environment'>;
  users: Pick<UserService, 'find' | 'isMember' | 'listing' | 'delays'>;
  ssoSettings: Pick<SsoSettings, 'enabled'>;
  passwordRule: PasswordRule;
  search(filter: AuditFilter): Promise<{ events: StoredAuditEvent[] }>;
  audit: Pick<AuditWriter, 'write'>;
}

interface Asked {
  found: FoundPerson | undefined;
  failure: { detail?: string; message: string } | undefined;
}

/** Every function throws AppError 400, 404, 503. */
export function createExplanations(options: ExplanationsOptions) {
  const { people, contactCenters, users, ssoSettings, passwordRule, search, audit } = options;

  const waysOf = async ({ userName, contactCenter: { id } }: HelpDeskAccount): Promise<Ways> => {
    const [first] = await ssoSettings.enabled(id);
    if (first === undefined) return { provider: undefined, takesPassword: true, providerGroups: [] };
    const provider = first.protocol;
    const use = await passwordRule(id, userName);
    if (use.allows !== 'unless-member')
      return { provider, takesPassword: use.allows === 'yes', providerGroups: [] };
    const { accessGroups } = use;
    const isMember = await users.isMember({ contactCenterId: id, userName, accessGroups });
    return { provider, takesPassword: !isMember, providerGroups: accessGroups };
  };

  const lastAttemptsOf = async (
    { contactCenter, userName }: HelpDeskAccount,
    { found, failure }: Asked,
    refused: StoredAuditEvent | undefined,
  ) => {
    const signal = AbortSignal.timeout(serverTimeoutMs);
    const signedIn = { name: 'login_succeeded', contactCenterId: contactCenter.id, limit: 1 };
    const [successes, listed, addressWaitMs] = await Promise.all([
      found === undefined ? { events: [] } : search({ user: found.sub, ...signedIn }),
      failure === undefined ? users.listing.findListed(contactCenter, userName, { signal }) : undefined,
      refused?.clientAddress === undefined ? 0 : users.delays.ofAddress(refused.clientAddress),
    ]);
    return {
      refused,
      succeeded: successes.events[0],
      isShownAsLocked: listed?.state === 'locked',
      addressWaitMs,
    };
  };

  const probesOf = async (
    account: HelpDeskAccount,
    refused: StoredAuditEvent | undefined,
  ): Promise<Probe[]> => {
    const { userName, contactCenter } = account;
    const { environmentId } = contactCenter;
    const environment = contactCenters.environment(environmentId);
    const { directory = defaultDirectory } = (await environment.catch(() => undefined)) ?? {};
    const signal = AbortSignal.timeout(serverTimeoutMs);
    const asked: Promise<Asked> = users.find(contactCenter, userName, { signal }).then(
      (found) => ({ found, failure: undefined }),
      (failure: Asked['failure']) => ({ found: undefined, failure }),
    );
    const ways = waysOf(account);
    // The step that shows it rejects, too; this keeps the process from taking it as unhandled.
    ways.catch(() => undefined);
    const ofPerson =
      (judge: (found: FoundPerson | undefined) => Promise<Verdict>) => async (): Promise<Verdict> => {
        const { found, failure } = await asked;
        return failure === undefined ? judge(found) : unneeded('Nobody could be asked.');
      };
    return [
      { name: 'contact centre', run: async () => placeStep(contactCenter) },
      {
        name: 'environment',
        run: async () => environmentStep(environmentId, await environment),
      },
      {
        name: peopleSources[directory].title,
        async run() {
          const { failure } = await asked;
          if (failure === undefined) return ok('It answers.');
          return cause('directory_away', failure.detail ?? failure.message);
        },
      },
      { name: 'way in', run: async () => waysStep(await ways, contactCenter.id) },
      { name: 'account', run: ofPerson(async (found) => accountStep(found, directory)) },
      { name: 'password', run: ofPerson(async (found) => passwordStep(found, await ways)) },
      {
        name: 'our delays',
        // The refusals are of the account at the server, which may be somebody of another contact centre.
        run: ofPerson(async (found) => {
          if (found === undefined) return unneeded('There is nobody to wait.');
          return delaysStep(await users.delays.explain(contactCenter, found.userName), await ways);
        }),
      },
      {
        name: 'last attempt',
        run: async () => lastAttemptStep(await lastAttemptsOf(account, await asked, refused)),
      },
    ];
  };

  return {
    async explain(named: PersonName, actor: Actor): Promise<SignInExplanation> {
      const account = await people.account(named, actor.within);
      const { userName } = account;
      const contactCenterId = account.contactCenter.id;
      const fields = { purpose: 'sign-in', userName };
      await audit.write(helpDeskEventOf('access_inspected', actor, { contactCenterId, fields }));
      const wanted = { user: userName, contactCenterId, outcome: 'failure' as const };
      const { events } = await search({ ...wanted, limit: shownRefusals });
      const { findings } = await examine(await probesOf(account, events[0]));
      return {
        user: { userName, contactCenterId },
        ...conclude(findings),
        findings,
        refusals: events.map(refusalOf),
      };
    },
  };
}
