/** Explains why a person cannot sign in: looks at everything that a sign-in needs, and at the last refusals. */
import {
  headlineOf,
  type PersonName,
  type SignInExplanation,
} from '@gatehouse/contracts/auth-administration';
import {
  type Directory,
  defaultDirectory,
  type EnvironmentView,
  peopleSources,
} from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import { examine, type Probe, type Verdict } from '@gatehouse/service-kit/health';
import { say } from '@gatehouse/service-kit/sentences';
import type { Actor } from '../../core/administration/actor.ts';
import type { FoundPerson } from '../../people/accounts/identify.ts';
import type { UserService } from '../../people/accounts/service.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import type { StoredAuditEvent } from '../../records/audit/store.ts';
import type { Client } from '../../registry/clients/client.ts';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import { type HelpDeskAccount, serverTimeoutMs, type Within } from './accounts.ts';
import { helpDeskEventOf, refusalOf } from './events.ts';
import { createFactorSteps, type FactorStepsOptions } from './factor-steps.ts';
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
  waysOfLinks,
  waysStep,
} from './sign-in-steps.ts';
import { ok, unneeded } from './verdicts.ts';
import { createWays, type WaysOptions } from './ways.ts';

export interface ExplanationsOptions
  extends PasswordAttemptsOptions,
    WaysOptions,
    RequestStepsOptions,
    FactorStepsOptions {
  people: Pick<HelpDeskPeople, 'account'>;
  contactCenters: Pick<ContactCenterService, 'environment'>;
  users: Pick<UserService, 'find' | 'identify' | 'isMember' | 'listing' | 'delays'>;
  audit: Pick<AuditWriter, 'write'>;
}

/** `correlationId`: of one request that the person was refused. `client`: the id of an application to sign in to. */
type AskedFor = PersonName & { correlationId?: string | undefined; client?: string | undefined };

interface Asked {
  found: FoundPerson | undefined;
  failure: { detail?: string; message: string } | undefined;
}

/** Several steps look at the same things: each is asked for once. */
interface Looked {
  account: HelpDeskAccount;
  environment: Promise<EnvironmentView | undefined>;
  asked: Promise<Asked>;
  refusals: Promise<StoredAuditEvent[]>;
  succeededAtMs: Promise<number>;
  correlationId: string | undefined;
  /** The application that the person signs in to. */
  client: Client | undefined;
  within: Within;
}

/** The steps, or the answer, wait for it; until then a rejection must not count as unhandled. */
function awaitedLater<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** Every function throws AppError 400, 404, 503. */
export function createExplanations(options: ExplanationsOptions) {
  const { people, contactCenters, users, audit } = options;
  const attempts = createPasswordAttempts(options);
  const requests = createRequestSteps(options);
  const ways = createWays(options);
  const factorSteps = createFactorSteps(options);

  const ask = ({ contactCenter, userName }: HelpDeskAccount): Promise<Asked> =>
    users.find(contactCenter, userName, { signal: AbortSignal.timeout(serverTimeoutMs) }).then(
      (found) => ({ found, failure: undefined }),
      (failure: Asked['failure']) => ({ found: undefined, failure }),
    );

  function look(
    account: HelpDeskAccount,
    asked: Promise<Asked>,
  ): Omit<Looked, 'correlationId' | 'client' | 'within'> {
    const { id, environmentId } = account.contactCenter;
    return {
      account,
      asked,
      environment: awaitedLater(contactCenters.environment(environmentId)),
      refusals: awaitedLater(
        asked.then(({ found }) => attempts.refused(id, account.userName, found?.userName)),
      ),
      succeededAtMs: awaitedLater(asked.then(({ found }) => attempts.succeededAtMs(id, found))),
    };
  }

  function personProbes({ account, asked, refusals, succeededAtMs, client }: Looked): Probe[] {
    const { contactCenter, userName } = account;
    const waysOfPerson = awaitedLater(ways.of(contactCenter.id, userName));
    const theirWays = async () => waysOfLinks(await waysOfPerson, (await asked).found);
    const ofPerson =
      (judge: (found: FoundPerson | undefined) => Promise<Verdict>) => async (): Promise<Verdict> => {
        const { found, failure } = await asked;
        return failure === undefined ? judge(found) : unneeded(say('signIn.directory.notAsked'));
      };
    const factors = async (found: FoundPerson | undefined) =>
      factorSteps.of(contactCenter, found, await theirWays(), client);
    return [
      { name: 'way in', run: async () => waysStep(await waysOfPerson, contactCenter.id) },
      { name: 'account', run: ofPerson(async (found) => accountStep(found, await theirWays())) },
      { name: 'password', run: ofPerson(async (found) => passwordStep(found, await theirWays())) },
      { name: 'second factor', run: ofPerson(factors) },
      {
        name: 'our delays',
        // The refusals are of the account at the server, which may be somebody of another contact centre.
        run: ofPerson(async (found) => {
          if (found === undefined) return unneeded(say('signIn.account.none'));
          return delaysStep(await users.delays.explain(contactCenter, found.userName), await theirWays());
        }),
      },
      {
        name: 'last attempt',
        async run() {
          const { found } = await asked;
          const last = await attempts.last(contactCenter, found, await refusals);
          return lastAttemptStep({ ...last, succeededAtMs: await succeededAtMs }, await theirWays());
        },
      },
    ];
  }

  return {
    async explain(
      { correlationId, client: clientId, ...named }: AskedFor,
      actor: Actor,
    ): Promise<SignInExplanation> {
      const { within } = actor;
      const account = await people.account(named, within);
      const { userName } = account;
      const contactCenterId = account.contactCenter.id;
      const client =
        clientId === undefined ? undefined : await factorSteps.application(account.contactCenter, clientId);
      const fields = { purpose: 'sign-in', userName };
      await audit.write(helpDeskEventOf('access_inspected', actor, { contactCenterId, fields }));
      const looked = { ...look(account, ask(account)), correlationId, client, within };
      const { directory: source } = (await looked.environment.catch(() => undefined)) ?? {};
      const { findings } = await examine([
        ...placeProbes(looked, source ?? defaultDirectory),
        ...personProbes(looked),
        ...requestProbes(requests, looked),
      ]);
      const concluded = conclude(findings);
      return {
        user: { userName, contactCenterId },
        ...concluded,
        message: say(headlineOf(concluded)).message,
        ...definedOnly({ source }),
        findings,
        refusals: (await looked.refusals).map(refusalOf),
      };
    },
  };
}

function placeProbes({ account, asked, environment }: Looked, directory: Directory): Probe[] {
  return [
    { name: 'contact centre', run: async () => placeStep(account.contactCenter) },
    {
      name: 'environment',
      run: async () => environmentStep(account.contactCenter.environmentId, await environment),
    },
    {
      name: peopleSources[directory].title,
      async run() {
        const { failure } = await asked;
        if (failure === undefined) return ok(say('signIn.directory.answers'));
        return awayStep(failure.detail ?? failure.message);
      },
    },
  ];
}

/** Of what did not reach the contact centre. An administrator who is confined to one is not told of the tenants that others typed. */
function requestProbes(
  requests: ReturnType<typeof createRequestSteps>,
  { account, asked, succeededAtMs, correlationId, within }: Looked,
): Probe[] {
  const { contactCenter, userName } = account;
  const application = async () => {
    const { found } = await asked;
    return requests.application({ userName, sub: found?.sub, contactCenterId: contactCenter.id });
  };
  const tenant = async () => {
    const { found } = await asked;
    return requests.tenant(found?.userName ?? userName, await succeededAtMs);
  };
  return [
    { name: 'application', run: application },
    ...(within === undefined ? [{ name: 'tenant', run: tenant }] : []),
    ...(correlationId === undefined
      ? []
      : [{ name: 'request', run: () => requests.one(correlationId, within) }]),
  ];
}
