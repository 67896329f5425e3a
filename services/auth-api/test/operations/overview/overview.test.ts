/** The overview of an installation with two replicas, as its operator sees it. */
import { runCommand } from '@gatehouse/cli/run-command';
import type { AuthApiOverview } from '@gatehouse/contracts/auth-administration';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { makeProviderKey } from '@gatehouse/testing/keys';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idpMetadata } from '../../sign-in/sso/stack/saml-provider.ts';
import { localTrial, setSignOn } from '../../sign-in/sso/stack/sign-on.ts';
import {
  type AuthApi,
  contactCenterId,
  environmentId,
  otherContactCenterId,
  startAuthApi,
} from '../../stack/auth-api.ts';
import { createBrowser } from '../../stack/browser.ts';
import { operatorEnvironment } from '../../stack/command-line.ts';
import { contactCenterAdministrator } from '../../stack/console.ts';
import { agent } from '../../stack/interaction.ts';
import { createClient, opsCall, type TestClient, token } from '../../stack/oauth.ts';

const dayMs = 86_400_000;
let stack: AuthApi;
let replica: AuthApi;
let client: TestClient;

beforeAll(async () => {
  stack = await startAuthApi({ env: localTrial });
  replica = await startAuthApi({ beside: stack, env: localTrial });
  client = await createClient(stack);
});
afterAll(async () => {
  await replica?.close();
  await stack?.close();
});

async function overview(query = '', at = stack): Promise<AuthApiOverview> {
  // Else it would take some seconds until Redis has them.
  await Promise.all([stack, replica].map(({ deps }) => deps.activity.flush()));
  const answer = await opsCall(at, 'GET', `/auth/v3/ops/overview${query}`);
  expect(answer.body).toContain('"data"');
  return answer.json<{ data: AuthApiOverview }>().data;
}

const signIn = (at: AuthApi, changes: Partial<typeof agent> = {}) =>
  createBrowser(at.app).postJson('/auth/v3/sign-in', { data: { ...agent, ...changes } });

describe('the overview', () => {
  it('counts what happened on every replica, by the minute', async () => {
    const before = (await overview()).signIns?.total;
    await signIn(stack);
    await signIn(replica);
    await signIn(replica, { password: 'wrong' });
    await signIn(stack, { tenant: 'no-such-tenant' });
    await token(stack, client, { grant_type: 'client_credentials' });
    await token(replica, client, { grant_type: 'refresh_token', refresh_token: 'made up' });

    const { signIns, links, location } = await overview('', replica);

    const grown = (name: 'succeeded' | 'failed' | 'tokensIssued' | 'tokensRefused') =>
      (signIns?.total[name] ?? 0) - (before?.[name] ?? 0);
    expect([grown('succeeded'), grown('failed')]).toEqual([2, 2]);
    expect([grown('tokensIssued'), grown('tokensRefused')]).toEqual([1, 1]);
    expect(signIns?.steps).toHaveLength(60);
    expect(signIns?.stepSeconds).toBe(60);
    expect(signIns?.steps.reduce((sum, step) => sum + step.succeeded, 0)).toBe(signIns?.total.succeeded);
    expect(signIns?.failures).toContainEqual({ reason: 'bad_credentials', count: expect.any(Number) });
    expect(signIns?.total.p50Ms).toBeGreaterThan(0);
    expect(signIns?.total.p95Ms).toBeGreaterThanOrEqual(signIns?.total.p50Ms ?? 0);
    expect(links).toMatchObject({ open: 1, down: 0, notOpen: [] });
    expect(location).toBe('/');
  });

  it('looks back for a day or two in larger steps, never in more than a chart can show', async () => {
    for (const [query, steps, seconds] of [
      ['?window=24h', 144, 600],
      ['?window=48h', 144, 1200],
      ['?window=48h&step=1', 288, 600],
      ['?window=1h&step=60', 1, 3600],
      [`?window=1h&contactCenterId=${contactCenterId}`, 6, 600],
    ] as const) {
      const { signIns } = await overview(query);
      expect([query, signIns?.steps.length, signIns?.stepSeconds]).toEqual([query, steps, seconds]);
    }
    for (const query of ['?window=1y', '?step=7', '?from=now']) {
      const refused = await opsCall(stack, 'GET', `/auth/v3/ops/overview${query}`);
      expect([query, refused.status]).toEqual([query, 400]);
    }
  });

  // attack: reading what happens at another contact centre | CWE-639 | guard: services/auth-api/src/operations/overview/endings.ts
  it('of one contact centre holds no number, link, certificate or name of another one', async () => {
    await signIn(stack);
    await setSignOn(stack, {
      saml: { idpMetadataXml: idpMetadata([makeProviderKey(new Date(Date.now() + 5 * dayMs))]) },
    });
    await createBrowser(stack.app).get('/auth/v3/sso/start?tenant=demo');
    await expect
      .poll(async () => (await overview()).endings.map(({ kind }) => kind), { timeout: 10_000 })
      .toContain('provider-certificate');

    const own = await overview(`?contactCenterId=${contactCenterId}`);
    expect(own.signIns?.total.succeeded).toBeGreaterThan(0);
    expect(own.endings).toMatchObject([{ kind: 'provider-certificate', name: 'demo', contactCenterId }]);
    expect(own.problems).toContainEqual(
      expect.objectContaining({ severity: 'warning', runbook: 'a-certificate-ends', subject: 'demo' }),
    );
    const other = await overview(`?contactCenterId=${otherContactCenterId}`);
    expect(other.signIns?.total).toEqual({ succeeded: 0, failed: 0 });
    expect(other.signIns?.failures).toEqual([]);
    expect(other.endings).toEqual([]);
    expect(other.problems).toEqual([]);
    for (const absent of ['auditLag', 'clients', 'tokensIssued', 'demo', contactCenterId, '127.0.0.1'])
      expect(JSON.stringify(other)).not.toContain(absent);
    const unknown = `?contactCenterId=${'9'.repeat(8)}-9999-4999-8999-${'9'.repeat(12)}`;
    expect((await opsCall(stack, 'GET', `/auth/v3/ops/overview${unknown}`)).status).toBe(404);

    // Once the certificate is replaced, or single sign-on is off, nothing is to be done any more.
    await setSignOn(stack, {});
    expect((await overview()).endings.map(({ kind }) => kind)).not.toContain('provider-certificate');
  });

  // attack: memory of Redis used up by tenants that a stranger makes up | CWE-770 | guard: services/auth-api/src/people/accounts/authenticate.ts
  it('has no hash for a contact centre that does not exist', async () => {
    const keys = () => stack.deps.stores.redis.keys('*activity*');
    await signIn(stack);
    await overview();
    const before = (await keys()).length;
    for (let index = 0; index < 5; index += 1)
      await signIn(stack, { tenant: `made-up-${index}`, username: `somebody-${index}` });
    await overview();
    expect((await keys()).length).toBeLessThanOrEqual(before + 1);
  });

  // attack: reading what happens at another contact centre, as the administrator of one | CWE-639 | guard: services/auth-api/src/operations/overview/routes.ts
  it('shows a contact-centre administrator their own contact centre, whatever they ask for', async () => {
    await signIn(stack);
    await stack.deps.activity.flush();
    const authorization = await contactCenterAdministrator(stack, { sub: randomUuid() });
    const ask = (query: string) =>
      opsCall(stack, 'GET', `/auth/v3/ops/overview${query}`, undefined, authorization);
    const shown = (await ask('')).json<{ data: AuthApiOverview }>().data;
    expect(shown.contactCenterId).toBe(contactCenterId);
    expect(shown.signIns?.total.succeeded).toBeGreaterThan(0);
    expect(Object.keys(shown).toSorted()).toEqual(
      ['at', 'contactCenterId', 'endings', 'links', 'location', 'problems', 'signIns'].toSorted(),
    );
    expect((await ask(`?contactCenterId=${contactCenterId.toUpperCase()}`)).status).toBe(200);
    const other = await ask(`?contactCenterId=${otherContactCenterId}`);
    expect(other.status).toBe(404);
    expect(other.body).not.toContain('signIns');
  });

  it('tells strangers nothing', async () => {
    for (const authorization of ['', 'Basic b3BzOndyb25n'])
      expect((await opsCall(stack, 'GET', '/auth/v3/ops/overview', undefined, authorization)).status).toBe(
        401,
      );
  });
});

describe('what the overview calls a problem', () => {
  it('is a directory that does not answer, with the runbook', async () => {
    const lonely = await startAuthApi({ now: () => Date.now() });
    await signIn(lonely);
    await opsCall(lonely, 'GET', '/auth/v3/ops/overview');
    await lonely.simulator.close();
    await expect.poll(() => lonely.deps.accounts.service.links()[0]?.state, { timeout: 10_000 }).toBe('down');
    const answer = await opsCall(lonely, 'GET', '/auth/v3/ops/overview');
    const { problems, links } = answer.json<{ data: AuthApiOverview }>().data;
    const own = await opsCall(lonely, 'GET', `/auth/v3/ops/overview?contactCenterId=${contactCenterId}`);
    await lonely.close();
    // Told although the dependencies were looked at a moment ago.
    expect(problems[0]).toMatchObject({
      severity: 'critical',
      runbook: 'no-connection-to-a-configuration-server',
      message: expect.stringMatching(/^The directory of the environment Demo people cannot be used: /),
      sentences: [{ key: 'problem.links.away', parameters: { environment: 'Demo people' } }],
    });
    const notOpen = [{ environmentId, environmentName: 'Demo people', state: 'down' }];
    expect(links).toMatchObject({ down: 1, notOpen });
    expect(own.json<{ data: AuthApiOverview }>().data.problems).toMatchObject([
      { severity: 'critical', runbook: 'no-connection-to-a-configuration-server' },
    ]);
    expect(own.body).not.toContain('127.0.0.1');
  });

  it('is told by the command line, which ends with 1 then', async () => {
    await setSignOn(stack, {
      saml: { idpMetadataXml: idpMetadata([makeProviderKey(new Date(Date.now() + 5 * dayMs))]) },
    });
    await createBrowser(stack.app).get('/auth/v3/sso/start?tenant=demo');
    await expect.poll(async () => (await overview()).endings.length).toBeGreaterThan(0);
    const env = await operatorEnvironment(stack);
    const shown = await runCommand(['overview', '--window', '24h'], { env });
    // This host serves Auth API alone.
    expect(shown.exitCode).toBe(4);
    expect(shown.error).toContain('Environment API');
    expect(shown.out).toMatch(
      /Problems\n[\s\S]*! demo: The certificate of the identity provider of demo ends in 5 days\.\n\s+docs\/guides\/runbooks\.md#a-certificate-ends/,
    );
    expect(shown.out).toMatch(/Sign-ins\n[\s\S]*succeeded +\d+/);
    const { authApi } = JSON.parse((await runCommand(['overview', '--json'], { env })).out);
    expect(authApi.problems.length).toBeGreaterThan(0);
    await setSignOn(stack, {});
  });
});

it('names the same sections of the runbooks as the page has', async () => {
  const { runbooks } = await import('@gatehouse/contracts/answers');
  const { readFile } = await import('node:fs/promises');
  const page = await readFile(new URL('../../../../../docs/guides/runbooks.md', import.meta.url), 'utf8');
  const anchors = [...page.matchAll(/^## (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\w -]/g, '')
      .replaceAll(' ', '-'),
  );
  expect(anchors).toEqual(expect.arrayContaining([...runbooks]));
});
