import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHealthEntries } from '../../src/consul/health-entries.ts';
import { instance } from './consul-stand-in.ts';

const hosts = (body: unknown) => parseHealthEntries(body)?.endpoints.map(({ host }) => host);

describe('instances in an answer of the health endpoint', () => {
  it('come as primary, backup, proxy, then by id, draining ones last', () => {
    const listed = [
      instance('z-proxy', { role: 'proxy' }),
      instance('a-draining', { role: 'primary', drain: 'true' }),
      instance('c-backup', { tags: ['v9', 'backup'] }),
      instance('b-backup', { role: 'backup' }),
      instance('y-primary', { role: 'Primary' }),
    ];
    expect(hosts(listed)).toEqual([
      'y-primary.test',
      'b-backup.test',
      'c-backup.test',
      'z-proxy.test',
      'a-draining.test',
    ]);
    expect(hosts(listed.reverse())).toEqual(hosts(listed.reverse()));
  });

  it('take their role from the meta value before a tag, and none from words that name no role', () => {
    const roles = (body: unknown) => parseHealthEntries(body)?.endpoints.map(({ role }) => role);
    expect(roles([instance('a', { role: 'proxy', tags: ['primary'] })])).toEqual(['proxy']);
    expect(roles([instance('a', { role: 'leader', tags: ['backup'] })])).toEqual(['backup']);
    expect(roles([instance('a', { tags: ['green'] })])).toEqual([undefined]);
  });

  it('run at the address of their node when they have none of their own', () => {
    expect(parseHealthEntries([instance('a', { address: '' })])?.endpoints).toEqual([
      { id: 'a', host: '10.9.9.9', port: 8888 },
    ]);
  });

  it('are marked as draining by the meta value', () => {
    const isDraining = (drain: string) =>
      parseHealthEntries([instance('a', { drain })])?.endpoints[0]?.draining === true;
    expect(['true', 'TRUE', '1', 'yes'].map(isDraining)).toEqual([true, true, true, true]);
    expect(['false', '0', 'no'].map(isDraining)).toEqual([false, false, false]);
  });

  it('are left out and counted when they have no usable address or port', () => {
    const good = instance('good');
    const broken: unknown[] = [
      instance('no-port', { port: 0 }),
      instance('port', { port: 70_000 }),
      instance('space', { address: 'a b' }),
      instance('nul', { address: 'a\0b' }),
      instance('path', { address: 'host/path' }),
      { Service: { ID: 'nowhere', Port: 1, Address: '' } },
      { Node: {} },
      null,
      'text',
      7,
    ];
    const parsed = parseHealthEntries([...broken, good]);
    expect(parsed?.endpoints.map(({ id }) => id)).toEqual(['good']);
    expect(parsed?.unusable).toBe(broken.length);
  });

  it('may carry tags and meta values of any length', () => {
    const long = 'x'.repeat(5_000);
    const entry = instance('a', { tags: [long, 'proxy'] }) as { Service: object };
    const noted = { ...entry, Service: { ...entry.Service, Meta: { note: long } } };
    expect(parseHealthEntries([noted])?.endpoints).toMatchObject([{ id: 'a', role: 'proxy' }]);
  });

  it('are undefined when the answer is no list', () => {
    for (const body of [undefined, null, {}, 'text', 3, Buffer.from('[]')]) {
      expect(parseHealthEntries(body)).toBeUndefined();
    }
  });

  it('survive every other JSON value', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue()), (body) => {
        const parsed = parseHealthEntries(body);
        expect((parsed?.endpoints.length ?? 0) + (parsed?.unusable ?? 0)).toBe(body.length);
      }),
    );
    expect(Object.prototype).not.toHaveProperty('polluted');
  });
});
