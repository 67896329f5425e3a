import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codeChallengeProblem, provesCodeChallenge } from '../../src/core/protocol/pkce.ts';

const unreserved = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~'];
const verifiers = fc.string({ unit: fc.constantFrom(...unreserved), minLength: 43, maxLength: 128 });
const challengeOf = (verifier: string) => createHash('sha256').update(verifier).digest('base64url');

describe('PKCE', () => {
  it('accepts every well-formed verifier for its own challenge', () => {
    fc.assert(fc.property(verifiers, (verifier) => provesCodeChallenge(challengeOf(verifier), verifier)));
  });

  it('accepts the example of RFC 7636 appendix B', () => {
    const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';
    expect(provesCodeChallenge('E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', verifier)).toBe(true);
  });

  it('accepts no verifier for the challenge of another', () => {
    fc.assert(
      fc.property(
        verifiers,
        verifiers,
        (one, other) => one === other || !provesCodeChallenge(challengeOf(one), other),
      ),
    );
  });

  it('accepts no verifier that is too short, too long or of other characters, even when its hash matches', () => {
    const illFormed = fc.string().filter((text) => !/^[A-Za-z0-9._~-]{43,128}$/.test(text));
    fc.assert(fc.property(illFormed, (text) => !provesCodeChallenge(challengeOf(text), text)));
  });

  it('refuses plain, a missing method, a malformed challenge and a method alone', () => {
    const challenge = challengeOf('x');
    expect(codeChallengeProblem(challenge, 'S256', true)).toBeUndefined();
    expect(codeChallengeProblem(challenge, 'plain', false)).toContain('S256');
    expect(codeChallengeProblem(challenge, undefined, false)).toContain('S256');
    expect(codeChallengeProblem(`${challenge}=`, 'S256', false)).toContain('43');
    expect(codeChallengeProblem(undefined, 'S256', false)).toContain('without');
    expect(codeChallengeProblem(undefined, undefined, true)).toContain('required');
    expect(codeChallengeProblem(undefined, undefined, false)).toBeUndefined();
  });
});
