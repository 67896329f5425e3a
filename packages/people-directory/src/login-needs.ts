/** Tries at a back end what every login needs there: the tenant, the application object, and people of the tenant. */

import { isConfigServerError } from './errors.ts';
import { type CfgTenant, environmentTenantDbid } from './model/tenant.ts';
import { foldUserName } from './model/user-name.ts';
import type { CallOptions, PeopleDirectory } from './people-directory.ts';

export const loginNeeds = ['tenant', 'application', 'people'] as const;

export type LoginNeed = (typeof loginNeeds)[number];

/** By the keys of the contracts, which callers say. */
type LoginSentence =
  | { key: `check.login.${'anyTenant' | 'needsTenant' | 'people'}`; parameters: Record<string, never> }
  | { key: `check.login.${'tenant' | 'tenantInOtherCase' | 'noTenant'}`; parameters: { tenant: string } }
  | { key: 'check.login.application'; parameters: { application: string } }
  | { key: 'check.login.applicationUnread'; parameters: { account: string; application: string } }
  | { key: `check.login.${'nobody' | `denied.${LoginNeed}`}`; parameters: { account: string } }
  | { key: `check.login.unanswered.${LoginNeed}`; parameters: { problem: string } };

export interface LoginStep {
  step: LoginNeed;
  status: 'ok' | 'failed' | 'skipped';
  /** The finding and, when the step failed, the change that helps. Holds no values of the server. */
  sentence: LoginSentence;
  durationMs: number;
  /** The server gave no answer, so the step says nothing about logins. */
  isUnanswered: boolean;
}

export interface LoginPlace {
  tenant: string;
  appName: string;
  /** The service account, for the sentences. */
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
  const account = JSON.stringify(place.username);
  const tenantStep = await timed('tenant', account, () => tryTenant(backend, place, options));
  const applicationStep = await timed('application', account, () => tryApplication(backend, place, options));
  const peopleStep = await timed('people', account, async () =>
    tenantStep.status === 'ok' ? tryPeople(backend, account, tenantStep.tenantDbid, options) : needsTenant,
  );
  const { tenantDbid: _, ...tenant } = tenantStep;
  return [tenant, applicationStep, peopleStep];
}

const needsTenant: Found = {
  status: 'skipped',
  sentence: { key: 'check.login.needsTenant', parameters: {} },
};

type Found = Pick<LoginStep, 'status' | 'sentence'> & { tenantDbid?: number | undefined };

async function timed(step: LoginNeed, account: string, work: () => Promise<Found>) {
  const startedMs = performance.now();
  const found = await work().catch((error: unknown): Found & { isUnanswered: boolean } => ({
    status: 'failed',
    ...failureOf(step, account, error),
  }));
  return { step, isUnanswered: false, ...found, durationMs: Math.round(performance.now() - startedMs) };
}

function failureOf(
  step: LoginNeed,
  account: string,
  error: unknown,
): Pick<LoginStep, 'sentence' | 'isUnanswered'> {
  if (isConfigServerError(error, 'AccessDenied')) {
    return { sentence: { key: `check.login.denied.${step}`, parameters: { account } }, isUnanswered: false };
  }
  const problem = isConfigServerError(error) ? error.code : 'unknown reason';
  return { sentence: { key: `check.login.unanswered.${step}`, parameters: { problem } }, isUnanswered: true };
}

async function tryTenant(
  backend: Reader,
  { tenant: name }: LoginPlace,
  options: CallOptions,
): Promise<Found> {
  if (name === '') return { status: 'ok', sentence: { key: 'check.login.anyTenant', parameters: {} } };
  const parameters = { tenant: JSON.stringify(name) };
  const tenant = await findTenant(backend, name, options);
  if (tenant === undefined)
    return { status: 'failed', sentence: { key: 'check.login.noTenant', parameters } };
  const key = tenant.name === name ? 'check.login.tenant' : 'check.login.tenantInOtherCase';
  // The ENVIRONMENT tenant holds all other tenants.
  const tenantDbid = tenant.DBID === environmentTenantDbid ? undefined : tenant.DBID;
  return { status: 'ok', sentence: { key, parameters }, tenantDbid };
}

async function tryApplication(
  backend: Reader,
  { appName, username }: LoginPlace,
  options: CallOptions,
): Promise<Found> {
  const application = JSON.stringify(appName);
  const [found] = await backend.readApplications({ name: appName }, options).catch((error: unknown) => {
    if (isConfigServerError(error, 'AccessDenied', 'Unsupported')) return [];
    throw error;
  });
  if (found !== undefined)
    return { status: 'ok', sentence: { key: 'check.login.application', parameters: { application } } };
  // Registering as it has succeeded, and a login reads nothing of it.
  const parameters = { account: JSON.stringify(username), application };
  return { status: 'skipped', sentence: { key: 'check.login.applicationUnread', parameters } };
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
  if (dbid === undefined)
    return { status: 'failed', sentence: { key: 'check.login.nobody', parameters: { account } } };
  await backend.readAccessGroups({ person_dbid: dbid }, options);
  await backend.readRoles(filter, one).catch((error: unknown) => {
    // Some servers keep no roles.
    if (!isConfigServerError(error, 'Unsupported')) throw error;
  });
  return { status: 'ok', sentence: { key: 'check.login.people', parameters: {} } };
}
