/** The generated JSON Schema by which editors check files with clients. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';

const docs = new URL('../../../docs/', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, docs), 'utf8');
const client = z.fromJSONSchema(JSON.parse(read('reference/client.schema.json')));

describe('the JSON Schema of a client', () => {
  it('accepts every client of the example file', () => {
    const { clients } = parse(read('examples/estate-clients.yaml'));
    for (const one of clients) expect(client.safeParse(one), one.client_id).toMatchObject({ success: true });
  });

  it.each([
    ['a value that is none of the options', { authorizedGrantTypes: ['authorisation_code'] }],
    ['a text in place of a list', { redirectURIs: 'https://app.example.com/callback' }],
    ['null for a field that cannot be taken away', { name: null }],
    ['an unknown rule of token exchange', { tokenExchange: { subject_clients: [] } }],
  ])('refuses %s', (_what, fields) => {
    expect(client.safeParse(fields).success).toBe(false);
  });

  it('lets null take a value away', () => {
    expect(client.safeParse({ logoUri: null, refreshTokenIdleTimeout: null }).success).toBe(true);
  });
});

describe('the JSON Schemas of environments and contact centres', () => {
  const schemaOf = (name: string) => z.fromJSONSchema(JSON.parse(read(`reference/${name}.schema.json`)));

  it.each([
    ['environment', { tenant: 'demo', configServers: [{ primaryAddress: 'cfg', primaryPort: 8888 }] }],
    ['environment', { directory: 'ldap', ldap: { baseDns: ['dc=example,dc=com'] } }],
    ['contact-center', { environmentId: '0000de40-0000-4000-8000-00000000cc01', domains: ['north'] }],
    ['saml', { idpMetadataUrl: 'https://idp.example.com/metadata', signRequests: true }],
    ['oidc', { issuer: 'https://idp.example.com', clientId: 'gatehouse', scopes: ['openid'] }],
  ])('%s accepts what a person writes', (name, fields) => {
    expect(schemaOf(name).safeParse(fields)).toMatchObject({ success: true });
  });

  it.each([
    ['environment', { directory: 'files' }],
    ['contact-center', { domains: 'north' }],
    ['saml', { binding: 'mail' }],
    ['oidc', { responseMode: 'mail' }],
  ])('%s refuses what the API would refuse', (name, fields) => {
    expect(schemaOf(name).safeParse(fields).success).toBe(false);
  });
});
