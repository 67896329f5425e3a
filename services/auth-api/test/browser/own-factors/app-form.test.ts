/** The form of the codes of a new app, as the operator sets it. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { somebody } from '../../factors/people.ts';
import { type AuthApi, startAuthApi } from '../../stack/auth-api.ts';
import { requireFactors } from '../../stack/second-factor.ts';
import { areaOf, proofsAt } from './stage.ts';

let stack: AuthApi;
beforeAll(async () => {
  stack = await startAuthApi({ env: { GATEHOUSE_TOTP_DIGITS: '8', GATEHOUSE_TOTP_ALGORITHM: 'SHA256' } });
  await requireFactors(stack, { mode: 'offered' });
});
afterAll(() => stack?.close());

it('a new app shows as many digits as is set, by the hash that is set, and its code is right', async () => {
  const person = somebody();
  const added = await areaOf(stack, person, [proofsAt(stack.deps.now()).password()]).addApp();
  expect(added.status).toBe(200);
  expect(await stack.deps.factors.totp.list(person)).toMatchObject([{ digits: 8, algorithm: 'SHA256' }]);
});

it.each([
  ['GATEHOUSE_TOTP_DIGITS', '7', 'must be 6 or 8'],
  ['GATEHOUSE_TOTP_ALGORITHM', 'MD5', '"SHA1"|"SHA256"'],
])('%s of %s is refused at the start with what would be right', async (name, value, rule) => {
  await expect(startAuthApi({ env: { [name]: value } })).rejects.toThrow(rule);
});
