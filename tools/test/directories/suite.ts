/** Runs the same named cases against a directory of people, through the door of Auth API. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { endCases } from './cases/ends.ts';
import { identityCases } from './cases/identities.ts';
import { type Case, loginCases } from './cases/logins.ts';
import { passwordCases } from './cases/passwords.ts';
import { type Door, openDoor } from './door.ts';
import { type Directory, missing, type Source, titles } from './source.ts';
import type { Stage } from './stage.ts';

const printed = readFileSync(new URL('../../../docs/contributing/testing.md', import.meta.url), 'utf8');
const kinds = [loginCases, passwordCases, identityCases, endCases];

export function describeDirectory(
  name: Directory,
  start: (stage: Stage) => Promise<Source>,
  stage: () => Stage,
  more: (test: Case) => void = () => undefined,
): void {
  describe(`people of: ${titles[name]}`, () => {
    let source: Source;
    let door: Door;
    beforeAll(async () => {
      source = await start(stage());
      door = openDoor(stage(), source);
    });
    afterAll(() => source?.close());

    const cases = new Set<string>();
    const test: Case = (title, run) => {
      cases.add(title);
      if (missing[name][title] === undefined) it(title, () => run(door));
    };
    for (const kind of kinds) kind(test);
    more(test);

    it('every case that it cannot have is one of the suite, and printed with its reason', () => {
      for (const [title, reason] of Object.entries(missing[name])) {
        expect(cases).toContain(title);
        expect(printed).toContain(`| ${titles[name]} | ${title} | ${reason} |`);
      }
    });
  });
}
