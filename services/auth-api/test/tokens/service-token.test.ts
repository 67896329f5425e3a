import { Secret } from '@gatehouse/service-kit/crypto';
import { expect, it } from 'vitest';
import { serviceClient } from '../../src/registry/clients/built-in/service-client.ts';
import { createServiceAuthorization } from '../../src/tokens/service-token.ts';

const dayMs = 86_400_000;

it('a token that was issued while the time was ahead is renewed after the time was set back', async () => {
  const time = { ms: Date.UTC(2028, 0, 1), monotonicMs: 0 };
  const client = serviceClient('gatehouse-services', new Secret('the secret of the services'), time.ms);
  const issuedAt: number[] = [];
  const authorization = createServiceAuthorization(
    { issue: async (_client, record) => String(issuedAt.push(record.issuedAtMs)) },
    client,
    () => time.ms,
    () => time.monotonicMs,
  );
  expect(await authorization.header()).toBe('Bearer 1');
  time.ms -= 400 * dayMs;
  // Environment API refuses it; one that was issued within the same second would be no better.
  authorization.renew();
  expect(await authorization.header()).toBe('Bearer 1');
  time.monotonicMs += 1000;
  authorization.renew();
  expect(await authorization.header()).toBe('Bearer 2');
  time.monotonicMs += 60_000;
  expect(await authorization.header()).toBe('Bearer 3');
  expect(issuedAt.slice(1)).toEqual([time.ms, time.ms]);
});
