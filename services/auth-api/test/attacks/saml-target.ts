/** The contact centre that attacks by SAML are aimed at, and another one with an identity provider of its own. */
import { makeProviderKey, type ProviderKey } from '@gatehouse/testing/keys';
import { afterAll, beforeAll, beforeEach, expect } from 'vitest';
import { comeBack, type SamlLeaving } from '../sign-in/sso/stack/saml-journey.ts';
import { idpMetadata } from '../sign-in/sso/stack/saml-provider.ts';
import { localTrial, setSignOn } from '../sign-in/sso/stack/sign-on.ts';
import { type AuthApi, demoContactCenter, startAuthApi } from '../stack/auth-api.ts';

export const otherContactCenterId = '55555555-5555-4555-8555-555555555555';

export let stack: AuthApi;
export let key: ProviderKey;
export let othersKey: ProviderKey;

/** Starts it for the tests of a file; each test begins with the settings of an honest identity provider. */
export function aimAtSaml(): void {
  beforeAll(async () => {
    stack = await startAuthApi({ env: localTrial });
    [key, othersKey] = [makeProviderKey(), makeProviderKey()];
    stack.environmentApi.contactCenters.set(otherContactCenterId, {
      ...demoContactCenter,
      id: otherContactCenterId,
      domains: ['other'],
    });
    await setSignOn(stack, {
      id: otherContactCenterId,
      saml: { idpMetadataXml: idpMetadata([othersKey], { entityId: 'https://other.example.com' }) },
    });
  });
  afterAll(() => stack?.close());
  beforeEach(() => use());
}

export const use = (changes: NonNullable<Parameters<typeof setSignOn>[1]['saml']> = {}) =>
  setSignOn(stack, { saml: { idpMetadataXml: idpMetadata([key]), ...changes } });

export async function expectRefused(leaving: SamlLeaving, xml: string, reason?: string): Promise<void> {
  const answer = await comeBack(leaving, xml);
  expect(answer.location ?? '').toMatch(/error=sso_/);
  expect((await leaving.browser.get('/auth/v3/ping')).status).toBe(403);
  if (reason !== undefined) expect(await reasonOf(String(answer.headers['x-request-id']))).toBe(reason);
}

export async function reasonOf(correlationId: string): Promise<unknown> {
  const entries = await stack.deps.stores.redis.xrange('gatehouse:audit', '-', '+');
  const rows = await stack.deps.stores.pool.query(
    'SELECT fields FROM auth.audit_events WHERE correlation_id = $1',
    [correlationId],
  );
  const streamed = entries.map(
    ([, fields]) =>
      JSON.parse(fields[1] ?? '{}') as { correlationId?: string; fields?: { reason?: unknown } },
  );
  return (
    streamed.find((event) => event.correlationId === correlationId)?.fields?.reason ??
    rows.rows[0]?.fields?.reason
  );
}
