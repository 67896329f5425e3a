/** Plays what is wrong seldom, and looks for English on the German pages that tell it. */

import { closeContexts, sharedChromium } from '@gatehouse/testing/chromium';
import { freePort } from '@gatehouse/testing/network';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openAsPerson } from './pages.ts';
import { type Stage, startStage } from './stage.ts';
import { untranslated } from './untranslated.ts';

let stage: Stage;
let browser: Browser;
let page: Page;
beforeAll(async () => {
  stage = await startStage();
  const person = await stage.installationAdministrator();
  browser = await sharedChromium();
  page = await (await openAsPerson(browser, { ...stage, person }, { locale: 'de' })).newPage();
});
afterAll(async () => {
  await closeContexts(browser);
  await stage?.close();
});

const base = '/auth/console';

async function german(path?: string): Promise<string> {
  if (path !== undefined) await page.goto(`${stage.publicUrl}${path}`);
  expect(await untranslated(page, 'de')).toEqual([]);
  return (await page.locator('main').textContent())?.replaceAll(/\s+/g, ' ') ?? '';
}

describe('a German console says', () => {
  let ldapId: string;
  beforeAll(async () => {
    const ldap = {
      servers: [{ address: '127.0.0.1', port: await freePort() }],
      ...{ bindDn: 'cn=reader,dc=corp,dc=example', bindPassword: 'demo-bind-password' },
      baseDns: ['dc=corp,dc=example'],
    };
    const data = { name: 'Corp', directory: 'ldap', ldap };
    const { body } = await stage.environmentApi.call('POST', '/environments', { payload: { data } });
    ldapId = body.data.id;
  });

  it('each step at a directory that does not answer', async () => {
    await page.goto(`${stage.publicUrl}${base}/environments/${ldapId}`);
    await page.locator(`form[action$="/${ldapId}/check"] button`).click();
    expect(await german()).toContain('nimmt keine Verbindungen an');
  });

  it('problems of keys, secrets, proxies and directories', async () => {
    const sealAll = async (ofKeys: string, ofSecrets: string) => {
      const sealed = (column: string, key: string) => `regexp_replace(${column}, '^v1\\.[^.]+', 'v1.${key}')`;
      await stage.authApi.deps.stores.pool.query(
        `UPDATE auth.signing_keys SET private_key = ${sealed('private_key', ofKeys)}`,
      );
      await stage.environmentApi.pool.query(
        `UPDATE environment.environments SET ldap_bind_password = ${sealed('ldap_bind_password', ofSecrets)}`,
      );
    };
    const headers = { 'x-forwarded-for': '198.51.100.7' };
    await stage.authApi.app.inject({ url: '/auth/v3/ping', headers, remoteAddress: '198.51.100.9' });
    await sealAll('lost', 'lost');
    onTestFinished(() => sealAll('k1', 'first'));
    // What was found a moment ago is told for some seconds.
    const home = () => german(base);
    const found = expect.poll(home, { timeout: 60_000, interval: 1_000 });
    await found.toMatch(/Signaturschlüssel: Der Schlüssel \S+ lässt sich nicht öffnen/);
    const shown = await home();
    expect(shown).toMatch(/Gespeicherte Geheimnisse: Ein Geheimnis aus \S+ lässt sich nicht öffnen/);
    expect(shown).toContain('X-Forwarded-For von 198.51.100.9 wird nicht beachtet');
    expect(shown).toMatch(/LDAP-Verzeichnisse: .*Corp/);
  });

  it('the contrast that a colour lacks', async () => {
    await page.goto(`${stage.publicUrl}${base}/branding/edit?cc=${stage.contactCenterId}&location=%2F`);
    await page.fill('[name="colors.accent"]', '#ffcc00');
    await page.locator('form.entry .entry-buttons button').first().click();
    expect(await german()).toContain('#ffcc00 hat zu #f7f5f0 einen Kontrast von 1,38 : 1');
  });

  it('the settings of an import that nothing reads', async () => {
    const answer = await page.context().request.get(`${stage.publicUrl}${base}/transfer/export.json`);
    const estate = await answer.json();
    estate.settings.push({ name: 'unread-by-anything', value: '1', location: '/' });
    await page.goto(`${stage.publicUrl}${base}/transfer/import`);
    await page.fill('[name=document]', JSON.stringify(estate));
    await page.locator('form.entry .entry-buttons button').first().click();
    expect(await german()).toContain('unread-by-anything');
  });
});
