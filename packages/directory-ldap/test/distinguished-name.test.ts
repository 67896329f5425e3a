import { expect, it } from 'vitest';
import { isAtOrBelow } from '../src/people/distinguished-name.ts';

const unit = 'ou=Nordic\\, east,dc=example,dc=test';

it.each([
  ['the entry itself', unit],
  ['an entry below', `uid=nora,${unit}`],
  ['one far below', `uid=nora,ou=a,ou=b,${unit}`],
  ['another case and other spaces', 'uid=nora , OU = NORDIC\\,  East , DC=Example,dc=TEST'],
  ['a comma as its bytes', 'uid=nora,ou=Nordic\\2c east,dc=example,dc=test'],
])('%s is at or below', (_name, dn) => expect(isAtOrBelow(dn, unit)).toBe(true));

// attack: entry that is named like a unit it is not in | RFC 4514 2.4 | guard: packages/directory-ldap/src/people/distinguished-name.ts
it.each([
  ['the entry above', 'dc=example,dc=test'],
  ['a neighbour', 'uid=olaf,ou=Baltic,dc=example,dc=test'],
  ['a unit whose name ends alike', 'uid=olaf,ou=Very Nordic\\, east,dc=example,dc=test'],
  ['a unit of the same name elsewhere', 'uid=olaf,ou=Nordic\\, east,dc=example,dc=other'],
  ['a name that holds the unit as text', 'uid=olaf\\,ou=Nordic\\\\\\, east\\,dc=example\\,dc=test'],
  ['a name that holds the unit in one part', 'cn=x\\,ou\\=Nordic\\, east,dc=example,dc=test'],
  ['a name that ends with the unit as text', 'cn=x\\,ou=Nordic\\, east,dc=example,dc=test'],
  ['nothing', ''],
])('%s is not below', (_name, dn) => expect(isAtOrBelow(dn, unit)).toBe(false));

it('takes nobody in by an empty name', () => expect(isAtOrBelow(unit, ' ')).toBe(false));
