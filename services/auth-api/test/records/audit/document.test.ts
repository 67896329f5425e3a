/** Documents of security events fit the strict mapping, whatever the event. */
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { auditTemplates } from '@gatehouse/audit-trail/elasticsearch';
import { createPseudonymise } from '@gatehouse/audit-trail/shipping';
import { Secret } from '@gatehouse/service-kit/crypto';
import { describe, expect, it } from 'vitest';
import { cataloguePage } from '../../../src/records/audit/catalogue-page.ts';
import { securityDocument } from '../../../src/records/audit/document.ts';
import { auditEventNames } from '../../../src/records/audit/event.ts';

interface Mapping {
  type?: string;
  properties?: Record<string, Mapping>;
}

const mappings = auditTemplates()
  .map(({ body }) => (body['template'] as { mappings?: Mapping } | undefined)?.mappings)
  .find((mapping) => mapping !== undefined) as Mapping;

/** Paths that Elasticsearch would refuse. */
function unknownPaths(value: object, { properties = {} }: Mapping, path = ''): string[] {
  return Object.entries(value).flatMap(([name, inner]) => {
    const mapping = properties[name];
    if (mapping === undefined) return [`${path}${name}`];
    const isObject = mapping.properties !== undefined && typeof inner === 'object' && inner !== null;
    return isObject ? unknownPaths(inner, mapping, `${path}${name}.`) : [];
  });
}

const event = (name: string, isErased = false) => ({
  id: '3f1c3b1e-0000-4000-8000-000000000001',
  atMs: 1_800_000_000_000,
  position: 7,
  day: '2027-01-15',
  hash: randomBytes(32),
  personalSalt: undefined,
  erasureSeal: undefined,
  personalDigest: randomBytes(32),
  facts: { name, outcome: 'success', correlationId: 'c-1', clientId: 'app', contactCenterId: 'cc' },
  personal: isErased
    ? undefined
    : {
        ...{ sub: 'subject', sid: 'session', clientAddress: '203.0.113.7' },
        fields: {
          userName: 'agent',
          reason: 'why',
          actor: 'ops',
          changes: { name: { from: 'a', to: ['b'] } },
        },
      },
});

describe('the document of a security event', () => {
  it.each(auditEventNames)('%s has only fields that the mapping knows', (name) => {
    const { body } = securityDocument(event(name), (value) => value);
    expect(unknownPaths(JSON.parse(JSON.stringify(body)), mappings)).toEqual([]);
    expect(body).toMatchObject({
      '@timestamp': '2027-01-15T08:00:00.000Z',
      event: { action: name, reason: 'why', sequence: 7 },
      user: { id: 'subject', name: 'agent' },
      client: { address: '203.0.113.7', ip: '203.0.113.7' },
      gatehouse: { details: { changes: { name: { from: 'a', to: '["b"]' } } } },
    });
  });

  it('of an event of a later release, which was here before this one, goes out all the same', () => {
    const { body } = securityDocument(event('invented_later'), (value) => value);
    expect(unknownPaths(JSON.parse(JSON.stringify(body)), mappings)).toEqual([]);
    expect(body).toMatchObject({ event: { action: 'invented_later' } });
  });

  it('of an address with a zone has no field that Elasticsearch would refuse', () => {
    const { personal, ...others } = event('login_failed');
    const zoned = { ...others, personal: { ...personal, clientAddress: 'fe80::1%eth0' } };
    const { body } = securityDocument(zoned, (value) => value);
    expect(body['client']).toEqual({ address: 'fe80::1%eth0' });
  });

  it('of somebody who was erased tells what happened and not who it was', () => {
    const text = JSON.stringify(securityDocument(event('login_failed', true), (value) => value).body);
    expect(text).toContain('login_failed');
    for (const trace of ['subject', 'agent', '203.0.113.7', 'session']) expect(text).not.toContain(trace);
  });

  it('has pseudonyms for names and addresses where a key is configured: equal ones stay equal', () => {
    const pseudonymise = createPseudonymise(new Secret('k'.repeat(32)));
    const { body } = securityDocument(event('login_failed'), pseudonymise);
    expect(JSON.stringify(body)).not.toMatch(/agent|203\.0\.113/);
    expect(body['user']).toEqual({ id: 'subject', name: pseudonymise('agent') });
    expect(pseudonymise('agent')).not.toBe(createPseudonymise(new Secret('j'.repeat(32)))('agent'));
    expect((body['client'] as { ip?: string }).ip).toBeUndefined();
  });
});

describe('the catalogue', () => {
  it('has no event that the code does not write', () => {
    const folder = fileURLToPath(new URL('../../../src/', import.meta.url));
    const code = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && file !== 'audit/event.ts')
      .map((file) => readFileSync(`${folder}${file}`, 'utf8'))
      .join('\n');
    expect(auditEventNames.filter((name) => !code.includes(`'${name}'`))).toEqual([]);
  });

  it('is the page that operators read', () => {
    const page = fileURLToPath(new URL('../../../../../docs/reference/audit-events.md', import.meta.url));
    expect(readFileSync(page, 'utf8')).toBe(cataloguePage());
  });
});
