/** Compares what the discovery document announces with docs/standards.yaml, from which docs/standards.md is made. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type AuthApi, startAuthApi } from '../../../services/auth-api/test/stack/auth-api.ts';

interface Row {
  metadata?: string[];
}

const source = new URL('../../../docs/standards.yaml', import.meta.url);
let stack: AuthApi;

beforeAll(async () => {
  stack = await startAuthApi({
    env: {
      GATEHOUSE_REGISTRATION_TOKEN: 'a registration token of this test only',
      GATEHOUSE_MTLS_URL: 'https://mtls.login.test',
    },
  });
});
afterAll(() => stack?.close());

it('every field of the discovery document is explained by a standard, and none is promised that is not there', async () => {
  const rows = Object.values(parse(readFileSync(source, 'utf8')) as Record<string, Row[]>).flat();
  const explained = rows.flatMap(({ metadata = [] }) => metadata);
  const { issuer: _issuer, ...announced } = (
    await stack.app.inject('/auth/v3/.well-known/openid-configuration')
  ).json();
  expect(Object.keys(announced).sort()).toEqual([...new Set(explained)].sort());
});
