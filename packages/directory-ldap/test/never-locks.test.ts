/** Whether a directory is sure to lock nobody, as it says itself, by pretended servers. */
import { createAuthority } from '@gatehouse/testing/keys';
import { describe, expect, it } from 'vitest';
import { on, openBackend, settingsFor } from './directory-under-test.ts';
import { entry, pretendServer } from './pretended-server.ts';

const authority = createAuthority();
const policy = '1.3.6.1.4.1.42.2.27.8.5.1';
const paging = '1.2.840.113556.1.4.319';

const neverLocks = async (attributes: Record<string, string[]>) => {
  const server = await pretendServer(
    () => undefined,
    (messageId) => entry(messageId, '', attributes),
    authority.issue(),
  );
  const backend = openBackend([on(server.port)], settingsFor({ tls: { ca: authority.cert } }));
  return backend.neverLocks();
};

describe('a directory', () => {
  it('that is OpenLDAP without password policies locks nobody', async () => {
    const objectClass = ['top', 'OpenLDAProotDSE'];
    expect(await neverLocks({ objectClass, supportedControl: [paging] })).toBe(true);
  });

  it.each<[string, Record<string, string[]>]>([
    [
      'OpenLDAP with password policies',
      { objectClass: ['OpenLDAProotDSE'], supportedControl: [paging, policy] },
    ],
    ['OpenLDAP that shows no controls', { objectClass: ['OpenLDAProotDSE'] }],
    ['another one, which may lock in its own way', { objectClass: ['top'], supportedControl: [paging] }],
    ['one that shows nothing', {}],
  ])('that is %s may lock', async (_what, attributes) => {
    expect(await neverLocks(attributes)).toBe(false);
  });
});
