import { hash as argon2 } from '@node-rs/argon2';
import { describe, expect, it } from 'vitest';
import { createClient, opsCall, token } from '../../stack/oauth.ts';
import { create, envelope, path, stack, startAdministration } from './administration.ts';

startAdministration();

describe('a secret', () => {
  const works = async (clientId: string, clientSecret: string) =>
    (await token(stack, { clientId, clientSecret, redirectUri: '' }, { grant_type: 'client_credentials' }))
      .status === 200;
  const grants = { authorizedGrantTypes: ['client_credentials'] };

  it('that the caller chose is stored as argon2id', async () => {
    await createClient(stack, { client_id: 'chosen', client_secret: 'a chosen secret', ...grants });

    const { rows } = await stack.deps.stores.pool.query(
      "SELECT secrets::text FROM auth.clients WHERE client_id = 'chosen'",
    );
    expect(rows[0].secrets).toContain('$argon2id$');
    expect(await works('chosen', 'a chosen secret')).toBe(true);
    expect(await works('chosen', 'another secret')).toBe(false);
  });

  it('may be imported as a hash, but not one that is too costly to check', async () => {
    const hashed = await argon2('imported secret', { memoryCost: 4096, timeCost: 1, parallelism: 1 });
    await createClient(stack, { client_id: 'imported', client_secret: hashed, ...grants });
    const costly = await create({
      client_id: 'costly',
      client_secret: hashed.replace('m=4096', 'm=4194304'),
    });

    expect(await works('imported', 'imported secret')).toBe(true);
    expect(await works('imported', hashed)).toBe(false);
    expect(costly.status).toBe(400);
  });

  it('is rotated with a grace time for the former one', async () => {
    const client = await createClient(stack, grants);
    const before = client.clientSecret ?? '';

    const rotated = envelope(await opsCall(stack, 'POST', `${path}/${client.clientId}/rotate-secret`)).data;

    expect(await works(client.clientId, String(rotated['client_secret']))).toBe(true);
    expect(await works(client.clientId, before)).toBe(true);
    expect(Date.parse(String(rotated['formerSecretExpiresAt']))).toBeGreaterThan(Date.now() + 86_000_000);

    await opsCall(stack, 'POST', `${path}/${client.clientId}/rotate-secret`);
    expect(await works(client.clientId, before)).toBe(false);
  });

  it('is replaced at once by an update', async () => {
    const client = await createClient(stack, { client_secret: 'the first secret', ...grants });
    expect(await works(client.clientId, 'the first secret')).toBe(true);

    await opsCall(stack, 'PUT', `${path}/${client.clientId}`, {
      data: { client_secret: 'the second secret' },
    });

    expect(await works(client.clientId, 'the first secret')).toBe(false);
    expect(await works(client.clientId, 'the second secret')).toBe(true);
  });
});
