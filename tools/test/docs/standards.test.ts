/** Compares what the discovery document announces with docs/reference/standards.yaml, from which docs/reference/standards.md is made. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../../../services/auth-api/test/stack/auth-api.ts';
import { explainedMetadata, standardsProblems } from '../../generate/standards-page.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
let stack: AuthApi;

beforeAll(async () => {
  stack = await startAuthApi({
    env: {
      GATEHOUSE_REGISTRATION_TOKEN: 'a-registration-token-of-this-test-only',
      GATEHOUSE_MTLS_URL: 'https://mtls.login.test',
    },
  });
});
afterAll(() => stack?.close());

it('every row names a test and settings that exist', () => {
  expect(standardsProblems(root)).toEqual([]);
});

it('every field of the discovery document is explained by a standard, and none is promised that is not there', async () => {
  const { issuer: _issuer, ...announced } = (
    await stack.app.inject('/auth/v3/.well-known/openid-configuration')
  ).json();
  expect(Object.keys(announced).sort()).toEqual([...new Set(explainedMetadata(root))].sort());
});
