import { randomUUID } from 'node:crypto';
import type { BrandingView } from '@gatehouse/contracts/environment-api';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  type AuthApi,
  contactCenterId,
  demoContactCenter,
  internalAppOf,
  otherContactCenterId,
  serviceClient,
  startAuthApi,
} from '../../stack/auth-api.ts';
import { createBrowser } from '../../stack/browser.ts';
import { announceChange } from '../../stack/environment-api.ts';
import { readView, startInteraction } from '../../stack/interaction.ts';
import { authorizeUrl, createClient, interactionOf, redirectUri } from '../../stack/oauth.ts';

let nowMs = Date.parse('2027-01-31T03:00:00Z');
let stack: AuthApi;
let replica: AuthApi;
let version = 100;

beforeAll(async () => {
  stack = await startAuthApi({ now: () => nowMs });
  replica = await startAuthApi({ beside: stack, now: () => nowMs });
});
afterAll(async () => {
  await replica?.close();
  await stack?.close();
});

async function brand(id: string, branding: BrandingView | undefined): Promise<void> {
  const { contactCenters } = stack.environmentApi;
  const { branding: _before, ...center } = contactCenters.get(id) ?? demoContactCenter;
  version += 1;
  contactCenters.set(id, { ...center, version, ...(branding === undefined ? {} : { branding }) });
  await announceChange(stack, { entity: 'branding', id: '/', contactCenterId: id });
}
async function brandAll(branding: BrandingView | undefined): Promise<void> {
  version += 1;
  stack.environmentApi.installation = branding === undefined ? { version } : { version, branding };
  await announceChange(stack, { entity: 'branding', id: '/' });
}

beforeEach(async () => {
  await brandAll({ name: 'Everybody' });
  await brand(contactCenterId, { name: 'Demo brand' });
  await brand(otherContactCenterId, { name: 'Other brand' });
});

async function shownTo(tenantHint: string | undefined, at = stack) {
  const browser = createBrowser(at.app);
  const id = await startInteraction(at, browser, tenantHint === undefined ? {} : { tenantHint });
  return async () => (await readView(at.app, browser, id)).branding;
}

it('is on error pages of ours, of the installation alone, with the languages to choose from', async () => {
  await brandAll({ name: 'Everybody', colors: { accent: '#7a2bbf', accentDark: '#c79bf0' } });
  const wrong = '/auth/v3/oauth/authorize?client_id=nobody&response_type=code';
  const open = (url: string, headers: Record<string, string> = {}) =>
    stack.app.inject({ url, headers: { accept: 'text/html', ...headers } });
  await expect.poll(async () => (await open(wrong)).body).toContain('--brand:#7a2bbf');
  const page = await open(wrong);
  expect([page.statusCode, page.body.includes('· Everybody</title>')]).toEqual([400, true]);
  const [, address = ''] = /href="([^"]*language=de)"/.exec(page.body) ?? [];
  const chosen = await open(address.replaceAll('&amp;', '&'), { 'sec-fetch-site': 'same-origin' });
  expect([chosen.statusCode, chosen.headers.location]).toEqual([303, wrong]);
  const kept = String(chosen.headers['set-cookie']).split(';')[0] ?? '';
  expect(kept).toMatch(/gatehouse-language=de$/);
  expect((await open(wrong, { cookie: kept })).body).toContain('<html lang="de">');
});

describe('a stranger', () => {
  // attack: contact centres told apart by the look of the page | CWE-203 | guard: services/auth-api/src/registry/branding/views.ts
  it('sees the branding of the installation, whichever tenant is named: known and unknown look alike', async () => {
    for (const tenant of ['demo', 'another', 'no-such-tenant', undefined])
      await expect.poll(await shownTo(tenant)).toEqual({ name: 'Everybody' });
  });

  it('sees that of the named contact centre where the contact centre wants it', async () => {
    await brand(contactCenterId, { name: 'Demo brand', byName: true });
    await expect.poll(await shownTo('DEMO')).toEqual({ name: 'Demo brand' });
    await expect.poll(await shownTo('another')).toEqual({ name: 'Everybody' });
  });

  it('sees nothing where nothing is set', async () => {
    await brandAll(undefined);
    await expect.poll(await shownTo('demo')).toBeUndefined();
  });
});

it('is that of the contact centre from the first page on, where the client serves only one', async () => {
  const bound = await createClient(stack, { contactCenterIds: [contactCenterId] });
  const both = await createClient(stack, { contactCenterIds: [contactCenterId, otherContactCenterId] });
  const nameFor = async (client: typeof bound) => {
    const browser = createBrowser(stack.app);
    const asked = await browser.get(authorizeUrl({ ...client, redirectUri }, { scope: 'openid' }));
    return (await readView(stack.app, browser, interactionOf(asked))).branding?.name;
  };
  await expect.poll(() => nameFor(bound)).toBe('Demo brand');
  expect(await nameFor(both)).toBe('Everybody');
});

it('has a notice from its beginning to its end', async () => {
  const notice = { kind: 'maintenance' as const, text: { en: 'Soon' } };
  const from = '2027-01-31T02:00:00.000Z';
  const until = '2027-01-31T04:00:00.000Z';
  await brandAll({ notices: [{ ...notice, from, until }] });
  const shown = await shownTo(undefined);
  await expect.poll(shown).toEqual({ notices: [{ ...notice, from, until }] });
  for (const [moment, isShown] of [
    ['2027-01-31T01:59:59.999Z', false],
    [from, true],
    [until, false],
  ] as const) {
    nowMs = Date.parse(moment);
    expect([moment, (await (await shownTo(undefined))()) !== undefined]).toEqual([moment, isShown]);
  }
  nowMs = Date.parse('2027-01-31T03:00:00Z');
});

it('counts on every replica within a second', async () => {
  const here = await shownTo('demo');
  const there = await shownTo('demo', replica);
  await expect
    .poll(async () => [await here(), await there()])
    .toEqual([{ name: 'Everybody' }, { name: 'Everybody' }]);
  const start = performance.now();
  await brandAll({ name: 'Changed' });
  await brand(contactCenterId, { name: 'Also changed', byName: true });
  await expect
    .poll(async () => [await here(), await there()], { interval: 10, timeout: 1000 })
    .toEqual([{ name: 'Also changed' }, { name: 'Also changed' }]);
  expect(performance.now() - start).toBeLessThan(1000);
});

it('keeps nobody from signing in: without Environment API pages look as they always did, or as before', async () => {
  const shown = await shownTo(undefined);
  await expect.poll(shown).toEqual({ name: 'Everybody' });
  await stack.environmentApi.stop();
  try {
    expect(await shown()).toEqual({ name: 'Everybody' });
    const unread = await shownTo('never-asked-before');
    expect((await unread())?.name ?? 'none').toMatch(/Everybody|none/);
  } finally {
    await stack.environmentApi.start();
  }
});

it('is told to Auth UI for pages without a login', async () => {
  const ask = async (place: Record<string, string> = {}) => {
    const { id, secret } = serviceClient;
    const answer = await internalAppOf(stack.app).inject({
      url: `/auth/v3/internal/branding?${new URLSearchParams(place)}`,
      headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
    });
    return answer.json().data;
  };
  const everybody = { branding: { name: 'Everybody' } };
  const demo = { branding: { name: 'Demo brand' } };
  await expect.poll(() => ask()).toEqual(everybody);
  expect(await ask({ contactCenterId })).toEqual(demo);
  const bound = await createClient(stack, { contactCenterIds: [contactCenterId] });
  const both = await createClient(stack, { contactCenterIds: [contactCenterId, otherContactCenterId] });
  expect(await ask({ clientId: bound.clientId })).toEqual(demo);
  for (const place of [
    { clientId: both.clientId },
    { clientId: 'nobody' },
    { contactCenterId: randomUUID() },
  ])
    expect([place, await ask(place)]).toEqual([place, everybody]);
  expect((await internalAppOf(stack.app).inject({ url: '/auth/v3/internal/branding' })).statusCode).toBe(401);
});
