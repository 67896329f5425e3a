/** The matrix is the guard: no route without a row, no row without a route, and nobody gets more than the row says. */
import { type App, createApp } from '@gatehouse/service-kit/http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { admitCallers } from '../src/access/admission.ts';
import { buildApp, buildInternalApp } from '../src/app.ts';
import type { Audience, Domain } from '../src/core/domain.ts';
import { opsAuthorization, type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;
beforeAll(async () => {
  api = await startApi();
});
afterAll(() => api.close());

const withDomains = (change: (all: readonly Domain[]) => Domain[]) => ({
  ...api.deps,
  domains: change(api.deps.domains),
});
const plant = async (scope: App) => void scope.get('/made-up', async () => ({}));

describe('the service', () => {
  // attack: start with a route that nobody has decided about | ASVS 8.2.1, OWASP A01 | guard: packages/caller-auth/src/authorisation/matrix.ts
  it('does not start with a route that has no row', async () => {
    const planted = (audience: Audience, prefix: string): Domain => ({ mounts: [[audience, prefix, plant]] });
    await expect(buildApp(withDomains((all) => [...all, planted('callers', '/locations')]))).rejects.toThrow(
      'GET /locations/made-up has no row in the matrix of /environment/v3: say who may call it',
    );
    await expect(
      buildInternalApp(withDomains((all) => [...all, planted('services', '/changes')])),
    ).rejects.toThrow('GET /internal/changes/made-up has no row');
  });

  // attack: start with a route of the matrix in a scope that asks nobody who they are | ASVS 8.2.1, CWE-306 | guard: packages/caller-auth/src/authorisation/matrix.ts
  it('does not start with a route in a scope without the guard', async () => {
    const routes = async (scope: App) => void scope.get('/Users', async () => ({}));
    const open = withDomains((all) => [{ mounts: [['provisioners', '', routes]] }, ...all]);
    await expect(buildApp(open)).rejects.toThrow(
      'GET /contact-centers/{id}/scim/v2/Users is in a scope without the guard of /environment/v3',
    );
  });

  it('does not start with a row that has no route', async () => {
    const { diagnosis, writer } = api.deps;
    const without = (gone: unknown) => withDomains((all) => all.filter(({ services }) => services !== gone));
    const app = await buildApp(without(diagnosis));
    await expect(app.ready()).rejects.toThrow(
      'rows without a route in the matrix of /environment/v3: GET /diagnosis',
    );
    const internal = await buildInternalApp(without(writer));
    await expect(internal.ready()).rejects.toThrow('GET /internal/changes');
  });
});

describe('a route', () => {
  // attack: route of Environment API that nobody has decided about | ASVS 8.2.1, OWASP A01 | guard: services/environment-api/src/access/guard.ts
  it('without a row is for nobody, whatever the caller may do elsewhere', async () => {
    const { kit, config, access } = api.deps;
    const app = await createApp({ ...kit, http: config.http });
    try {
      await app.register(
        async (scope: App) => {
          admitCallers(scope, access.admission);
          await plant(scope);
          scope.get('/locations', async () => ({}));
        },
        { prefix: '/environment/v3' },
      );
      const ask = async (path: string, authorization: string) =>
        (await app.inject({ url: `/environment/v3/${path}`, headers: { authorization } })).statusCode;
      const authorities = ['ROLE_MANAGEMENT_APPLICATION'];
      const manager = api.authApi.token({ internal_client: true, authorities });
      for (const authorization of [opsAuthorization, manager])
        expect([await ask('made-up', authorization), await ask('locations', authorization)]).toEqual([
          403, 200,
        ]);
    } finally {
      await app.close();
    }
  });

  it('answers OPTIONS without a preflight with 405 and the methods that are there', async () => {
    const ask = async (path: string, authorization?: string) => {
      const { statusCode, headers } = await api.app.inject({
        method: 'OPTIONS',
        url: `/environment/v3${path}`,
        headers: authorization === undefined ? {} : { authorization },
      });
      return [statusCode, headers.allow];
    };
    expect(await ask('/locations', opsAuthorization)).toEqual([405, expect.stringContaining('GET')]);
    expect(await ask('/locations')).toEqual([401, undefined]);
  });

  // attack: operation that the matrix refuses | ASVS 8.2.1, CWE-862 | guard: services/environment-api/src/access/guard.ts
  it('gives a caller what its row says, in words that tell what is missing', async () => {
    const center = await api.contactCenter();
    const bound = { contact_center_ids: [center], contact_center_id: center };
    const reader = { authorization: api.authApi.token(bound) };
    const manager = {
      authorization: api.authApi.token({ ...bound, authorities: ['ROLE_MANAGEMENT_APPLICATION'] }),
    };
    const write = async (path: string, headers: Record<string, string>) => {
      const { status, body } = await api.call('POST', path, {
        headers,
        payload: { data: { name: 'x-n', value: 'v' } },
      });
      return [status, body.status.message];
    };
    const ownSettings = `/contact-centers/${center}/settings`;
    const another = await api.contactCenter();
    expect(await write(ownSettings, manager)).toEqual([200, undefined]);
    expect(await write(ownSettings, reader)).toEqual([403, expect.stringContaining('Writing needs')]);
    expect(await write('/settings', manager)).toEqual([
      403,
      expect.stringContaining('all contact centres share'),
    ]);
    expect(await write(`/contact-centers/${another}/settings`, manager)).toEqual([
      404,
      `There is no contact centre "${another}"`,
    ]);
    const exported = await api.call('GET', '/export', { headers: manager });
    expect(exported.body.status.message).toContain('what belongs to other contact centres');
    const internal = await api.call('GET', '/internal/changes', { headers: manager });
    expect([internal.status, internal.body.status.message]).toEqual([
      403,
      'This endpoint is for internal clients',
    ]);
  });

  it('is refused when the request is known to be well-formed, and after the region has said that it takes no writes', async () => {
    const env = { GATEHOUSE_LOCATION: '/EUW1', GATEHOUSE_WRITABLE_LOCATION: '/USW1' };
    const region = await startApi({ env });
    const nameOf = async (of: RunningApi, data: object) => {
      const headers = { authorization: of.authApi.token({}) };
      return (await of.call('POST', '/settings', { headers, payload: { data } })).body.status.name;
    };
    try {
      const whole = { name: 'x-n', value: 'v' };
      expect([await nameOf(api, {}), await nameOf(api, whole)]).toEqual(['bad_request', 'forbidden']);
      expect(await nameOf(region, whole)).toBe('read_only_region');
    } finally {
      await region.close();
    }
  });
});
