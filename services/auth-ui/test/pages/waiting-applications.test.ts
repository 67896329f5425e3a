import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AuthApiStandIn, startAuthApiStandIn } from '../auth-api-stand-in.ts';
import { buildTestApp, pageGet } from '../test-app.ts';

let authApi: AuthApiStandIn;
let app: Awaited<ReturnType<typeof buildTestApp>>;

beforeAll(async () => {
  authApi = await startAuthApiStandIn();
  app = await buildTestApp({ authApiUrl: authApi.url });
});
afterAll(async () => {
  await app.close();
  await authApi.close();
});

/** The page of a sign-in that is over, in a browser with this cookie. */
async function expiredPage(applications: Record<string, string>) {
  const cookie = `gatehouse-applications=${encodeURIComponent(new URLSearchParams(applications).toString())}`;
  const page = await app.inject(pageGet('/auth/sign-in.html?interaction=gone', { cookie }));
  expect(page.statusCode).toBe(410);
  return page.body;
}

it('an expired sign-in leads back to where its application begins', async () => {
  expect(await expiredPage({ gone: 'https://agents.example.com/start' })).toContain(
    '<a href="https://agents.example.com/start">Back to agents.example.com</a>',
  );
  expect(await expiredPage({ another: 'https://agents.example.com/start' })).toContain(
    '<a href="/auth/sign-in.html">Sign in here</a>',
  );
});

it('a page that begins a sign-in comes before the home page', async () => {
  const start = 'https://desk.example.com/login?iss=https%3A%2F%2Flogin.example.com';
  authApi.hold({
    id: 'begins',
    client: { id: 'desk', name: 'Desk', clientUri: 'https://desk.example.com/', startUri: start },
  });
  const page = await app.inject(pageGet('/auth/sign-in.html?interaction=begins'));
  const kept = page.cookies.find(({ name }) => name === 'gatehouse-applications')?.value ?? '';

  expect(new URLSearchParams(kept).get('begins')).toBe(`${start} desk`);
});

// attack: link to a script on the page of an expired sign-in | CWE-79, CWE-601 | guard: services/auth-ui/src/pages/waiting-applications.ts
it('an expired sign-in never leads to what is no web address', async () => {
  for (const address of ['javascript:alert(1)', 'data:text/html,x', '//', 'x'])
    expect(await expiredPage({ gone: address })).toContain('<a href="/auth/sign-in.html">');
});

it('remembers the last four sign-ins of a browser, and applications of the device not at all', async () => {
  for (const id of ['a', 'b', 'c', 'd', 'e']) authApi.hold({ id });
  authApi.hold({ id: 'native', redirectOrigin: 'com.example.app:/callback' });
  let cookie = '';
  for (const id of ['native', 'a', 'b', 'c', 'd', 'e']) {
    const { headers } = pageGet('');
    const page = await app.inject(
      pageGet(`/auth/sign-in.html?interaction=${id}`, { cookie: `${headers.cookie}; ${cookie}` }),
    );
    const set = page.cookies.find(({ name }) => name === 'gatehouse-applications');
    if (set) cookie = `${set.name}=${encodeURIComponent(set.value)}`;
    else expect(id).toBe('native');
  }
  const kept = new URLSearchParams(decodeURIComponent(cookie.slice(cookie.indexOf('=') + 1)));
  expect([...kept.keys()]).toEqual(['e', 'd', 'c', 'b']);
});
