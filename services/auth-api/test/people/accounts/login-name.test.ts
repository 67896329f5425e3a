import { describe, expect, it } from 'vitest';
import { canonicalUserName, readLoginName } from '../../../src/people/accounts/login-name.ts';
import { canonicalTenant } from '../../../src/registry/contact-centers/fold-name.ts';

describe('readLoginName', () => {
  it.each([
    [
      { userName: 'agent', tenant: 'demo' },
      { userName: 'agent', tenant: 'demo' },
    ],
    [{ userName: 'demo\\agent' }, { userName: 'agent', tenant: 'demo' }],
    [{ userName: ' demo \\ agent ' }, { userName: 'agent', tenant: 'demo' }],
    [
      { userName: 'demo\\agent', tenant: 'other' },
      { userName: 'agent', tenant: 'demo' },
    ],
    [
      { userName: '\\agent', tenant: 'demo' },
      { userName: 'agent', tenant: 'demo' },
    ],
    [{ userName: 'agent', tenant: '  ' }, { userName: 'agent' }],
    [{ userName: 'demo\\' }, { userName: '', tenant: 'demo' }],
    [
      { userName: 'a@demo.example.com', tenant: 'demo' },
      { userName: 'a@demo.example.com', tenant: 'demo' },
    ],
    [{ userName: 'a\\b\\c' }, { userName: 'b\\c', tenant: 'a' }],
  ])('reads %j as %j', (typed, expected) => {
    expect(readLoginName(typed)).toEqual(expected);
  });

  it('composes letters and accents that a keyboard sent apart', () => {
    expect(readLoginName({ userName: 'jose\u0301' })).toEqual({ userName: 'jos\u00e9' });
  });
});

describe('canonical names', () => {
  it.each(['AGENT', 'Agent ', '\u3000agent', 'ａｇｅｎｔ', 'AGENT\u00a0', 'aGeNt'])(
    'counts %j as agent',
    (spelling) => {
      expect(canonicalUserName(spelling)).toBe('agent');
    },
  );

  it('counts composed and decomposed letters as one', () => {
    expect(canonicalUserName('JOSE\u0301')).toBe(canonicalUserName('jos\u00e9'));
  });

  it('gives the same for what is canonical already', () => {
    for (const name of ['\u1e9e', '\ufb01', 'Å', 'ǆ', 'Σςσ', '\u212a']) {
      expect(canonicalUserName(canonicalUserName(name))).toBe(canonicalUserName(name));
    }
  });

  it('keeps different users apart', () => {
    expect(new Set(['anna', 'ana', 'annä', 'a.nna', 'anna+1'].map(canonicalUserName)).size).toBe(5);
  });

  it('compares tenants in any case', () => {
    expect(canonicalTenant(' Demo.Example.COM')).toBe('demo.example.com');
  });
});

describe('67: a text of 64 kB whose characters unfold to eighteen each', () => {
  it.each([
    ['user name', canonicalUserName],
    ['tenant', canonicalTenant],
  ])('is no %s and is not even folded', (_what, canonical) => {
    const typed = '\ufdfa'.repeat(20_000);
    expect(canonical(typed)).toBe('');
    expect(canonical('\ufdfa'.repeat(10)).length).toBe(180);
  });
});
