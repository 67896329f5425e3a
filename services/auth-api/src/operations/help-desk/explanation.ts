/** Explains why a person cannot sign in: looks at everything that a sign-in needs, and at the last refusals. */
import type { PersonName, SignInExplanation } from '@gatehouse/contracts/auth-administration';
import { defaultDirectory, peopleSources } from '@gatehouse/contracts/environment-api';
import { examine, type Probe, type Verdict } from '@gatehouse/service-kit/health';
import { say } from '@gatehouse/service-kit/sentences';
import type { Actor } from '../../core/administration/actor.ts';
import type { FoundPerson } from '../../people/accounts/identify.ts';
import type { UserService } from '../../people/accounts/service.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import type { StoredAuditEvent } from '../../records/audit/store.ts';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import { type HelpDeskAccount, serverTimeoutMs, type Within } from './accounts.ts';
import { helpDeskEventOf, refusalOf } from './events.ts';
import { createPasswordAttempts, type PasswordAttemptsOptions } from './password-attempts.ts';
import type { HelpDeskPeople } from './people.ts';
import { createRequestSteps, type RequestStepsOptions } from './request-steps.ts';
import {
  accountStep,
  awayStep,
  conclude,
  delaysStep,
  environmentStep,
  lastAttemptStep,
  passwordStep,
  placeStep,
  waysStep,
} from './sign-in-steps.ts';
import { ok, unneeded } from './verdicts.ts';
import { createWays, type WaysOptions } from './ways.ts';

export interface ExplanationsOptions extends PasswordAttemptsOptions, WaysOptions, RequestStepsOptions {
  people: Pick<HelpDeskPeople, 'account'>;
  contactCenters: Pick<ContactCenterService, 'environment'>;
  users: Pick<UserService, 'find' | 'isMember' | 'listing' | 'delays'>;
  audit: Pick<AuditWriter, 'write'>;
}

/** `correlationId`: of one request that the person was refused. */
type AskedFor = PersonName & { correlationId?: string | undefined };

interface Asked {
  found: FoundPerson | undefined;
  failure: { detail?: string; message: string } | undefined;
}

/** Every function throws AppError 400, 404, 503. */
export function createExplanations(options: ExplanationsOptions) {
  const { people, contactCenters, users, audit } = options;
  const attempts = createPasswordAttempts(options);

  const requests = createRequestSteps(options);
  const ways = createWays(options);

  const ask = ({ contactCenter, userName }: HelpDeskAccount): Promise<Asked> =>
    users.find(contactCenter, userName, { signal: AbortSignal.timeout(serverTimeoutMs) }).then(
      (found) => ({ found, failure: undefined }),
      (failure: Asked['failure']) => ({ found: undefined, failure }),
    );

  const probesOf = async (
    account: HelpDeskAccount,
    asked: Promise<Asked>,
    refusals: Promise<StoredAuditEvent[]>,
  ): Promise<Probe[]> => {
    const { contactCenter, userName } = account;
    const { environmentId } = contactCenter;
    const environment = contactCenters.environment(environmentId);
    const { directory = defaultDirectory } = (await environment.catch(() => undefined)) ?? {};
    const waysOfPerson = ways.of(contactCenter.id, userName);
    // Steps wait for it; until then a rejection must not count as unhandled.
    waysOfPerson.catch(() => undefined);
    const ofPerson =
      (judge: (found: FoundPerson | undefined) => Promise<Verdict>) => async (): Promise<Verdict> => {
        const { found, failure } = await asked;
        return failure === undefined ? judge(found) : unneeded(say('signIn.directory.notAsked'));
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
          if (failure === undefined) return ok(say('signIn.directory.answers'));
          return awayStep(failure.detail ?? failure.message);
        },
      },
      { name: 'way in', run: async () => waysStep(await waysOfPerson, contactCenter.id) },
      { name: 'account', run: ofPerson(async (found) => accountStep(found)) },
      { name: 'password', run: ofPerson(async (found) => passwordStep(found, await waysOfPerson)) },
      {
        name: 'our delays',
        // The refusals are of the account at the server, which may be somebody of another contact centre.
        run: ofPerson(async (found) => {
          if (found === undefined) return unneeded(say('signIn.account.none'));
          return delaysStep(await users.delays.explain(contactCenter, found.userName), await waysOfPerson);
        }),
      },
      {
        name: 'last attempt',
        async run() {
          const { found } = await asked;
          return lastAttemptStep(
            await attempts.last(contactCenter, found, await refusals),
            await waysOfPerson,
          );
        },
      },
      {
        name: 'application',
        async run() {
          const { found } = await asked;
          return requests.application({ userName, sub: found?.sub, contactCenterId: contactCenter.id });
        },
      },
    ];
  };

  return {
    async explain({ correlationId, ...named }: AskedFor, actor: Actor): Promise<SignInExplanation> {
      const { within } = actor;
      const account = await people.account(named, within);
      const { userName } = account;
      const contactCenterId = account.contactCenter.id;
      const fields = { purpose: 'sign-in', userName };
      await audit.write(helpDeskEventOf('access_inspected', actor, { contactCenterId, fields }));
      const asked = ask(account);
      const refusals = asked.then(({ found }) =>
        attempts.refused(contactCenterId, userName, found?.userName),
      );
      // The answer waits for them; until then a rejection must not count as unhandled.
      refusals.catch(() => undefined);
      const { findings } = await examine([
        ...(await probesOf(account, asked, refusals)),
        ...outsideProbes({ requests, attempts, account, asked, correlationId, within }),
      ]);
      return {
        user: { userName, contactCenterId },
        ...conclude(findings),
        findings,
        refusals: (await refusals).map(refusalOf),
      };
    },
  };
}

interface Outside {
  requests: ReturnType<typeof createRequestSteps>;
  attempts: ReturnType<typeof createPasswordAttempts>;
  account: HelpDeskAccount;
  asked: Promise<Asked>;
  correlationId: string | undefined;
  within: Within;
}

/** Of what did not reach the contact centre. An administrator who is confined to one is not told of the tenants that others typed. */
function outsideProbes({ requests, attempts, account, asked, correlationId, within }: Outside): Probe[] {
  const tenant = async () => {
    const { found } = await asked;
    const succeededAtMs = await attempts.succeededAtMs(account.contactCenter, found);
    return requests.tenant(found?.userName ?? account.userName, succeededAtMs);
  };
  return [
    ...(within === undefined ? [{ name: 'tenant', run: tenant }] : []),
    ...(correlationId === undefined
      ? []
      : [{ name: 'request', run: () => requests.one(correlationId, within) }]),
  ];
}
