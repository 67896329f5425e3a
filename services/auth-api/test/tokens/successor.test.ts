import { describe, expect, it } from 'vitest';
import { newFamilyId, newSecret } from '../../src/tokens/family-token.ts';
import { successorOf } from '../../src/tokens/successor.ts';

const presented = { familyId: newFamilyId(), secret: newSecret() };
const salt = newSecret();

describe('the successor of a refresh token', () => {
  it('is the same for the presented token, its salt and its client', () => {
    const successor = successorOf(presented, salt, 'client');

    expect(successorOf(presented, salt, 'client')).toEqual(successor);
    expect(successor.accessToken).toHaveLength(32);
    expect(successor.refreshSecret).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(successor.accessToken.toString('base64url')).not.toBe(successor.refreshSecret);
  });

  it('is another one for another token, family, salt or client', () => {
    const others = [
      successorOf({ ...presented, secret: newSecret() }, salt, 'client'),
      successorOf({ ...presented, familyId: newFamilyId() }, salt, 'client'),
      successorOf(presented, newSecret(), 'client'),
      successorOf(presented, salt, 'other'),
    ];

    const made = [successorOf(presented, salt, 'client'), ...others];
    expect(new Set(made.map(({ refreshSecret }) => refreshSecret))).toHaveProperty('size', made.length);
    expect(new Set(made.map(({ accessToken }) => accessToken.toString('hex')))).toHaveProperty(
      'size',
      made.length,
    );
  });
});
