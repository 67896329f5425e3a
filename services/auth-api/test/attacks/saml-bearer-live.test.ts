/** SAML bearer assertions over HTTP, at two replicas that listen: what a thief or a dishonest user makes of a good one. */
import { makeProviderKey, type ProviderKey } from '@gatehouse/testing/keys';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  assertionXml,
  idpEntityId,
  type ResponseFacts,
  signXml,
} from '../sign-in/sso/stack/saml-provider.ts';
import { type AuthApi, contactCenterId, startAuthApi } from '../stack/auth-api.ts';
import { agent } from '../stack/interaction.ts';
import { createClient, type TestClient } from '../stack/oauth.ts';
import { issuer } from '../stack/signing-client.ts';

const grantType = 'urn:ietf:params:oauth:grant-type:saml2-bearer';
const endpoint = `${issuer}/oauth/token`;

let stack: AuthApi;
let replica: AuthApi;
let urls: string[];
let key: ProviderKey;
let client: TestClient;
let twin: TestClient;

beforeAll(async () => {
  stack = await startAuthApi();
  replica = await startAuthApi({ beside: stack });
  urls = await Promise.all([stack, replica].map(({ app }) => app.listen({ host: '127.0.0.1', port: 0 })));
  key = makeProviderKey();
  const trusted = {
    issuer: idpEntityId,
    certificates: [key.certificate],
    contactCenterIds: [contactCenterId],
  };
  const data = { authorizedGrantTypes: [grantType], samlBearer: { issuers: [trusted] } };
  [client, twin] = [await createClient(stack, data), await createClient(stack, data)];
});
afterAll(async () => {
  await replica?.close();
  await stack?.close();
});

type Change = (xml: string) => string;

function asserted(facts: Partial<ResponseFacts> = {}, change: Change = (xml) => xml): string {
  const honest = { inResponseTo: undefined, acsUrl: endpoint, audience: issuer, nameId: agent.username };
  return change(assertionXml({ ...honest, ...facts }));
}

interface Sending {
  by?: TestClient;
  at?: number;
  encode?: (xml: string) => string;
  more?: [string, string][];
}

/** Status and error code, as the caller reads them. */
async function send(xml: string, { by = client, at = 0, encode = base64url, more = [] }: Sending = {}) {
  const pair = `${by.clientId}:${by.clientSecret}`;
  const response = await fetch(`${urls[at]}/auth/v3/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(pair).toString('base64')}` },
    body: new URLSearchParams([['grant_type', grantType], ['assertion', encode(xml)], ...more]),
  });
  const body = (await response.json()) as { error?: string; access_token?: string };
  return [response.status, body.error];
}

const base64url = (xml: string) => Buffer.from(xml).toString('base64url');
const good = () => signXml(asserted(), key);
const refused = [400, 'invalid_grant'];

describe('a bearer assertion over HTTP', () => {
  it('lets its person in at either replica, so that the refusals below are about the change', async () => {
    expect(await send(good())).toEqual([200, undefined]);
    expect(await send(good(), { at: 1 })).toEqual([200, undefined]);
  });

  // attack: text of a SAML bearer assertion that two readers read differently | CVE-2018-0489, CVE-2025-66568 | guard: services/auth-api/src/sign-in/sso/saml/xml.ts
  it.each<[string, Change]>([
    ['a comment in the name', (xml) => xml.replace('>agent<', '>admin<!---->.agent<')],
    ['a comment after the name', (xml) => xml.replace('>agent<', '>agent<!-- admin --><')],
    ['character data as the name', (xml) => xml.replace('>agent<', '><![CDATA[agent]]><')],
    ['an instruction in the name', (xml) => xml.replace('>agent<', '>agent<?admin?><')],
    ['a document type', (xml) => `<!DOCTYPE saml:Assertion [<!ENTITY who "agent">]>${xml}`],
    [
      'an entity as the name',
      (xml) => `<!DOCTYPE x [<!ENTITY who "agent">]>${xml.replace('>agent<', '>&who;<')}`,
    ],
    ['an element in the name', (xml) => xml.replace('>agent<', '><x>agent</x><')],
    ['two names', (xml) => xml.replace(/(<saml:NameID[^>]*>)agent(<\/saml:NameID>)/, '$1admin$2$1agent$2')],
    ['two subjects', (xml) => xml.replace(/<saml:Subject>[\s\S]*<\/saml:Subject>/, '$&$&')],
    ['two lists of conditions', (xml) => xml.replace(/<saml:Conditions[\s\S]*<\/saml:Conditions>/, '$&$&')],
  ])('is refused with %s, signed so by its issuer', async (_what, change) => {
    // A signer that would not sign such a text: the change comes after it as well.
    const before = await signedOrNothing(change);
    if (before !== undefined) expect(await send(before)).toEqual(refused);
    expect(await send(change(good()))).toEqual(refused);
  });

  it.each([
    '',
    ' ',
    'agent ',
    ' agent',
    'agent\u200b',
    'agent\u0000',
    'demo\\agent\\x',
    '*',
    'agent)(uid=*',
    'a'.repeat(5000),
  ])('names nobody by %j', async (nameId) => {
    const escaped = nameId.replaceAll('\u0000', '&#0;');
    expect(await send(signXml(asserted({ nameId: escaped }), key))).toEqual(refused);
  });

  it.each<[string, Change]>([
    [
      'a second audience restriction of somebody else',
      (xml) =>
        xml.replace(
          '</saml:AudienceRestriction>',
          '</saml:AudienceRestriction><saml:AudienceRestriction><saml:Audience>https://other.test</saml:Audience></saml:AudienceRestriction>',
        ),
    ],
    ['an audience that only begins alike', (xml) => xml.replace(`>${issuer}<`, `>${issuer}.evil.test<`)],
    ['an audience that ends in a slash', (xml) => xml.replace(`>${issuer}<`, `>${issuer}/<`)],
    [
      'a recipient with a query',
      (xml) => xml.replace(`Recipient="${endpoint}"`, `Recipient="${endpoint}?x=1"`),
    ],
    [
      'a recipient of another case',
      (xml) => xml.replace(`Recipient="${endpoint}"`, `Recipient="${endpoint.toUpperCase()}"`),
    ],
    ['a confirmation by the holder of a key alone', (xml) => xml.replace('cm:bearer', 'cm:holder-of-key')],
    [
      'no audience',
      (xml) => xml.replace(/<saml:AudienceRestriction>[\s\S]*<\/saml:AudienceRestriction>/, ''),
    ],
  ])('is refused with %s', async (_what, change) => {
    expect(await send(signXml(asserted({}, change), key))).toEqual(refused);
  });

  it.each<[string, Partial<ResponseFacts>, Change?]>([
    ['that has expired', { shiftSeconds: -1_000 }],
    ['of the future', { shiftSeconds: 1_000 }],
    ['that is good for a year', {}, (xml) => xml.replaceAll(/NotOnOrAfter="\d{4}/g, 'NotOnOrAfter="2099')],
    ['without an end', {}, (xml) => xml.replaceAll(/ NotOnOrAfter="[^"]*"/g, '')],
    ['whose times have no zone', {}, (xml) => xml.replaceAll(/(NotOnOrAfter="[^"]*)Z"/g, '$1"')],
    ['whose end is a word', {}, (xml) => xml.replaceAll(/NotOnOrAfter="[^"]*"/g, 'NotOnOrAfter="never"')],
  ])('is refused %s', async (_what, facts, change) => {
    expect(await send(signXml(asserted(facts, change), key))).toEqual(refused);
  });

  it('counts once, at both replicas, for both clients, with another encoding and with another declaration before it', async () => {
    const xml = good();
    expect(await send(xml)).toEqual([200, undefined]);
    const again: [string, Sending][] = [
      [xml, { at: 1 }],
      [xml, { by: twin, at: 1 }],
      [`<?xml version="1.0" encoding="UTF-8"?>${xml}`, {}],
      [`\n${xml}\n`, {}],
      [xml, { encode: (text) => `${base64url(text)}${'='.repeat(-base64url(text).length & 3)}` }],
    ];
    for (const [text, sending] of again) expect(await send(text, sending)).toEqual(refused);
  });

  it.each<[string, Sending, unknown[]]>([
    ['twice in one request', { more: [['assertion', 'x']] }, [400, 'invalid_request']],
    [
      'in the alphabet of plain base64',
      { encode: (xml) => Buffer.from(`${xml}??>`).toString('base64') },
      refused,
    ],
    ['of another encoding', { encode: (xml) => Buffer.from(xml, 'utf16le').toString('base64url') }, refused],
    [
      'with line ends in its encoding',
      { encode: (xml) => base64url(xml).replace(/(.{76})/g, '$1\r\n') },
      refused,
    ],
    [
      'inside a response',
      {
        encode: (xml) =>
          base64url(
            `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol">${xml}</samlp:Response>`,
          ),
      },
      refused,
    ],
    ['beside another one', { encode: (xml) => base64url(`${xml}${xml}`) }, refused],
  ])('is refused %s', async (_what, sending, outcome) => {
    expect(await send(good(), sending)).toEqual(outcome);
  });
});

async function signedOrNothing(change: Change): Promise<string | undefined> {
  try {
    return signXml(asserted({}, change), key);
  } catch {
    return undefined;
  }
}
