import { describe, expect, it } from 'vitest';
import { newFamilyId, newSecret } from '../../src/tokens/family-token.ts';
import { openSuccessor, sealSuccessor } from '../../src/tokens/successor.ts';

const presented = { familyId: newFamilyId(), secret: newSecret() };
const successor = { accessToken: 'access', refreshSecret: 'refresh' };

describe('the sealed successor', () => {
  it('opens with the presented token and its client', () => {
    expect(openSuccessor(sealSuccessor(successor, presented, 'client'), presented, 'client')).toEqual(
      successor,
    );
  });

  it('never looks the same twice and shows nothing', () => {
    const sealed = sealSuccessor(successor, presented, 'client');
    expect(sealSuccessor(successor, presented, 'client')).not.toBe(sealed);
    expect(Buffer.from(sealed, 'base64url').toString('latin1')).not.toContain('access');
  });

  it('opens with no other token, family or client, nor when it was changed', () => {
    const sealed = sealSuccessor(successor, presented, 'client');

    const changed = `${sealed.startsWith('A') ? 'B' : 'A'}${sealed.slice(1)}`;

    expect(openSuccessor(sealed, { ...presented, secret: newSecret() }, 'client')).toBeUndefined();
    expect(openSuccessor(sealed, { ...presented, familyId: newFamilyId() }, 'client')).toBeUndefined();
    expect(openSuccessor(sealed, presented, 'other')).toBeUndefined();
    expect(openSuccessor(changed, presented, 'client')).toBeUndefined();
  });
});
