/** Tries at a back end what every login needs there: the tenant, the application object, and people of the tenant. */

import { isConfigServerError } from './errors.ts';
import { type CfgTenant, environmentTenantDbid } from './model/tenant.ts';
import { foldUserName } from './model/user-name.ts';
import type { CallOptions, PeopleDirectory } from './people-directory.ts';

export const loginNeeds = ['tenant', 'application', 'people'] as const;

export type LoginNeed = (typeof loginNeeds)[number];

export interface LoginStep {
  step: LoginNeed;
  status: 'ok' | 'failed' | 'skipped';
  /** The finding and, when the step failed, the change that helps. Holds no values of the server. */
  message: string;
  durationMs: number;
  /** The server gave no answer, so the step says nothing about logins. */
  isUnanswered: boolean;
}

export interface LoginPlace {
  tenant: string;
  appName: string;
  /** The service account, for the messages. */
  username: string;
}

type Reader = Pick<
  PeopleDirectory,
  'readTenants' | 'readApplications' | 'readPersonDbids' | 'readAccessGroups' | 'readRoles'
>;

/**
 * The tenant of that name. Databases of Configuration Servers differ in whether names compare with case, so a name that only
 * its case tells apart counts too, where exactly one tenant has it. @throws ConfigServerError
 */
export async function findTenant(
  backend: Pick<PeopleDirectory, 'readTenants'>,
  name: string,
  options?: CallOptions,
): Promise<CfgTenant | undefined> {
  const [exact] = await backend.readTenants({ name }, options);
  if (exact !== undefined) return exact;
  const folded = foldUserName(name);
  const every = await backend.readTenants({ all_tenants: 1 }, options);
  const alike = every.filter((tenant) => foldUserName(tenant.name) === folded);
  return alike.length === 1 ? alike[0] : undefined;
}

/** Never rejects: a failure is the result of its step. */
export async function examineLogin(
  backend: Reader,
  place: LoginPlace,
  options: CallOptions = {},
): Promise<LoginStep[]> {
  const account = `the service account ${JSON.stringify(place.username)}`;
  const tenantStep = await timed('tenant', account, () => tryTenant(backend, place, options));
  const applicationStep = await timed('application', account, () => tryApplication(backend, place, options));
  const peopleStep = await timed('people', account, async () =>
    tenantStep.status === 'ok'
      ? tryPeople(backend, account, tenantStep.tenantDbid, options)
      : { status: 'skipped' as const, message: 'Needs the tenant.' },
  );
  const { tenantDbid: _, ...tenant } = tenantStep;
  return [tenant, applicationStep, peopleStep];
}

type Found = Pick<LoginStep, 'status' | 'message'> & { tenantDbid?: number | undefined };

async function timed(step: LoginNeed, account: string, work: () => Promise<Found>) {
  const startedMs = performance.now();
  const found = await work().catch((error: unknown): Found & { isUnanswered: boolean } => ({
    status: 'failed',
    ...failureOf(step, account, error),
  }));
  return { step, isUnanswered: false, ...found, durationMs: Math.round(performance.now() - startedMs) };
}

function failureOf(step: LoginNeed, account: string, error: unknown) {
  if (isConfigServerError(error, 'AccessDenied')) {
    const what = step === 'people' ? 'people, their access groups or roles' : `the ${step}`;
    return {
      message: `The server lets ${account} not read ${what}: give it read permission`,
      isUnanswered: false,
    };
  }
  const code = isConfigServerError(error) ? error.code : 'unknown reason';
  return {
    message: `The server did not answer the question for the ${step} (${code}): look into its log`,
    isUnanswered: true,
  };
}

async function tryTenant(
  backend: Reader,
  { tenant: name }: LoginPlace,
  options: CallOptions,
): Promise<Found> {
  if (name === '') return { status: 'ok', message: 'No tenant is named: people of every tenant sign in.' };
  const quoted = JSON.stringify(name);
  const tenant = await findTenant(backend, name, options);
  if (tenant === undefined) {
    return {
      status: 'failed',
      message: `The server has no tenant named ${quoted}, so no login can succeed: correct tenant of the environment, or let the service account read it`,
    };
  }
  const message =
    tenant.name === name
      ? `The tenant ${quoted} exists.`
      : `The tenant ${quoted} exists, spelled in another case.`;
  // The ENVIRONMENT tenant holds all other tenants.
  return {
    status: 'ok',
    message,
    tenantDbid: tenant.DBID === environmentTenantDbid ? undefined : tenant.DBID,
  };
}

async function tryApplication(
  backend: Reader,
  { appName, username }: LoginPlace,
  options: CallOptions,
): Promise<Found> {
  const quoted = JSON.stringify(appName);
  const [found] = await backend.readApplications({ name: appName }, options).catch((error: unknown) => {
    if (isConfigServerError(error, 'AccessDenied', 'Unsupported')) return [];
    throw error;
  });
  if (found !== undefined) return { status: 'ok', message: `The application ${quoted} exists.` };
  // Registering as it has succeeded, and a login reads nothing of it.
  return {
    status: 'skipped',
    message: `The account ${JSON.stringify(username)} registered as ${quoted} but may not read it, which no login needs.`,
  };
}

async function tryPeople(
  backend: Reader,
  account: string,
  tenantDbid: number | undefined,
  options: CallOptions,
): Promise<Found> {
  const filter = tenantDbid === undefined ? {} : { tenant_dbid: tenantDbid };
  // The whole lists of a server with many tenants would take longer than this question may, again and again.
  const one = { ...options, maxObjects: 1 };
  const [dbid] = await backend.readPersonDbids(filter, one);
  if (dbid === undefined) {
    return {
      status: 'failed',
      message: `The server shows ${account} nobody of the tenant, so no login can succeed: give it read permission for its persons, or name another tenant`,
    };
  }
  await backend.readAccessGroups({ person_dbid: dbid }, options);
  await backend.readRoles(filter, one).catch((error: unknown) => {
    // Some servers keep no roles.
    if (!isConfigServerError(error, 'Unsupported')) throw error;
  });
  return { status: 'ok', message: 'People, their access groups and roles can be read.' };
}
