import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commonScope, isWithinScope, narrowScope, parseScope } from '../../src/core/protocol/parameters.ts';

const scopes = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'openid', '*'), { minLength: 1 });

describe('scopes', () => {
  it('are parsed once each, in order, and refused outside the grammar', () => {
    expect(parseScope('b a b')).toEqual(['b', 'a']);
    for (const text of ['', ' ', 'a"b', 'a\\b', 'a\tb', 'ä']) expect(parseScope(text), text).toBeUndefined();
  });

  it('never grow by narrowing', () => {
    fc.assert(
      fc.property(fc.option(scopes, { nil: undefined }), scopes, (requested, allowed) => {
        const granted = narrowScope(requested, allowed);
        return granted === undefined || isWithinScope(granted, allowed);
      }),
    );
  });

  it('have in common only what both allow', () => {
    fc.assert(
      fc.property(scopes, scopes, (left, right) => {
        const common = commonScope(left, right);
        return isWithinScope(common, left) && isWithinScope(common, right);
      }),
    );
  });

  it('do not let * be asked for where it was not given', () => {
    expect(narrowScope(['*'], ['a'])).toBeUndefined();
    expect(narrowScope(undefined, ['*'])).toEqual(['*']);
  });
});
