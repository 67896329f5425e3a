import { makeProviderKey, type ProviderKey } from '@gatehouse/testing/keys';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  assertionXml,
  idpEntityId,
  type ResponseFacts,
  signXml,
} from '../sign-in/sso/stack/saml-provider.ts';
import { type AuthApi, contactCenterId, otherContactCenterId, startAuthApi } from '../stack/auth-api.ts';
import { refusalOf } from '../stack/exchange.ts';
import { agent } from '../stack/interaction.ts';
import { changeClient, createClient, introspect, opsCall, type TestClient, token } from '../stack/oauth.ts';
import { issuer } from '../stack/signing-client.ts';

const grantType = 'urn:ietf:params:oauth:grant-type:saml2-bearer';
const endpoint = `${issuer}/oauth/token`;
const refused = [400, 'invalid_grant'];

let stack: AuthApi;
let replica: AuthApi;
let key: ProviderKey;
/** Trusts the provider with its own contact centre. */
let client: TestClient;
let skewMs = 0;

beforeAll(async () => {
  const now = () => Date.now() + skewMs;
  stack = await startAuthApi({ now });
  replica = await startAuthApi({ beside: stack, now });
  key = makeProviderKey();
  client = await trusting();
});
afterAll(async () => {
  await replica?.close();
  await stack?.close();
});

function trusting(changes: Record<string, unknown> = {}): Promise<TestClient> {
  const trusted = {
    issuer: idpEntityId,
    certificates: [key.certificate],
    contactCenterIds: [contactCenterId],
    ...changes,
  };
  return createClient(stack, { authorizedGrantTypes: [grantType], samlBearer: { issuers: [trusted] } });
}

type Change = (xml: string) => string;
const same: Change = (xml) => xml;

/** As an honest provider makes it, unless facts or text are changed before it signs. */
function asserted(facts: Partial<ResponseFacts> = {}, change = same): string {
  const honest = { inResponseTo: undefined, acsUrl: endpoint, audience: issuer, nameId: agent.username };
  return change(assertionXml({ ...honest, ...facts }));
}

const encode = (xml: string) => Buffer.from(xml).toString('base64url');
const present = (xml: string, by = client, at = stack) =>
  token(at, by, { grant_type: grantType, assertion: encode(xml) });
const redeem = (facts: Partial<ResponseFacts> = {}, change = same, by = client) =>
  present(signXml(asserted(facts, change), key), by);

describe('a SAML assertion of a registered issuer', () => {
  it('gives an access token of the person that it names, and no refresh token', async () => {
    const answer = await redeem();

    expect(answer.status).toBe(200);
    expect(answer.json()).toEqual({
      access_token: expect.any(String),
      token_type: 'bearer',
      expires_in: 43_200,
      scope: expect.any(String),
    });
    expect(await introspect(stack, client, answer.json().access_token)).toMatchObject({
      active: true,
      client_id: client.clientId,
      username: 'demo\\agent',
      contact_center_ids: [contactCenterId],
      grant_type: grantType,
    });
  });

  it.each<[string, Record<string, unknown>, Partial<ResponseFacts>]>([
    ['the token endpoint as audience', {}, { audience: endpoint }],
    ['its own audience', { audience: 'urn:gatehouse' }, { audience: 'urn:gatehouse' }],
    [
      'an attribute',
      { userNameAttribute: 'mail', userLookup: 'email' },
      { nameId: 'x', attributes: { mail: ['agent@example.com'] } },
    ],
    [
      'one of several contact centres',
      { contactCenterIds: [contactCenterId, otherContactCenterId] },
      { attributes: { contact_center_id: [contactCenterId] } },
    ],
  ])('is understood by %s, as registered', async (_name, trusted, facts) => {
    expect((await redeem(facts, same, await trusting(trusted))).status).toBe(200);
  });

  it('counts without a statement about how the user signed in', async () => {
    const change: Change = (xml) => xml.replace(/<saml:AuthnStatement[\s\S]*<\/saml:AuthnStatement>/, '');
    expect((await redeem({}, change)).status).toBe(200);
  });

  it('is verified by any of the certificates, so that an issuer can change its key', async () => {
    const by = await trusting({ certificates: [makeProviderKey().certificate, key.certificate] });
    expect((await redeem({}, same, by)).status).toBe(200);
  });

  it('ends with the sign-out of the user from everywhere, also one that was made before', async () => {
    const given = (await redeem()).json().access_token;
    const unredeemed = signXml(asserted(), key);
    const { sub } = await introspect(stack, client, given);
    await stack.deps.sessions.service.endAll({ contactCenterId, sub: String(sub) });
    expect(await introspect(stack, client, given)).toEqual({ active: false });
    expect(refusalOf(await present(unredeemed))).toEqual(refused);
    skewMs += 2000;
    expect((await redeem({ shiftSeconds: skewMs / 1000 })).status).toBe(200);
  });

  it('ends the tokens when its issuer is taken out of the registration', async () => {
    const by = await trusting();
    const given = (await redeem({}, same, by)).json().access_token;
    expect((await changeClient(stack, by, { samlBearer: { issuers: [] } })).status).toBe(200);
    expect(await introspect(stack, by, given)).toEqual({ active: false });
    expect(refusalOf(await redeem({}, same, by))).toEqual(refused);
  });

  // attack: replay of a SAML bearer assertion | RFC 7522 3, SAML profiles 4.1.4.5 | guard: services/auth-api/src/oauth/token/saml-assertions.ts
  it('38: counts once, on all replicas, for all clients, however many bring it at once', async () => {
    const xml = signXml(asserted(), key);
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => present(xml, client, index % 2 === 0 ? stack : replica)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(refusalOf(await present(xml, await trusting()))).toEqual(refused);
  });
});

describe('38: a SAML assertion is refused', () => {
  // attack: SAML bearer assertion for another audience | RFC 7522 3 | guard: services/auth-api/src/sign-in/sso/saml/assertion.ts
  it('for another audience', async () => {
    expect(refusalOf(await redeem({ audience: 'https://elsewhere.test' }))).toEqual(refused);
    const none: Change = (xml) => xml.replace(/<saml:AudienceRestriction>.*<\/saml:AudienceRestriction>/, '');
    expect(refusalOf(await redeem({}, none))).toEqual(refused);
  });

  // attack: SAML bearer assertion for another recipient | RFC 7522 3 | guard: services/auth-api/src/sign-in/sso/saml/assertion.ts
  it('for another recipient than the token endpoint', async () => {
    expect(refusalOf(await redeem({ recipient: `${issuer}/saml/x/acs` }))).toEqual(refused);
  });

  // attack: SAML assertion of a login as a bearer assertion | RFC 7522 3, RFC 8725 3.12 | guard: services/auth-api/src/sign-in/sso/saml/assertion.ts
  it('that answers the request of a login', async () => {
    expect(refusalOf(await redeem({ inResponseTo: '_request-of-a-login' }))).toEqual(refused);
  });

  // attack: SAML bearer assertion before or after its time | RFC 7522 3 | guard: services/auth-api/src/sign-in/sso/saml/assertion.ts
  it.each<[string, number, Change]>([
    ['ended', -3600, same],
    ['not valid yet', 0, (xml) => xml.replace(/NotBefore="[^"]*"/, 'NotBefore="2099-01-01T00:00:00Z"')],
  ])('at another time than its own: %s', async (_name, shiftSeconds, change) => {
    expect(refusalOf(await redeem({ shiftSeconds: shiftSeconds + skewMs / 1000 }, change))).toEqual(refused);
  });

  // attack: SAML bearer assertion that is valid for long | RFC 7522 3 | guard: services/auth-api/src/sign-in/sso/saml/bearer-assertion.ts
  it('that is valid for a day: it would have to be remembered for as long', async () => {
    const day = new Date(Date.now() + 86_400_000).toISOString();
    const long: Change = (xml) => xml.replaceAll(/NotOnOrAfter="[^"]*"/g, `NotOnOrAfter="${day}"`);
    expect(refusalOf(await redeem({}, long))).toEqual(refused);
  });

  // attack: SAML bearer assertion of an issuer that is not registered | RFC 7522 3 | guard: services/auth-api/src/oauth/token/saml-assertions.ts
  it('of an issuer that is not registered for the client', async () => {
    expect(refusalOf(await redeem({ issuer: 'https://stranger.test' }))).toEqual(refused);
    const nobodys = await createClient(stack, { authorizedGrantTypes: [grantType] });
    expect(refusalOf(await redeem({}, same, nobodys))).toEqual(refused);
  });

  // attack: SAML bearer assertion by another key | RFC 7522 3, CVE-2024-45409 | guard: services/auth-api/src/sign-in/sso/saml/bearer-assertion.ts
  it('that another key has signed, also with its certificate inside, or nobody', async () => {
    expect(refusalOf(await present(signXml(asserted(), makeProviderKey())))).toEqual(refused);
    expect(refusalOf(await present(asserted()))).toEqual(refused);
    const changed = signXml(asserted(), key).replace('>agent<', '>admin<');
    expect(refusalOf(await present(changed))).toEqual(refused);
  });

  // attack: SAML bearer assertion for another contact centre | RFC 7522 3 | guard: services/auth-api/src/oauth/token/asserted-users.ts
  it('for a contact centre that its issuer does not speak for', async () => {
    const facts = { attributes: { contact_center_id: [otherContactCenterId] } };
    expect(refusalOf(await redeem(facts))).toEqual(refused);
  });

  it.each<[string, Partial<ResponseFacts>, Change]>([
    ['about somebody unknown', { nameId: 'nobody-of-that-name' }, same],
    ['about somebody who is disabled (CVE-2026-1486)', { nameId: 'locked' }, same],
    ['with another confirmation than bearer', {}, (xml) => xml.replace('cm:bearer', 'cm:holder-of-key')],
    ['without confirmation data', {}, (xml) => xml.replace(/<saml:SubjectConfirmationData[^>]*\/>/, '')],
    ['without an end', {}, (xml) => xml.replaceAll(/ NotOnOrAfter="[^"]*"/g, '')],
    [
      'with a condition that is unknown here',
      {},
      (xml) => xml.replace('</saml:Conditions>', '<saml:Condition/></saml:Conditions>'),
    ],
    ['without Conditions', {}, (xml) => xml.replace(/<saml:Conditions[\s\S]*<\/saml:Conditions>/, '')],
    [
      'from the future',
      {},
      (xml) => xml.replace(/IssueInstant="[^"]*"/, 'IssueInstant="2099-01-01T00:00:00Z"'),
    ],
  ])('%s', async (_name, facts, change) => {
    expect(refusalOf(await redeem(facts, change))).toEqual(refused);
  });

  it.each([
    ['no base64url', 'PHg+/w=='],
    ['no XML', encode('hello')],
    ['a document type', encode('<!DOCTYPE x [<!ENTITY a "b">]><x/>')],
    ['another document', encode('<Response xmlns="urn:oasis:names:tc:SAML:2.0:protocol"/>')],
    ['an encrypted one', encode('<EncryptedAssertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion"/>')],
  ])('that is %s', async (_name, assertion) => {
    expect(refusalOf(await token(stack, client, { grant_type: grantType, assertion }))).toEqual(refused);
  });

  it('by a client that may not use the grant', async () => {
    const other = await createClient(stack, { authorizedGrantTypes: ['client_credentials'] });
    expect(refusalOf(await redeem({}, same, other))).toEqual([400, 'unauthorized_client']);
  });
});

describe('59 · signature wrapping', () => {
  /** The signed assertion, its signature, and an unsigned one about the administrator. */
  function parts() {
    const signed = signXml(asserted(), key);
    const signature = /<ds:Signature[\s\S]*<\/ds:Signature>/.exec(signed)?.[0] ?? '';
    const unsigned = signed.replace(signature, '');
    const evil = unsigned.replace(/ ID="[^"]*"/, ' ID="_evil"').replace('>agent<', '>admin<');
    const insert = (xml: string, content: string) =>
      xml.replace('</saml:Issuer>', `</saml:Issuer>${content}`);
    return { signed, signature, unsigned, evil, insert };
  }

  // attack: SAML bearer assertion around a signed one | CVE-2025-47949, CVE-2025-54419 | guard: services/auth-api/src/sign-in/sso/saml/bearer-assertion.ts
  it.each<[string, (given: ReturnType<typeof parts>) => string]>([
    [
      'the signed one inside another',
      ({ evil, signed }) => evil.replace('</saml:Assertion>', `${signed}</saml:Assertion>`),
    ],
    ['the signature moved into another', ({ evil, signature, insert }) => insert(evil, signature)],
    [
      'the signed one in an Object of the signature of another',
      ({ evil, signature, unsigned, insert }) =>
        insert(
          evil,
          signature.replace('</ds:Signature>', `<ds:Object>${unsigned}</ds:Object></ds:Signature>`),
        ),
    ],
    [
      'the signed one inside the signature of another with the same id',
      ({ evil, signature, unsigned, insert }) =>
        insert(
          evil.replace('_evil', /ID="([^"]+)"/.exec(unsigned)?.[1] ?? ''),
          signature.replace('</ds:Signature>', `<ds:Object>${unsigned}</ds:Object></ds:Signature>`),
        ),
    ],
  ])('%s', async (_name, wrap) => {
    expect(refusalOf(await present(wrap(parts())))).toEqual(refused);
  });

  // attack: SAML bearer assertion with a weak signature | RFC 9231, BSI TR-02102-1 | guard: services/auth-api/src/sign-in/sso/saml/bearer-assertion.ts
  it('SHA-1 in signature or digest', async () => {
    const signatureAlgorithm = 'http://www.w3.org/2000/09/xmldsig#rsa-sha1';
    const digestAlgorithm = 'http://www.w3.org/2000/09/xmldsig#sha1';
    expect(refusalOf(await present(signXml(asserted(), key, { signatureAlgorithm })))).toEqual(refused);
    expect(refusalOf(await present(signXml(asserted(), key, { digestAlgorithm })))).toEqual(refused);
  });
});

describe('the registration', () => {
  const register = (trusted: Record<string, unknown>) =>
    opsCall(stack, 'POST', '/auth/v3/ops/clients', { data: { samlBearer: { issuers: [trusted] } } });

  it('says what is wrong with an issuer', async () => {
    const whole = {
      issuer: idpEntityId,
      certificates: [key.certificate],
      contactCenterIds: [contactCenterId],
    };
    const cases: [Record<string, unknown>, RegExp][] = [
      [{ ...whole, certificates: ['hello'] }, /no certificate in PEM/],
      [{ ...whole, certificates: [] }, /certificates/],
      [{ ...whole, contactCenterIds: undefined }, /name the contact centres/],
    ];
    for (const [trusted, sentence] of cases) {
      const answer = await register(trusted);
      expect(answer.status).toBe(400);
      expect(JSON.stringify(answer.json())).toMatch(sentence);
    }
  });
});
