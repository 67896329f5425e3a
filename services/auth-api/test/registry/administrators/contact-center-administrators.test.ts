/** A contact-centre administrator towards the own contact centre, and towards another one in every operation. */
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Estate, second, startEstate } from '../../operations/help-desk/stack.ts';
import { otherContactCenterId as other, contactCenterId as own } from '../../stack/auth-api.ts';
import { createBrowser } from '../../stack/browser.ts';
import { contactCenterAdministrator, operatorByLink } from '../../stack/console.ts';
import {
  createClient,
  getCode,
  introspect,
  type OAuthAnswer,
  opsCall,
  redeem,
  type TestClient,
} from '../../stack/oauth.ts';

let estate: Estate;
let workspace: TestClient;
let administrator: string;
beforeAll(async () => {
  estate = await startEstate();
  workspace = await createClient(estate.stack);
  administrator = await contactCenterAdministrator(estate.stack, { sub: randomUuid() });
});
afterAll(() => estate?.close());

const call = (method: 'GET' | 'POST' | 'DELETE', path: string, data?: object) =>
  opsCall(
    estate.stack,
    method,
    `/auth/v3/ops${path}`,
    data === undefined ? undefined : { data },
    administrator,
  );
const query = (fields: Record<string, string>) => new URLSearchParams(fields).toString();

/** Signed in there, and so far nowhere else. */
async function someone(tenant: 'demo' | 'another') {
  const person = await estate.someone(tenant);
  const first = await person.signIn(workspace);
  const { sub } = await introspect(estate.stack, workspace, first.tokens.access_token);
  await estate.stack.deps.audit.drained();
  return { ...person, ...first, sub: String(sub) };
}

const messageOf = (answer: OAuthAnswer) =>
  answer.body.replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'ID').replaceAll(/Person\d+|unknown-\d+/g, 'NAME');

describe('a contact-centre administrator', () => {
  it('sees and ends the sessions of a person of the own contact centre, by name or sub', async () => {
    const { sub, userName, browser, tokens } = await someone('demo');
    for (const named of [{ user: sub }, { user: userName }, { user: userName, contactCenter: 'demo' }]) {
      const { data } = (await call('GET', `/sessions?${query(named)}`)).json<{
        data: { sessions: object[] };
      }>();
      expect(data.sessions).toHaveLength(1);
    }
    expect((await call('DELETE', `/sessions?${query({ user: sub })}`)).status).toBe(200);
    await expect.poll(() => estate.isActive(tokens.access_token), second).toBe(false);
    expect(await estate.isIn(browser)).toBe(false);
    expect(await estate.eventsOf({ user: sub, name: 'global_logout' })).toMatchObject([
      { contactCenterId: own, fields: { actorClient: 'gatehouse-console' } },
    ]);
  });

  // attack: administrator of one contact centre acts upon people of another | CWE-639, ASVS 8.2.2 | guard: services/auth-api/src/operations/help-desk/accounts.ts
  it('is told of a person of another contact centre what is told of nobody', async () => {
    const { sub, userName, tokens } = await someone('another');
    const strangers = [
      [{ user: sub }, { user: randomUuid() }],
      [
        { user: userName, contactCenter: 'another' },
        { user: 'unknown-1', contactCenter: 'another' },
      ],
      [{ user: `another\\${userName}` }, { user: 'another\\unknown-1' }],
    ] as const;
    for (const [theirs, nobodys] of strangers) {
      for (const [method, path] of [
        ['GET', '/sessions'],
        ['DELETE', '/sessions'],
        ['GET', '/people/explanation'],
        ['DELETE', '/people/delays'],
      ] as const) {
        const refused = await call(method, `${path}?${query(theirs)}`);
        expect([path, refused.status]).toEqual([path, 404]);
        expect(messageOf(refused)).toBe(messageOf(await call(method, `${path}?${query(nobodys)}`)));
      }
      for (const dryRun of [true, false]) {
        const refused = await call('POST', '/revocations', { ...theirs, dryRun });
        expect(refused.status).toBe(404);
        expect(messageOf(refused)).toBe(
          messageOf(await call('POST', '/revocations', { ...nobodys, dryRun })),
        );
      }
    }
    expect(await estate.isActive(tokens.access_token)).toBe(true);
  });

  // attack: administrator of one contact centre ends what a person has in another one | CWE-639 | guard: services/auth-api/src/operations/help-desk/people.ts
  it('ends of a person who uses another contact centre too only what the person holds here', async () => {
    const [here, there] = [await someone('another'), await someone('another')];
    for (const person of [here, there]) {
      const named = { user: person.userName, contactCenter: own };
      const held = async () =>
        (await call('GET', `/sessions?${query(named)}`)).json<{ data: { sessions: object[] } }>().data
          .sessions;
      expect(await held()).toEqual([]);
      // By the sub there is nobody here, as long as the person has not come here.
      expect((await call('DELETE', `/sessions?${query({ user: person.sub })}`)).status).toBe(404);
      const browser = createBrowser(estate.stack.app);
      const typed = { ...person.typed, tenant: 'demo' };
      const tokens = (
        await redeem(estate.stack, workspace, await getCode(estate.stack, browser, workspace, {}, typed))
      ).json();
      expect(await held()).toHaveLength(1);
      if (person === here)
        expect((await call('DELETE', `/sessions?${query({ user: person.sub })}`)).status).toBe(200);
      else expect((await call('POST', '/revocations', named)).status).toBe(200);
      await expect.poll(() => estate.isActive(tokens.access_token), second).toBe(false);
      expect(await estate.isActive(person.tokens.access_token)).toBe(true);
      expect(await estate.isIn(person.browser)).toBe(true);
    }
  });

  // attack: administrator of one contact centre revokes what another one, or a client, holds | CWE-639, ASVS 8.2.2 | guard: services/auth-api/src/operations/help-desk/revocations.ts
  it('revokes what the people of the own contact centre hold, and neither another one nor a client', async () => {
    const [mine, theirs] = [await someone('demo'), await someone('another')];
    for (const contactCenter of [other, 'another'])
      expect((await call('POST', '/revocations', { contactCenter })).status).toBe(404);
    const bound = await createClient(estate.stack, { contactCenterIds: [own] });
    for (const client of [bound.clientId, workspace.clientId, 'unknown'])
      expect((await call('POST', '/revocations', { client })).status).toBe(403);
    expect((await call('POST', '/revocations', { contactCenter: own })).status).toBe(200);
    await expect.poll(() => estate.isActive(mine.tokens.access_token), second).toBe(false);
    expect(await estate.isActive(theirs.tokens.access_token)).toBe(true);
    administrator = await contactCenterAdministrator(estate.stack, { sub: randomUuid() });
  });

  // attack: administrator of one contact centre ends the session of the operator | CWE-639, ASVS 8.2.2 | guard: services/auth-api/src/operations/help-desk/revocations.ts
  it('does not end what the operator holds at the console', async () => {
    const operator = await operatorByLink(estate.stack);
    const status = () => opsCall(estate.stack, 'GET', '/auth/v3/ops/sso-keys', undefined, operator);
    for (const dryRun of [true, false])
      expect((await call('POST', '/revocations', { user: 'operator:ops', dryRun })).status).toBe(404);
    expect((await status()).status).toBe(200);
  });

  // attack: administrator of one contact centre reads the security events of another | CWE-639, ASVS 8.2.2 | guard: services/auth-api/src/records/audit/routes.ts
  it('finds the security events of the own contact centre alone, whatever is asked for', async () => {
    const [mine, theirs] = [await someone('demo'), await someone('another')];
    const find = async (filter: Record<string, string>) =>
      (await call('GET', `/audit?${query(filter)}`)).json<{
        data: { sub?: string; contactCenterId: string }[];
      }>().data;
    expect((await find({ user: mine.sub })).length).toBeGreaterThan(0);
    expect(new Set((await find({ limit: '1000' })).map(({ contactCenterId }) => contactCenterId))).toEqual(
      new Set([own]),
    );
    const filters = [
      { user: theirs.sub },
      { contactCenterId: other },
      { contactCenterId: other, after: '0' },
    ];
    for (const filter of filters) expect(await find(filter)).toEqual([]);
  });

  // attack: administrator of one contact centre reads clients of another, or of all | CWE-639, ASVS 8.2.2 | guard: services/auth-api/src/registry/clients/service.ts
  it('reads and diagnoses clients that are bound to exactly the own contact centre', async () => {
    const mine = await createClient(estate.stack, { contactCenterIds: [own] });
    const others = [
      await createClient(estate.stack, { contactCenterIds: [other] }),
      await createClient(estate.stack, { contactCenterIds: [own, other] }),
      workspace,
      { clientId: 'unknown' },
    ];
    for (const suffix of ['', '/diagnosis']) {
      expect((await call('GET', `/clients/${mine.clientId}${suffix}`)).status).toBe(200);
      for (const { clientId } of others)
        expect((await call('GET', `/clients/${clientId}${suffix}`)).status).toBe(404);
    }
    for (const filter of ['', `?contactCenterId=${own}`, `?contactCenterId=${other}`, '?search=client']) {
      const { data } = (await call('GET', `/clients${filter}`)).json<{
        data: { contactCenterIds: string[] }[];
      }>();
      expect(data.every(({ contactCenterIds }) => contactCenterIds.join() === own)).toBe(true);
    }
    const { data } = (await call('GET', '/clients')).json<{ data: { client_id: string }[] }>();
    expect(data.map(({ client_id }) => client_id)).toContain(mine.clientId);
  });

  // attack: administrator of one contact centre has the identity provider of another asked | CWE-639 | guard: services/auth-api/src/sign-in/sso/place.ts
  it('tries single sign-on of the own contact centre alone', async () => {
    expect((await call('POST', `/contact-centers/${own}/sso-check`, {})).status).toBe(200);
    const refused = await call('POST', `/contact-centers/${other}/sso-check`, { userName: 'agent' });
    expect((await call('POST', `/contact-centers/${other}/oidc/dry-run`, {})).status).toBe(404);
    const unknown = await call('POST', `/contact-centers/${randomUuid()}/sso-check`, { userName: 'agent' });
    expect([refused.status, messageOf(refused)]).toEqual([404, messageOf(unknown)]);
  });
});
