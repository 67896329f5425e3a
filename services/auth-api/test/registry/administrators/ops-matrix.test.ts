/** Every cell of the matrix of what administrators may call, by real requests. */
import { readFile } from 'node:fs/promises';
import { basicAuthorization } from '@gatehouse/api-client/http';
import type { Rule, Verdict } from '@gatehouse/caller-auth/authorisation';
import { contactCenterAdminAuthority, managementAuthority } from '@gatehouse/contracts/auth-api';
import { installationAdminAuthority } from '@gatehouse/contracts/resources';
import { contactCenterRights } from '@gatehouse/contracts/values';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { type App, createApp } from '@gatehouse/service-kit/http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildApp } from '../../../src/app.ts';
import type { Domain } from '../../../src/core/domain.ts';
import {
  administratorKinds,
  allows,
  type OpsCallerKind,
  opsCallerKinds,
  opsMatrix,
  opsRules,
} from '../../../src/oauth/client-authentication/ops-matrix.ts';
import { opsMatrixPage } from '../../../src/oauth/client-authentication/ops-matrix-page.ts';
import { type Estate, startEstate } from '../../operations/help-desk/stack.ts';
import { ops, otherContactCenterId as other, contactCenterId as own } from '../../stack/auth-api.ts';
import {
  addAdministrator,
  appoint,
  appointmentsPath,
  consoleToken,
  contactCenterAdministrator,
  letAdministratorsAppoint,
  operatorByLink,
} from '../../stack/console.ts';
import { createClient, opsCall, token } from '../../stack/oauth.ts';

let estate: Estate;
/** Somebody with both lesser rights. */
const both = 'help desk, auditor';
const callers = {} as Record<OpsCallerKind | typeof both, string>;
/** Somebody who signed in there alone. */
const personOf: Record<string, string> = {};

beforeAll(async () => {
  estate = await startEstate();
  const { stack } = estate;
  const ownToken = async (data: object) => {
    const client = await createClient(stack, { ...data });
    return `Bearer ${(await token(stack, client, { grant_type: 'client_credentials' })).json().access_token}`;
  };
  const sub = randomUuid();
  await addAdministrator(stack, { user: sub });
  const rights = [managementAuthority, installationAdminAuthority, contactCenterAdminAuthority];
  Object.assign(callers, {
    operator: basicAuthorization(ops.username, ops.password),
    'operator by link': await operatorByLink(stack),
    'installation administrator': await consoleToken(stack, { sub }),
    'contact-centre administrator': await contactCenterAdministrator(stack, { sub: randomUuid() }),
    'help desk': await consoleToken(
      stack,
      { sub: randomUuid() },
      { authorities: [contactCenterRights['help-desk']] },
    ),
    auditor: await consoleToken(stack, { sub: randomUuid() }, { authorities: [contactCenterRights.auditor] }),
    [both]: await consoleToken(
      stack,
      { sub: randomUuid() },
      { authorities: [contactCenterRights['help-desk'], contactCenterRights.auditor] },
    ),
    'managing client': await ownToken({ authorities: [managementAuthority] }),
    'bound managing client': await ownToken({ authorities: [managementAuthority], contactCenterIds: [own] }),
    client: await ownToken({}),
    user: await consoleToken(stack, { sub }, { clientId: 'agent-workspace', authorities: rights }),
  } satisfies typeof callers);
  await letAdministratorsAppoint(stack, own);
  const workspace = await createClient(stack);
  const { sessions } = stack.deps;
  for (const [center, tenant] of [
    [own, 'demo'],
    [other, 'another'],
  ] as const) {
    const person = await estate.someone(tenant);
    const { browser } = await person.signIn(workspace);
    const session = await sessions.service.find({
      cookies: Object.fromEntries(browser.cookies),
    } as unknown as Parameters<typeof sessions.service.find>[0]);
    personOf[center] = session?.sub ?? '';
  }
  await stack.deps.audit.drained();
});
afterAll(() => estate?.close());

interface Request {
  path: string;
  data?: object;
}

/** What a request needs is made for it. `center`: whose client or person it is about. */
async function requestOf(operation: string, center: string): Promise<Request> {
  const [method = '', template = ''] = operation.split(' ');
  const client = async () =>
    (await createClient(estate.stack, { contactCenterIds: [center], authorizedGrantTypes: ['password'] }))
      .clientId;
  const made: Record<string, () => Promise<Request> | Request> = {
    'POST /administrators': () => ({ path: template, data: { user: randomUuid() } }),
    'DELETE /administrators/{sub}': async () => {
      const sub = randomUuid();
      await addAdministrator(estate.stack, { user: sub });
      return { path: `/administrators/${sub}` };
    },
    'POST /contact-centers/{id}/administrators': () => ({
      path: appointmentsPath(center),
      data: { user: randomUuid(), rights: ['auditor'] },
    }),
    'PATCH /contact-centers/{id}/administrators': () => ({
      path: appointmentsPath(center),
      data: { administratorsAppoint: center === own },
    }),
    'DELETE /contact-centers/{id}/administrators/{sub}': async () => {
      const sub = randomUuid();
      await appoint(estate.stack, center, { user: sub, rights: ['help-desk'] });
      return { path: `${appointmentsPath(center)}/${sub}` };
    },
    'POST /contact-centers/{id}/sso-trials': () => ({
      path: `/contact-centers/${center}/sso-trials`,
      data: { protocol: 'oidc', location: '/' },
    }),
    'GET /overview': () => ({ path: `${template}?contactCenterId=${center}` }),
    'POST /clients/dry-run': () => ({ path: template, data: { client_id: randomUuid() } }),
    'POST /clients': () => ({ path: template, data: { client_id: randomUuid(), authorizedGrantTypes: [] } }),
    'POST /revocations': () => ({ path: template, data: { user: personOf[center] } }),
    'POST /people/factors/reset': () => ({
      path: template,
      data: { user: personOf[center], reason: 'lost the telephone' },
    }),
    'POST /people/factors/invitation': () => ({
      path: template,
      data: { user: personOf[center], reason: 'first day' },
    }),
    'POST /contact-centers/{id}/factors/dry-run': () => ({
      path: `/contact-centers/${center}/factors/dry-run`,
      data: { secondFactor: { mode: 'required' } },
    }),
    'POST /people/erasure': () => ({
      path: template,
      data: { user: 'nobody', contactCenter: center, dryRun: true },
    }),
    'GET /people': () => ({ path: `${template}?contactCenter=${center}&search=p` }),
    'POST /audit/erase': () => ({ path: template, data: { user: randomUuid() } }),
  };
  const make = made[operation];
  if (make !== undefined) return make();
  if (template.startsWith('/clients/{client_id}'))
    return {
      path: template.replace('{client_id}', await client()),
      ...(method === 'PUT' ? { data: { name: 'Other' } } : {}),
    };
  const isOfPerson = template === '/sessions' || template.startsWith('/people/');
  const path = template.replace('/contact-centers/{id}', `/contact-centers/${center}`);
  return {
    path: isOfPerson ? `${path}?user=${personOf[center]}` : path.replace(/\{\w+\}/, randomUuid()),
    ...(method === 'POST' || method === 'PUT' ? { data: {} } : {}),
  };
}

async function call(operation: string, center: string, authorization: string) {
  const { path, data } = await requestOf(operation, center);
  const method = operation.split(' ')[0] as 'GET';
  const body = data === undefined ? undefined : { data };
  return opsCall(estate.stack, method, `/auth/v3/ops${path}`, body, authorization);
}

const operations = Object.entries(opsMatrix).map(
  ([operation, name]) => [operation, opsRules[name] as Rule] as const,
);

describe.each(operations)('%s', (operation, rule) => {
  const sides = rule.other === undefined ? (['own'] as const) : (['own', 'other'] as const);
  it.each(sides)(`is decided as the matrix says, ${rule.title} (%s)`, async (side) => {
    const verdicts = side === 'other' ? rule.other : rule.verdicts;
    const verdictFor = (kind: OpsCallerKind) => verdicts?.[opsCallerKinds.indexOf(kind)] ?? 'no';
    const ofBoth = [verdictFor('help desk'), verdictFor('auditor')];
    const expected: [keyof typeof callers, Verdict][] = [
      ...opsCallerKinds.map((kind) => [kind, verdictFor(kind)] as [OpsCallerKind, Verdict]),
      [both, (['yes', 'own', 'hidden'] as const).find((verdict) => ofBoth.includes(verdict)) ?? 'no'],
    ];
    const found: [keyof typeof callers, string][] = [];
    for (const [kind, wanted] of expected) {
      const { status } = await call(operation, side === 'own' ? own : other, callers[kind]);
      // Whoever is told that the body is wrong, or that the thing is in another state, was let through.
      const verdict = status === 403 ? 'no' : status === 404 && rule.other !== undefined ? 'hidden' : 'yes';
      expect([200, 400, 403, 404, 409]).toContain(status);
      found.push([kind, verdict === 'yes' && wanted === 'own' ? 'own' : verdict]);
    }
    expect(found).toEqual(expected);
  });
});

describe('the matrix', () => {
  it('has a row for every operation below ops, and none besides', async () => {
    const document = JSON.parse(await readFile(new URL('../../../openapi.json', import.meta.url), 'utf8'));
    const described = Object.entries(document.paths as Record<string, object>)
      .filter(([path]) => path.startsWith('/auth/v3/ops/'))
      .flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace('/auth/v3/ops', '')}`),
      );
    expect(Object.keys(opsMatrix).sort()).toEqual(described.sort());
  });

  // attack: help-desk agent or auditor who changes clients, keys, settings or rights | CWE-269, ASVS 8.2.1 | guard: services/auth-api/src/oauth/client-authentication/ops-matrix.ts
  it('lets the help desk do these things for people, and the auditor read', () => {
    const admitted = (kind: 'help desk' | 'auditor') =>
      Object.entries(opsMatrix).flatMap(([operation, name]) =>
        allows(opsRules[name], [kind]) ? operation : [],
      );
    expect(admitted('help desk')).toEqual([
      'GET /sessions',
      'DELETE /sessions',
      'GET /people',
      'GET /people/profile',
      'GET /people/explanation',
      'DELETE /people/delays',
      'GET /people/factors',
      'POST /people/factors/reset',
      'POST /people/factors/invitation',
      'DELETE /people/factors/devices',
      'GET /contact-centers/{id}/factors',
    ]);
    expect(admitted('auditor').filter((operation) => !operation.startsWith('GET '))).toEqual([]);
  });

  it('is the committed page', async () => {
    const page = await readFile(
      new URL('../../../../../docs/reference/authorisation.md', import.meta.url),
      'utf8',
    );
    expect(page.endsWith(`\n${opsMatrixPage()}`)).toBe(true);
  });

  it('lets the service start only where every route has a row, and every row a route', async () => {
    const { deps } = estate.stack;
    const routes = (scope: App) => void scope.get('/made-up', async () => ({}));
    const planted: Domain = { mounts: [['operators', '/auth/v3/ops', routes]] };
    await expect(buildApp({ ...deps, domains: [...deps.domains, planted] })).rejects.toThrow(
      'GET /made-up has no row in the matrix of /auth/v3/ops: say who may call it',
    );
    const app = await buildApp({ ...deps, domains: [] });
    await expect(app.ready()).rejects.toThrow(
      'rows without a route in the matrix of /auth/v3/ops: GET /admin',
    );
  });

  // attack: route of the administration that nobody has decided about | ASVS 8.2.1, OWASP A01 | guard: services/auth-api/src/oauth/client-authentication/ops-authentication.ts
  it('lets nobody call a route that has no row', async () => {
    const { deps } = estate.stack;
    const { kit, config, clientAuthentication } = deps;
    const app = await createApp({ ...kit, http: config.http, drain: kit.drain });
    try {
      await app.register(async (scope) => {
        clientAuthentication.guardAdministration(scope as never);
        scope.get('/auth/v3/ops/made-up', async () => ({}));
        scope.get('/auth/v3/ops/clients', async () => ({}));
      });
      const status = async (path: string, authorization: string) =>
        (await app.inject({ url: `/auth/v3/ops/${path}`, headers: { authorization } })).statusCode;
      for (const kind of administratorKinds) {
        expect([kind, await status('made-up', callers[kind])]).toEqual([kind, 403]);
        const mayList = allows(opsRules.listClients, [kind]);
        expect([kind, await status('clients', callers[kind])]).toEqual([kind, mayList ? 200 : 403]);
      }
    } finally {
      await app.close();
    }
  });
});
