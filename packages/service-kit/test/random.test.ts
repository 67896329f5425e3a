import { expect, it } from 'vitest';
import { randomToken } from '../src/random.ts';

it('gives tokens of the asked length, none twice and none empty, across refills', () => {
  const tokens = Array.from({ length: 5000 }, (_, index) => randomToken(16 + (index % 33)));

  expect(new Set(tokens).size).toBe(tokens.length);
  tokens.forEach((token, index) => {
    expect(Buffer.from(token, 'base64url')).toHaveLength(16 + (index % 33));
    expect(token).not.toMatch(/A{12}/);
  });
  expect(Buffer.from(randomToken(5000), 'base64url')).toHaveLength(5000);
});
