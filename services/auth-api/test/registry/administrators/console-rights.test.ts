/** Everything that looks like the token of an administrator and is none. */
import {
  consoleClientId,
  contactCenterAdminAuthority,
  managementAuthority,
} from '@gatehouse/contracts/auth-api';
import { installationAdminAuthority } from '@gatehouse/contracts/resources';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { subjectOf } from '../../../src/registry/contact-centers/subjects.ts';
import type { AccessTokenRecord } from '../../../src/tokens/access-token.ts';
import { type AuthApi, contactCenterId, environmentId, startAuthApi } from '../../stack/auth-api.ts';
import { addAdministrator, type ConsoleUser, consoleToken } from '../../stack/console.ts';
import { createDpopKey, presentedBy } from '../../stack/dpop.ts';
import { exchangeGrant, exchangeToken } from '../../stack/exchange.ts';
import {
  createClient,
  introspect,
  opsCall,
  passwordTokens,
  type TestClient,
  token,
} from '../../stack/oauth.ts';

const own = `/auth/v3/ops/audit?contactCenterId=${contactCenterId}`;
const ofInstallation = '/auth/v3/ops/signing-keys';

let stack: AuthApi;
let observer: TestClient;
/** On the list, and with the other right besides. */
let person: ConsoleUser;
beforeAll(async () => {
  stack = await startAuthApi();
  observer = await createClient(stack, { internalClient: true });
  // The subject of the number that tokens of the console have in tests: it is exchanged.
  person = { sub: subjectOf({ contactCenterId, environmentId, subjectScope: 'environment' }, 1) };
  await addAdministrator(stack, { user: person.sub });
});
afterAll(() => stack?.close());

const tokenOf = (changes: Partial<AccessTokenRecord> = {}, user = person) =>
  consoleToken(stack, user, { authorities: ['ROLE_USER', contactCenterAdminAuthority], ...changes });

/** What it opens: something of the installation, something of the contact centre, the authority at an introspection. */
async function opens(authorization: string) {
  const authorities = (await introspect(stack, observer, authorization.replace('Bearer ', '')))[
    'authorities'
  ];
  const status = async (path: string) => (await opsCall(stack, 'GET', path, undefined, authorization)).status;
  return [
    await status(ofInstallation),
    await status(own),
    (authorities as string[]).includes(installationAdminAuthority),
  ];
}

const everything = [200, 200, true];
const nothing = [403, 403, false];

describe('the rights of a person', () => {
  it('are in the token of the own login to the console', async () => {
    expect(await opens(await tokenOf())).toEqual(everything);
    const another = { sub: randomUuid() };
    expect(await opens(await tokenOf({}, another))).toEqual([403, 200, false]);
    expect(await opens(await tokenOf({ authorities: ['ROLE_USER'] }, another))).toEqual(nothing);
  });

  // attack: rights of an administrator in a token of another application | CVE-2024-3656, ASVS 10.4.8 | guard: services/auth-api/src/tokens/console-rights.ts
  it('are in no token of another client, whatever its authorities', async () => {
    const authorities = [contactCenterAdminAuthority, managementAuthority];
    for (const clientId of ['agent-workspace', `${consoleClientId}-2`, consoleClientId.toUpperCase()])
      expect(await opens(await tokenOf({ clientId, authorities }))).toEqual(nothing);
  });

  // attack: rights of an administrator in a token that was exchanged, delegated or asserted | RFC 8693 5, ASVS 10.4.8 | guard: services/auth-api/src/tokens/console-rights.ts
  it.each<[string, Partial<AccessTokenRecord>]>([
    ['exchanged', { grantType: exchangeGrant, generation: 1 }],
    ['renewed after an exchange', { generation: 1 }],
    ['delegated', { act: { sub: 'somebody', client_id: 'some-client' } }],
    ['issued for an assertion', { grantType: 'urn:ietf:params:oauth:grant-type:jwt-bearer' }],
    ['issued for a SAML assertion', { grantType: 'urn:ietf:params:oauth:grant-type:saml2-bearer' }],
    ['of the console itself', { grantType: 'client_credentials', sub: undefined, identity: undefined }],
  ])('are in no token that is %s', async (_what, changes) => {
    expect(await opens(await tokenOf(changes))).toEqual(nothing);
  });

  it('do not pass to whoever exchanges the token of the console for another', async () => {
    const gateway = await createClient(stack, {
      authorizedGrantTypes: [exchangeGrant],
      authorities: [],
      tokenExchange: { subjectClients: [consoleClientId], audiences: [] },
    });
    const subject = (await tokenOf({ scope: ['*'] })).replace('Bearer ', '');
    const exchanged = await exchangeToken(stack, gateway, subject);
    expect(exchanged.status).toBe(200);
    expect(await opens(`Bearer ${exchanged.json().access_token}`)).toEqual(nothing);
  });

  // attack: name that equals the sub of an administrator, from another source | ASVS 8.2.1, CWE-290 | guard: services/auth-api/src/tokens/console-rights.ts
  it('are not those of a client or a user whose name is the sub of an administrator', async () => {
    const client = await createClient(stack, { client_id: person.sub });
    const ofClient = (await token(stack, client, { grant_type: 'client_credentials' })).json().access_token;
    expect(await opens(`Bearer ${ofClient}`)).toEqual(nothing);

    const named = { userName: person.sub, password: 'a-password-of-theirs' };
    await stack.simulator.store.createPerson({ tenantDbid: 101, ...named });
    const ofUser = await passwordTokens(stack, await createClient(stack), {
      username: `demo\\${named.userName}`,
      password: named.password,
    });
    const { sub } = await introspect(stack, observer, ofUser.access_token);
    expect(sub).not.toBe(person.sub);
    expect(await opens(await tokenOf({ authorities: [] }, { sub: String(sub) }))).toEqual(nothing);
  });

  // attack: client registered with the right of an installation administrator | ASVS 8.2.1, CWE-269 | guard: packages/contracts/src/resources/client/sign-in.ts
  it('are given by no registration of a client', async () => {
    const authorities = [installationAdminAuthority];
    await expect(createClient(stack, { authorities })).rejects.toThrow('400');
    const client = await createClient(stack, { authorities: [contactCenterAdminAuthority] });
    const put = await opsCall(stack, 'PUT', `/auth/v3/ops/clients/${client.clientId}`, {
      data: { authorities },
    });
    expect(put.status).toBe(400);
    // Somebody with access to the database is stopped here.
    await stack.deps.core.pool.query('UPDATE auth.clients SET authorities = $2 WHERE client_id = $1', [
      client.clientId,
      authorities,
    ]);
    await stack.deps.clients.directory.dropAll();
    const ofClient = (await token(stack, client, { grant_type: 'client_credentials' })).json().access_token;
    expect(await opens(`Bearer ${ofClient}`)).toEqual(nothing);
  });

  it('need the proof of a bound token, as everything that the token opens', async () => {
    const key = await createDpopKey();
    const text = (await tokenOf({ cnf: { jkt: key.jkt } })).replace('Bearer ', '');
    const status = async (headers: Record<string, string>) =>
      (await stack.app.inject({ url: ofInstallation, headers })).statusCode;
    expect(await status({ authorization: `Bearer ${text}` })).toBe(401);
    expect(await status(await presentedBy(await createDpopKey(), text, { path: ofInstallation }))).toBe(401);
    expect(await status({ ...(await presentedBy(key, text, { path: ofInstallation })) })).toBe(200);
    const certified = await tokenOf({ cnf: { 'x5t#S256': 'A'.repeat(43) } });
    expect((await opsCall(stack, 'GET', ofInstallation, undefined, certified)).status).toBe(401);
  });
});
