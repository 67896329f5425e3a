/** Asks the search behind docs/reference/reachability.md how much a right, a key or a setting is worth. */
import type { ReachGuard } from '@gatehouse/contracts/reachability';
import { describe, expect, it } from 'vitest';
import { opsMatrix } from '../../../services/auth-api/src/oauth/client-authentication/ops-matrix.ts';
import {
  opsGives,
  opsGivesNothing,
} from '../../../services/auth-api/src/oauth/client-authentication/ops-reach.ts';
import { matrix } from '../../../services/environment-api/src/access/matrix.ts';
import { gives, givesNothing } from '../../../services/environment-api/src/access/reach.ts';
import { allowed, isAllowed } from '../allowed.ts';
import { reachabilityPage } from '../page.ts';
import { climbsFrom, reachedFrom, starts, stepsOf, unaskedWrites } from '../search.ts';

const unlisted = (without: readonly ReachGuard[]) => {
  const steps = stepsOf(without);
  return starts.flatMap((from) =>
    climbsFrom(from, steps)
      .filter((reached) => !isAllowed(from, reached))
      .map(({ to }) => `${from} → ${to}`),
  );
};
const writes = (operations: object) => Object.keys(operations).filter((name) => !name.startsWith('GET '));

describe('the table of reachability', () => {
  it('decides about every write of both matrices', () => {
    expect([...Object.keys(gives), ...givesNothing].sort()).toEqual(writes(matrix).sort());
    expect([...Object.keys(opsGives), ...opsGivesNothing].sort()).toEqual(writes(opsMatrix).sort());
  });

  it('lets no lower right reach a higher one that is not allowed, and allows nothing that is not there', () => {
    expect(unlisted([])).toEqual([]);
    const steps = stepsOf();
    for (const { from, to } of allowed) {
      const climbs = climbsFrom(from, steps).map((reached) => reached.to);
      expect([from, to.filter((name) => !climbs.includes(name))]).toEqual([from, []]);
    }
    expect(reachabilityPage()).toContain('| SCIM key | contact-centre administrator |');
  });

  // attack: stale session of an administrator that gives itself a password or a right by a row without the mark | RFC 9470, ASVS 7.5.3 | guard: services/environment-api/src/access/rules.ts
  it('lets no write give people at the console anything by an old sign-in', () => {
    expect(unaskedWrites()).toEqual([]);
  });

  it('finds the administrator of a contact centre who gives it an own directory', () => {
    expect(unlisted(['a bound caller moves no people'])).toContain(
      'contact-centre administrator → installation administrator',
    );
  });

  it('finds the own provider that says the name of an administrator', () => {
    expect(unlisted(['an entry names the way of sign-in'])).toContain(
      'contact-centre administrator → installation administrator',
    );
    expect(unlisted(['places of administrators are closed'])).toContain(
      'contact-centre administrator → installation administrator',
    );
  });

  it('finds the SCIM key that makes an administrator, and the one that sets the password of one', () => {
    const steps = stepsOf(['groups of a people store are mapped apart']);
    const [way] = reachedFrom('SCIM key', steps).filter(({ to }) => to === 'contact-centre administrator');
    expect(way?.path.some(({ to }) => to === 'group of the people store')).toBe(true);
    expect(way?.path.some(({ when }) => when !== undefined)).toBe(false);
    expect(unlisted(['groups of a people store are mapped apart'])).toContain(
      'SCIM key → contact-centre administrator',
    );
    expect(unlisted(['records of administrators are closed'])).toContain(
      'SCIM key → installation administrator',
    );
  });

  it('finds the SCIM key and the help desk that set the password of an administrator of the contact centre', () => {
    const steps = stepsOf(['records of people with rights are closed']);
    for (const from of ['SCIM key', 'help desk']) {
      const [way] = reachedFrom(from, steps).filter(({ to }) => to === 'contact-centre administrator');
      expect([from, way?.path.some(({ when }) => when !== undefined)]).toEqual([from, false]);
      expect(unlisted(['records of people with rights are closed'])).toContain(
        `${from} → contact-centre administrator`,
      );
    }
  });

  it('gives the auditor nothing, and the help desk nothing of settings, keys and single sign-on', () => {
    const steps = stepsOf();
    expect(reachedFrom('auditor', steps)).toEqual([]);
    expect(reachedFrom('help desk', steps).map(({ to }) => to)).not.toContain('SCIM key');
    expect((steps.get('help desk') ?? []).map(({ by }) => by)).toEqual([
      '`POST /contact-centers/{id}/people/{personId}/password-link`',
    ]);
  });

  it('finds the token that ends every session of its user', () => {
    const open = (without: readonly ReachGuard[]) =>
      reachedFrom('token of an application without the scope `sessions`', stepsOf(without))[0]?.path[0]?.when;
    expect(open([])).toContain('compat.enabled');
    expect(
      stepsOf(['global sign-out needs a scope']).get('token of an application without the scope `sessions`'),
    ).toContainEqual(expect.objectContaining({ when: undefined }));
  });
});
