import { interactionErrors } from '@gatehouse/contracts/auth-api';
import { refusalReasons } from '@gatehouse/contracts/values';
import { holdAdvisoryLock, inTransaction } from '@gatehouse/service-kit/postgres';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { auditEventNames } from '../../../auth-api/src/records/audit/event.ts';
import { createClient, opsCall } from '../../../auth-api/test/stack/oauth.ts';
import { reasonIn } from '../../src/console/shell/refusals.ts';
import { namesBelow, textsIn } from '../../src/texts/texts.ts';
import type { Answer, Person } from './person.ts';
import { people, type Stage, startStage } from './stage.ts';

let stage: Stage;
let person: Person;
beforeAll(async () => {
  stage = await startStage();
  person = await stage.installationAdministrator();
});
afterAll(() => stage?.close());

const path = '/auth/console/audit';

/** The page of wrong passwords, as soon as one has arrived in the trail. */
async function refusedLogins(): Promise<Answer> {
  await stage.newPerson().openAs('/auth/console', { ...people.agent, password: 'not-this-one' });
  return vi.waitFor(
    async () => {
      const found = await person.open(`${path}?outcome=failure&name=login_failed`);
      expect(found.rows.length).toBeGreaterThan(0);
      return found;
    },
    { timeout: 10_000, interval: 100 },
  );
}

it('finds events by the filters of the address, in words and by names, and leads to all that one request did', async () => {
  const found = await refusedLogins();
  for (const row of found.rows) {
    expect(row['Did what']).toMatch(/^Sign-in failed refused.*Wrong name or password · bad_credentials/s);
    expect(row['Who']).toMatch(/^demo\\agent/);
  }
  const link = found.links.find(({ text }) => text === 'Sign-in failed');
  const request = await person.open(link?.href ?? '');
  expect(request.heading).toBe('One request');
  expect(request.text).toContain('login_failed');
});

it('has words for each reason that Auth API gives', () => {
  const wordless = [...interactionErrors, ...refusalReasons].filter(
    (reason) => reasonIn(textsIn('en'), reason) === undefined,
  );
  expect(wordless).toEqual([]);
});

it('has words for each event', () => {
  const words = namesBelow('console.event.');
  expect(auditEventNames.filter((name) => !words.includes(name))).toEqual([]);
});

it('names people who never signed in, clients, and what was looked at', async () => {
  const newcomer = { user: 'newcomer', contactCenter: 'demo', way: 'password' };
  const { sub } = (
    await opsCall(stage.authApi, 'POST', '/auth/v3/ops/administrators', { data: newcomer })
  ).json<{ data: { sub: string } }>().data;
  await opsCall(stage.authApi, 'DELETE', `/auth/v3/ops/administrators/${sub}`);
  await createClient(stage.authApi, { client_id: 'wallboard', name: 'Wallboard of the hall' });
  await person.open('/auth/console/clients/one/wallboard/diagnosis');
  await person.open(`/auth/console/people/person?user=newcomer&contactCenter=${stage.contactCenterId}`);
  const told = async (name: string) => {
    const { rows } = await person.open(`${path}?name=${name}`);
    return rows.map((row) => [row['Did what'], row['To what']]);
  };
  expect(await told('administrator_removed')).toEqual([['Administrator removed', `demo\\newcomer ${sub}`]]);
  await vi.waitFor(
    async () =>
      expect(await told('access_inspected')).toEqual(
        expect.arrayContaining([
          ['Client diagnosed', 'Wallboard of the hall wallboard'],
          ['Person looked at', `demo\\newcomer ${sub}`],
        ]),
      ),
    { timeout: 10_000, interval: 100 },
  );
});

it('offers the names that occur, takes the name of a client, and says which name fits nothing', async () => {
  await createClient(stage.authApi, { client_id: 'hall-phone', name: 'Telephone of the hall' });
  await person.open('/auth/console/clients/one/hall-phone/diagnosis');
  const asked = new URLSearchParams({ clientId: 'telephone of the hall' });
  const found = await vi.waitFor(
    async () => {
      const page = await person.open(`${path}?${asked}`);
      expect(page.rows.map((row) => row['Did what'])).toContain('Client diagnosed');
      return page;
    },
    { timeout: 10_000, interval: 100 },
  );
  expect(found.rows.every((row) => row['To what'] === 'Telephone of the hall hall-phone')).toBe(true);
  expect(found.html).toContain('<option value="demo\\supervisor"></option>');
  expect(found.html).toContain('<option value="Telephone of the hall"></option>');
  for (const filter of [{ clientId: 'no such client' }, { user: 'demo\\nobody' }]) {
    const none = await person.open(`${path}?${new URLSearchParams(filter)}`);
    expect(none.rows).toEqual([]);
    expect(none.text).toContain(`Nothing here is called ${Object.values(filter)[0]}.`);
  }
});

it('shows changes of the configuration beside events, by the names of what is changed, before and after', async () => {
  const change = (name: string) =>
    stage.environmentApi.call('PATCH', `/contact-centers/${stage.contactCenterId}`, {
      payload: { data: { name } },
    });
  await change('Demo renamed');
  const changes = await person.open(`${path}/changes?entity=contact-center`);
  expect(changes.rows[0]).toMatchObject({ Who: 'ops', 'Did what': 'Changed' });
  expect(changes.rows[0]?.['To what']).toBe(`Contact centre Demo renamed ${stage.contactCenterId}`);
  const link = changes.links.find(({ href }) => href.startsWith(`${path}/requests/`));
  const request = await person.open(link?.href ?? '');
  expect(request.rows).toContainEqual({ Field: 'Name name', Before: 'Demo', After: 'Demo renamed' });
  const byName = await person.open(`${path}?kind=configuration&entityId=demo%20renamed`);
  expect(byName.rows[0]?.['To what']).toContain('Demo renamed');
  const tab = await person.open(`/auth/console/contact-centers/${stage.contactCenterId}/audit`);
  expect(tab.rows.map((row) => row['To what'])).toContainEqual(
    expect.stringMatching(/^Contact centre Demo renamed/),
  );
  await change('Demo');
});

it('finds what a person did by the name that people type at a sign-in, in both trails', async () => {
  const own = await person.open('/auth/console/locations/declare');
  await person.submit(own, '/auth/console/locations/declare', { location: '/BY/NAME' });
  const asked = new URLSearchParams({ user: 'demo\\supervisor' });
  const found = await vi.waitFor(
    async () => {
      const page = await person.open(`${path}?${asked}`);
      const done = page.rows.map((row) => row['Did what']);
      expect(done).toContain('Signed in');
      expect(done).toContain('Created');
      return page;
    },
    { timeout: 10_000, interval: 100 },
  );
  for (const row of found.rows) expect(`${row['Who']} ${row['To what']}`).toMatch(/demo\\supervisor/);
  const file = async (name: string) => (await person.request(`${path}/${name}.ndjson?${asked}`)).text();
  expect(await file('export')).toContain('"login_succeeded"');
  expect(await file('changes/export')).toContain('/BY/NAME');
  const none = await person.open(`${path}?${new URLSearchParams({ user: 'demo\\nobody' })}`);
  expect(none.rows).toEqual([]);
});

it('shows each entry of both trails once, newest first, over all pages', async () => {
  const made = 52;
  for (let number = 0; number < made; number += 1) {
    const payload = { data: { location: `/PAGE/${number}` } };
    await stage.environmentApi.call('POST', '/locations', { payload });
    // An event between the changes.
    if (number % 10 === 0)
      await opsCall(stage.authApi, 'GET', `/auth/v3/ops/people?contactCenter=demo&search=p${number}`);
  }
  await stage.authApi.deps.audit.drained();
  const times: string[] = [];
  const seen: string[] = [];
  // Events that come meanwhile are no part of the pages.
  let next: string | undefined = `${path}?to=${new Date(Date.now() + 1000).toISOString()}`;
  while (next !== undefined) {
    const page: Answer = await person.open(next);
    times.push(...page.rows.map((row) => row['Time'] ?? ''));
    seen.push(...page.rows.flatMap((row) => /Location (\/PAGE\/\d+)/.exec(row['To what'] ?? '')?.[1] ?? []));
    next = page.links.find(({ text }) => text === 'Next page')?.href;
  }
  expect(seen).toHaveLength(made);
  expect(new Set(seen).size).toBe(made);
  const moments = times.map((time) => Date.parse(time.replace(' UTC', 'Z')));
  expect(moments).toEqual([...moments].sort((one, other) => other - one));
});

it('gives what the filters find as a file of each trail', async () => {
  await refusedLogins();
  const response = await person.request(`${path}/export.csv?outcome=failure&name=login_failed`);
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="security-events.csv"');
  const lines = (await response.text()).trim().split('\n');
  expect(lines.length).toBeGreaterThan(1);
  for (const line of lines.slice(1)) expect(line).toContain('login_failed');
  const changes = await person.request(`${path}/changes/export.ndjson?entity=environment`);
  for (const line of (await changes.text()).trim().split('\n'))
    expect(JSON.parse(line).entity).toBe('environment');
  const ofOtherTrail = await person.request(`${path}/export.csv?entity=environment`);
  expect(ofOtherTrail.status).toBe(400);
});

it('verifies the chains of the days that were chosen', async () => {
  const before = await person.open(`${path}/chains`);
  expect(before.text).not.toContain('is whole');
  const today = new Date().toISOString().slice(0, 10);
  const of = `${path}/chains?from=${today}&to=${today}`;
  const { worker } = stage.environmentApi.deps.audit;
  await inTransaction(stage.environmentApi.pool, async (transaction) => {
    await holdAdvisoryLock(transaction, 'audit-chain:environment');
    await stage.environmentApi.call('PATCH', `/contact-centers/${stage.contactCenterId}`, {
      payload: { data: { name: 'Demo waits' } },
    });
    const waiting = await person.open(of);
    expect(waiting.text).toMatch(/\d+ events? of these days waits? for (its|their) place in the chain/);
    expect(waiting.text).not.toContain('is whole');
  });
  // The other trail waits for its chain a moment as well.
  const verified = await vi.waitFor(
    async () => {
      await worker.chained();
      const answer = await person.open(of);
      expect(answer.text).toContain('The record of these days is whole.');
      return answer;
    },
    { timeout: 10_000, interval: 100 },
  );
  expect(new Set(verified.rows.map(({ Trail }) => Trail))).toEqual(
    new Set(['Security events', 'Configuration changes']),
  );
  const quiet = await person.open(`${path}/chains?from=2000-01-01&to=2000-01-01`);
  expect(quiet.rows.map(({ Trail, Events }) => [Trail, Events])).toEqual([
    ['Security events', '0'],
    ['Configuration changes', '0'],
  ]);
  expect(quiet.text).not.toContain('is whole');
});

it('says which filter is wrong', async () => {
  const page = await person.open(`${path}?from=yesterday`);
  expect(page.status).toBe(400);
  expect(page.text).toContain('must be a time');
});

it('shows the administrator of one contact centre what happened there, and no chain', async () => {
  const administrator = await stage.contactCenterAdministrator();
  const events = await administrator.open(path);
  expect(events.status).toBe(200);
  expect(events.links.map(({ text }) => text)).not.toContain('Verification');
  expect((await administrator.open(`${path}/chains`)).status).toBe(403);
  const changes = await administrator.open(`${path}/changes?entity=environment`);
  expect(changes.rows).toEqual([]);
});

it('lists refused requests of all clients, and to administrators of a contact centre those of its own', async () => {
  const refused = (client_id: string) =>
    stage.authApi.app.inject({
      url: `/auth/v3/oauth/authorize?${new URLSearchParams({ client_id, response_type: 'code', redirect_uri: 'https://evil.test/' })}`,
    });
  const { clientId } = await createClient(stage.authApi, {
    name: 'Refused Desk',
    contactCenterIds: [stage.contactCenterId],
  });
  await refused(clientId);
  await refused('no-such-client');
  const list = `${path}/refused`;

  const all = await person.open(list);
  expect(all.rows).toContainEqual(
    expect.objectContaining({
      Application: expect.stringContaining(clientId),
      Reason: expect.stringContaining('The redirect URI is not registered'),
      'What was sent': expect.stringContaining('redirect_uri=https://evil.test/'),
    }),
  );
  expect(all.links).toContainEqual(
    expect.objectContaining({ href: `/auth/console/clients/one/${clientId}/diagnosis` }),
  );
  const unknown = await person.open(`${list}?clients=unknown&reason=unknown_client`);
  expect(unknown.rows.map((row) => row['Application'])).toEqual([expect.stringContaining('Not registered')]);
  expect(unknown.rows[0]?.['What was sent']).toContain('client_id=no-such-client');
  expect((await person.open(`${list}?to=2026-01-01T00:00`)).rows).toEqual([]);

  expect(all.html).toContain('<option value="Refused Desk">');
  const named = await person.open(`${list}?clientId=refused+desk`);
  expect(named.rows.map((row) => row['Application'])).toEqual([expect.stringMatching(/^Refused Desk/)]);
  const nobody = await person.open(`${list}?clientId=Nobody`);
  expect([nobody.rows, nobody.text]).toEqual([[], expect.stringContaining('Nobody')]);

  const administrator = await stage.contactCenterAdministrator();
  const own = await administrator.open(list);
  expect(own.rows.map((row) => row['Application'])).toEqual([expect.stringContaining(clientId)]);
});

it('names the address of the person, although Auth UI makes the calls', async () => {
  const from = '203.0.113.9';
  const sent = async (by: Person, url: string, fields?: Record<string, string>) => {
    const { csrf } = await stage.session.read(by);
    const { cookieName } = stage.session;
    const { statusCode } = await stage.authUi.inject({
      url,
      remoteAddress: from,
      headers: {
        cookie: `${cookieName}=${by.cookies.get(cookieName)}`,
        'sec-fetch-site': 'same-origin',
        'content-type': 'application/x-www-form-urlencoded',
      },
      ...(fields && { method: 'POST', payload: `${new URLSearchParams({ csrf, ...fields })}` }),
    });
    return statusCode;
  };
  const [phone, laptop] = [stage.newPerson(), stage.newPerson()];
  for (const one of [phone, laptop]) await one.openAs('/auth/account', people.agent);
  const { sid = '' } = await stage.session.read(phone);
  expect([
    await sent(person, '/auth/console/locations/declare', { location: '/FROM/HERE' }),
    await sent(person, `/auth/console/people?contactCenter=${stage.contactCenterId}`),
    await sent(laptop, '/auth/account/sessions/end', { session: sid }),
  ]).toEqual([303, 200, 303]);
  const changes = await stage.environmentApi.call('GET', '/audit?entity=location&limit=1');
  expect(changes.body.data[0].clientAddress).toBe(from);
  await stage.authApi.deps.audit.drained();
  for (const name of ['access_inspected', 'session_ended']) {
    const events = await opsCall(stage.authApi, 'GET', `/auth/v3/ops/audit?name=${name}&limit=1`);
    expect(events.json<{ data: object[] }>().data).toEqual([
      expect.objectContaining({ clientAddress: from }),
    ]);
  }
});

it('asks before old rows are deleted that a clock may have made old, and says when none waits', async () => {
  const page = `${path}/retention`;
  expect((await person.open(page)).text).toContain('No deletion waits for a confirmation.');
  await stage.environmentApi.pool.query(
    `INSERT INTO environment.deletion_bounds (name, waiting_from, waiting_to) VALUES ('audit', '2026-01-01', '2027-02-05')
      ON CONFLICT (name) DO UPDATE SET waiting_from = excluded.waiting_from, waiting_to = excluded.waiting_to`,
  );
  expect((await person.open(page)).text).toMatch(/Environment API: audit.*Jan 1, 2026.*Feb 5, 2027/);
  expect((await person.open('/auth/console')).links).toContainEqual(
    expect.objectContaining({ href: page, text: 'Confirm deletions' }),
  );
  const done = await person.submit(await person.open(page), page);
  expect(done.text).toContain('The deletions are confirmed');
  expect((await person.open(page)).text).toContain('No deletion waits for a confirmation.');
});

it('names the environment that a change gives, with its identifier below', async () => {
  const name = 'Servers of the north';
  await stage.environmentApi.call('PATCH', `/environments/${stage.environmentId}`, {
    payload: { data: { name } },
  });
  const { environmentId } = stage;
  const domains = ['named.example'];
  const id = await stage.environmentApi.contactCenter({ environmentId, name: 'Named', domains });
  const found = await person.open(`${path}?entity=contact-center&entityId=${id}`);
  const link = found.links.find(({ href }) => href.includes('/requests/'));
  const request = await person.open(link?.href ?? '');
  expect(request.html).toContain(
    `<ins>${name}</ins><span class="cell-note value-ids"><code>${stage.environmentId}`,
  );
});
