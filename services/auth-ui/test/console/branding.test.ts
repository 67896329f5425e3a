import { closeContexts, sharedChromium } from '@gatehouse/testing/chromium';
import type { Browser, BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flat } from '../../../environment-api/test/pictures.ts';
import { pageKinds } from '../../src/console/branding/sample-pages.ts';
import { unescaped } from './html.ts';
import { type Answer, formTo, type Person } from './person.ts';
import { people, type Stage, startStage } from './stage.ts';

let stage: Stage;
let person: Person;
let of: string;
beforeAll(async () => {
  stage = await startStage();
  person = await stage.installationAdministrator();
  of = `cc=${stage.contactCenterId}&location=%2F`;
});
afterAll(() => stage?.close());

const path = '/auth/console/branding';

/** Sends a picture as a browser does. */
async function upload(bytes: Buffer | Uint8Array, by = person, changes: Record<string, string> = {}) {
  const page = await by.open(`${path}/logo?${of}`);
  const { fields, action } = formTo(page, `${path}/logo`);
  const form = new FormData();
  for (const [name, value] of Object.entries({ ...fields, ...changes }))
    if (name !== 'logo') form.set(name, value);
  form.set('logo', new Blob([new Uint8Array(bytes)], { type: 'image/png' }), 'logo.png');
  const answer = await by.request(action, { method: 'POST', body: form });
  return { status: answer.status, html: await answer.text(), location: answer.headers.get('location') };
}

it('lists the installation and its contact centres, and finds them by name', async () => {
  const page = await person.open(path);
  expect(page.rows.map((row) => row['For'])).toEqual(['All contact centres', 'Demo']);
  expect((await person.open(`${path}?search=dem`)).rows.map((row) => row['For'])).toEqual(['Demo']);
});

it('saves what was typed, shows what is inherited and where from, and the contrast', async () => {
  const all = await person.open(`${path}/edit?cc=&location=%2F`);
  await person.submit(all, `${path}/edit`, {
    name: 'Everybody',
    'greeting.en': 'Hello',
    'greeting.de': 'Hallo',
    'colors.accent': '#0057b8',
  });
  const form = await person.open(`${path}/edit?${of}`);
  expect(form.text).toContain('Inherited from all contact centres (/): Everybody');
  expect(form.text).toContain('#0057b8 has a contrast of 6.3 : 1');
  const saved = await person.submit(form, `${path}/edit`, {
    name: 'Demo brand',
    'link.privacy': 'https://demo.example/privacy',
    'link.other': 'https://demo.example/desk',
    'link.other.label.en': 'Service desk',
    'notice.kind': 'maintenance',
    'notice.text.en': 'On Sunday',
    'notice.from': '2027-01-31 12:00',
    'notice.until': '2027-01-31T14:00Z',
    byName: 'true',
  });
  expect(saved.message).toBe('The branding at / is saved');
  const { body } = await stage.environmentApi.call(
    'GET',
    `/contact-centers/${stage.contactCenterId}/branding`,
  );
  expect(body.data.entries).toEqual([
    {
      location: '/',
      name: 'Demo brand',
      links: [
        { kind: 'privacy', url: 'https://demo.example/privacy' },
        { kind: 'other', url: 'https://demo.example/desk', label: { en: 'Service desk' } },
      ],
      notice: {
        kind: 'maintenance',
        text: { en: 'On Sunday' },
        from: '2027-01-31T12:00:00.000Z',
        until: '2027-01-31T14:00:00.000Z',
      },
      byName: true,
    },
  ]);
  // What the form shows is what it saves.
  const again = await person.submit(await person.open(`${path}/edit?${of}`), `${path}/edit`);
  expect(again.status).toBe(200);
  expect(
    (await stage.environmentApi.call('GET', `/contact-centers/${stage.contactCenterId}/branding`)).body,
  ).toEqual(body);
});

it('leaves out nothing that was typed without a word', async () => {
  const send = async (typed: Record<string, string>) =>
    person.submit(await person.open(`${path}/edit?cc=&location=%2F`), `${path}/edit`, typed);
  const notice = await send({ 'notice.text.en': 'On Sunday', 'link.other.label.en': 'Service desk' });
  expect(notice).toMatchObject({ status: 400, fieldProblems: { 'notice.kind': 'This is missing.' } });
  const link = await send({ 'link.other.label.en': 'Service desk' });
  expect(link).toMatchObject({ status: 400, fieldProblems: { 'link.other': 'This is missing.' } });
  const unnamed = await send({ 'link.other': 'https://demo.example/desk' });
  expect(Object.keys(unnamed.fieldProblems)).toEqual(['link.other.label']);
  await send({ 'greeting.en': 'Hello,\nhow are you?', 'greeting.de': 'Hallo' });
  const { fields } = formTo(await person.open(`${path}/edit?cc=&location=%2F`), `${path}/edit`);
  expect([fields['greeting.en'], fields['greeting.de']]).toEqual(['Hello, how are you?', 'Hallo']);
});

it('adds and removes a language of a text without saving anything', async () => {
  const edit = `${path}/edit?cc=&location=%2F`;
  const textsOf = (page: Answer) =>
    Object.entries(formTo(page, `${path}/edit`).fields).filter(([name]) => name.startsWith('greeting.'));
  const page = await person.open(edit);
  expect(textsOf(page)).toEqual([
    ['greeting.de', 'Hallo'],
    ['greeting.en', 'Hello, how are you?'],
  ]);
  const added = await person.submit(page, `${path}/edit`, {
    'greeting.de': 'Guten Tag',
    'addLanguage.greeting': 'fr',
    addLanguage: 'greeting',
  });
  expect(textsOf(added)).toEqual([
    ['greeting.de', 'Guten Tag'],
    ['greeting.en', 'Hello, how are you?'],
    ['greeting.fr', ''],
  ]);
  const removed = await person.submit(added, `${path}/edit`, { removeLanguage: 'greeting.en' });
  expect(textsOf(removed).map(([name]) => name)).toEqual(['greeting.de', 'greeting.fr']);
  expect(textsOf(await person.open(edit))).toEqual(textsOf(page));
  await person.submit(removed, `${path}/edit`);
  expect(textsOf(await person.open(edit))).toEqual([['greeting.de', 'Guten Tag']]);
});

it('keeps links that the form has no field for', async () => {
  const links = [1, 2].map((number) => ({ kind: 'help', url: `https://demo.example/${number}` }));
  await stage.environmentApi.call('PUT', `/contact-centers/${stage.contactCenterId}/branding`, {
    payload: { data: { links } },
  });
  await person.submit(await person.open(`${path}/edit?${of}`), `${path}/edit`, { name: 'Demo brand' });
  const { body } = await stage.environmentApi.call(
    'GET',
    `/contact-centers/${stage.contactCenterId}/branding`,
  );
  expect(body.data.entries[0].links).toEqual(links);
});

it('takes a colour of the palette where none was typed, and a typed one before it', async () => {
  const change = async (typed: Record<string, string>) =>
    person.submit(await person.open(`${path}/edit?${of}`), `${path}/edit`, typed);
  const stored = async () =>
    formTo(await person.open(`${path}/edit?${of}`), `${path}/edit`).fields['colors.accent'];
  const before = (await stored()) ?? '';
  await change({ 'colors.accent.palette': '#7a1f3d' });
  expect(await stored()).toBe('#7a1f3d');
  await change({ 'colors.accent': '#0057b8', 'colors.accent.palette': '#112233' });
  expect(await stored()).toBe('#0057b8');
  const refused = await change({ 'colors.accent.palette': '#ffcc00' });
  expect(refused.fieldProblems['colors.accent']).toContain('#876c00');
  await change({ 'colors.accent': before, 'colors.accentDark': '' });
});

it('asks when a notice begins and ends, and says what counts for people who typed the tenant name alone', async () => {
  const form = await person.open(`${path}/edit?${of}`);
  const page = await person.submit(form, `${path}/edit`, {
    'notice.kind': 'info',
    'notice.text.en': 'On Sunday',
    'notice.from': '',
    'notice.until': '',
  });
  expect(page.fieldProblems).toEqual({
    'notice.from': 'Choose when the notice begins.',
    'notice.until': 'Choose when the notice ends.',
  });
  const id = await stage.environmentApi.contactCenter({ name: 'Plain', domains: ['plain.example'] });
  expect((await person.open(`${path}/edit?cc=${id}&location=%2F`)).text).toContain('“No” counts');
});

it('puts a refusal beside its field: a colour that cannot be read, a link that is no https address', async () => {
  const page = await person.submit(await person.open(`${path}/edit?${of}`), `${path}/edit`, {
    'colors.accent': '#ffcc00',
    'link.privacy': 'javascript:alert(1)',
    'notice.kind': 'info',
    'notice.text.en': '',
    'notice.from': 'tomorrow',
    'greeting.en': 'x'.repeat(300),
  });
  expect(page.status).toBe(400);
  expect(page.fieldProblems).toMatchObject({
    'colors.accent': expect.stringContaining('#876c00'),
    'link.privacy': expect.stringContaining('https'),
    'notice.text': expect.any(String),
    'notice.from': expect.any(String),
    greeting: expect.any(String),
  });
  expect(formTo(page, `${path}/edit`).fields['colors.accent']).toBe('#ffcc00');
  expect(page.fieldProblems['colors.accent']).toBe(
    '#ffcc00 has a contrast of 1.38 : 1 to #f7f5f0, and text needs 4.5 : 1. The nearest colour that has it is #876c00.',
  );
  expect([page.title.startsWith('Error: '), page.message]).toEqual([
    true,
    expect.stringMatching(/Please correct these fields.*On light pages ?: /),
  ]);
});

// attack: change of another administrator that is overwritten unseen | CWE-362, RFC 9110 section 13.1.1 | guard: services/auth-ui/src/console/shell/conflict.ts
it('shows a comparison where somebody else was faster, and overwrites only what the person then chooses', async () => {
  const form = await person.open(`${path}/edit?${of}`);
  await stage.environmentApi.call('PUT', `/contact-centers/${stage.contactCenterId}/branding`, {
    payload: { data: { name: 'Somebody else' } },
  });
  const comparison = await person.submit(form, `${path}/edit`, { name: 'Mine' });
  expect(comparison.status).toBe(412);
  expect(comparison.text).toContain('Somebody else');
  const saved = await person.submit(comparison, `${path}/edit`);
  expect(saved.message).toBe('The branding at / is saved');
});

describe('the logo', () => {
  it('is uploaded by a form without scripts, shown, and deleted', async () => {
    const sent = await upload(await flat(300, 100, '#aa3300').png().toBuffer());
    expect([sent.status, sent.location]).toEqual([303, `${path}/logo?${of}`]);
    const page = await person.open(sent.location ?? '');
    expect(page.message).toBe('The logo is saved');
    const [, src = ''] = /<img class="brand-logo" src="([^"]+)"/.exec(page.html) ?? [];
    const picture = await person.request(src);
    expect([picture.status, picture.headers.get('content-type')]).toEqual([200, 'image/webp']);
    const gone = await person.submit(page, `${path}/logo/delete`);
    expect(gone.message).toBe('The logo is deleted');
    expect(gone.text).toContain('There is no logo.');
  });

  it('is refused beside its field: an SVG, and what is too large', async () => {
    const svg = await upload(Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'));
    expect([svg.status, svg.html.includes('is an SVG')]).toEqual([400, true]);
    expect((await upload(Buffer.alloc(2 * 1024 * 1024 + 1))).status).toBe(413);
    expect((await upload(Buffer.alloc(0))).status).toBe(400);
  });

  // attack: logo sent by the form of another site | CWE-352 | guard: services/auth-ui/src/oauth-session/guard.ts
  it('is not taken from the form of another site', async () => {
    const { status } = await upload(await flat(3, 3).png().toBuffer(), person, { csrf: 'x' });
    expect(status).toBe(403);
  });

  // attack: every page stopped by a form of thousands of parts, which takes a second to read | CWE-400 | guard: services/auth-ui/src/console/shell/upload.ts
  it('is not taken from a form of many parts', async () => {
    const parts = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`part-${index}`, '']));
    const { status, html } = await upload(await flat(3, 3).png().toBuffer(), person, parts);
    expect([status, html.includes('more than 32 fields')]).toEqual([400, true]);
  });

  // attack: work of reading bodies, caused by people without a right | CWE-400 | guard: services/auth-ui/src/console/compose.ts
  it('is not even read of a person without a right', async () => {
    const agent = stage.newPerson();
    await agent.openAs('/auth/console', people.agent);
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    const unreadable = await agent.request(`${path}/logo`, { method: 'POST', body: 'no form', headers });
    expect(unreadable.status).toBe(403);
  });
});

it('shows people the branding after they typed the tenant, on every replica of the page', async () => {
  await stage.environmentApi.call('PUT', `/contact-centers/${stage.contactCenterId}/branding`, {
    payload: { data: { name: 'Demo brand', byName: true, colors: { accent: '#7a2bbf' } } },
  });
  const stranger = stage.newPerson();
  await expect
    .poll(
      async () => {
        const first = await stranger.open('/auth/console');
        const second = await stranger.submit(first, '/auth/sign-in.html', {
          username: 'agent',
          tenant: 'demo',
        });
        return second.html.includes('· Demo brand</title>');
      },
      { timeout: 3000 },
    )
    .toBe(true);
});

// attack: branding of another contact centre | CWE-639 | guard: services/environment-api/src/access/caller.ts
it('is for the own contact centre alone where a person administers one', async () => {
  const other = await stage.environmentApi.contactCenter({
    environmentId: stage.environmentId,
    domains: ['other-brand'],
  });
  const admin = await stage.contactCenterAdministrator();
  expect((await admin.open(path)).rows.map((row) => row['For'])).toEqual(['Demo']);
  const own = await admin.open(`${path}/edit?${of}`);
  expect((await admin.submit(own, `${path}/edit`, { name: 'By its administrator' })).message).toContain(
    'is saved',
  );
  for (const page of ['edit', 'logo', 'preview', 'places', 'delete'])
    expect([page, (await admin.open(`${path}/${page}?cc=${other}&location=%2F`)).status]).toEqual([
      page,
      404,
    ]);
  const forged = await admin.submit(own, `${path}/edit`, { cc: other, name: 'Mine' });
  expect(forged.status).toBe(404);
  const all = await admin.submit(own, `${path}/edit`, { cc: '', name: 'Mine' });
  expect(all.status).toBe(403);
});

/** The document in the frame of a preview. */
const sampleIn = ({ html }: Answer) => {
  const [, document = '', sandbox] =
    /<iframe [^>]*srcdoc="([^"]*)"[^>]*?(?: sandbox="([^"]*)")?>/.exec(html) ?? [];
  return { document: unescaped(document), sandbox };
};

describe('the preview', () => {
  // Attacks are also played without the tests before.
  beforeAll(() =>
    stage.environmentApi.call('PUT', `/contact-centers/${stage.contactCenterId}/branding`, {
      payload: { data: { name: 'Demo brand' } },
    }),
  );

  // attack: preview of a sign-in page that takes passwords, or runs what it shows | CWE-1021, CWE-79 | guard: services/auth-ui/views/console/branding/preview.eta
  it.each(pageKinds)('of %s shows the branding by the real page, closed in', async (kind) => {
    const page = await person.open(`${path}/preview?${of}&kind=${kind}`);
    const { document, sandbox } = sampleIn(page);
    expect(document).toMatch(/· Demo brand<\/title>/);
    expect(sandbox).toBe('allow-same-origin');
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(document).not.toContain('<script');
    expect(document).not.toContain('http-equiv="refresh"');
  });

  it('shows what is typed before it is saved, goes from page to page with it, and leads back or saves', async () => {
    const form = await person.open(`${path}/edit?${of}`);
    const refused = await person.submit(form, `${path}/edit`, {
      preview: 'name',
      'colors.accent': '#ffcc00',
    });
    expect([refused.status, refused.fieldProblems['colors.accent']]).toEqual([
      400,
      expect.stringContaining('#876c00'),
    ]);
    const typed = { name: 'Only typed', 'colors.accent': '#0057b8' };
    const first = await person.submit(form, `${path}/edit`, { ...typed, preview: 'name' });
    expect(sampleIn(first).document).toContain('· Only typed</title>');
    expect(sampleIn(first).document).toContain('/brand/0057b8-');
    const second = await person.submit(first, `${path}/edit`, { preview: 'error' });
    expect(sampleIn(second).document).toContain('· Only typed</title>');
    const back = await person.submit(second, `${path}/edit`, { again: 'true' });
    expect(formTo(back, `${path}/edit`).fields).toMatchObject(typed);
    expect((await person.open(`${path}/edit?${of}`)).html).not.toContain('Only typed');
    const saved = await person.submit(second, `${path}/edit`);
    expect(saved.message).toBe('The branding at / is saved');
    expect((await person.open(`${path}/edit?${of}`)).html).toContain('Only typed');
  });

  it('is for those who may read the branding alone', async () => {
    const stranger = stage.newPerson();
    const answer = await stranger.request(`${path}/preview?${of}&kind=name`);
    expect(answer.status).not.toBe(200);
  });
});

describe('in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await sharedChromium();
    await stage.environmentApi.call('PUT', `/contact-centers/${stage.contactCenterId}/branding`, {
      payload: {
        data: {
          name: 'Nordic Travel',
          colors: { accent: '#7a2bbf' },
          links: [{ kind: 'help', url: 'https://demo.example/help' }],
        },
      },
    });
    await upload(await flat(400, 160, '#d4002a').png().toBuffer());
  });
  afterAll(() => closeContexts(browser));

  const open = async (options: Parameters<Browser['newContext']>[0]): Promise<BrowserContext> => {
    const context = await browser.newContext(options);
    await context.addCookies(
      [...person.cookies].map(([name, value]) => ({ name, value, url: stage.publicUrl })),
    );
    return context;
  };

  it('shows the real page in the frame, in its colours, and no form of it can be sent', async () => {
    const context = await open({ colorScheme: 'light', viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await page.goto(`${stage.publicUrl}${path}/preview?${of}&kind=password`, { waitUntil: 'networkidle' });
    const frame = page.frames().find((one) => one !== page.mainFrame());
    const button = frame?.locator('form[action="/auth/v3/sign-in"] button');
    expect(await button?.evaluate((node) => getComputedStyle(node).backgroundColor)).toBe(
      'rgb(122, 43, 191)',
    );
    const sent: string[] = [];
    page.on('request', (request) => {
      if (request.method() === 'POST') sent.push(request.url());
    });
    await frame?.locator('input[type=password]').fill('typed into a preview');
    await button?.click();
    await frame?.locator('a').first().click();
    expect(sent).toEqual([]);
    expect(frame?.url()).toBe('about:srcdoc');
    // The style of an error page is in the page.
    await page.goto(`${stage.publicUrl}${path}/preview?${of}&kind=error`, { waitUntil: 'networkidle' });
    const status = page.frameLocator('iframe').locator('.status');
    expect(await status.evaluate((node) => getComputedStyle(node).color)).not.toBe('rgb(0, 0, 0)');
    await context.close();
  });
});
