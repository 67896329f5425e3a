/** Says in which stage of the upgrade which questions are asked. */

import { operator } from '../../tools/stack/provisioning/demo.ts';
import type { Findings } from '../harness/findings.ts';
import { type PersonName, peopleNames } from './directory.ts';
import { type Ended, endingsOf, endOnce } from './endings.ts';
import { places } from './estate.ts';
import type { Side } from './exchanges/exchange.ts';
import { type Outcome, refusalsIn, trade } from './exchanges/trade.ts';
import { guessEverywhere } from './guessing.ts';
import { accepted, type Held } from './held.ts';
import type { Installation } from './installation.ts';
import { checkNewContactCenter } from './new-contact-center.ts';
import { createRemains } from './remains.ts';
import type { Visits } from './visits.ts';

export interface CheckOptions {
  installation: Installation;
  visits: Visits;
  findings: Findings;
}

const none = '';
/** By the load, and by what is held before the upgrade. */
const taken = new Set<PersonName>(['ann', 'bob', 'cid', 'xena', 'vera', 'quin', 'uma', 'walt']);

export function createChecks({ installation, visits, findings }: CheckOptions) {
  const { publicUrl, directory, first: firstReplica, second: secondReplica } = installation;
  /** At a contact centre that was made by the new release: the release before knows no subjects of its own. */
  const later: Held[] = [];
  const ended: Ended[] = [];
  const fresh = peopleNames.filter((name) => !taken.has(name));
  const nextPerson = (): PersonName => {
    const name = fresh.shift();
    if (name === undefined) throw new Error('the directory has too few people');
    return name;
  };
  async function deadAt(at: Side, title: string): Promise<void> {
    await findings.expect(`${title}: accepted of the ${ended.length} that were ended`, none, () =>
      stillAccepted(visits, at, ended),
    );
  }

  /** Everything is ended once, at `endAt`, after a login at `loginAt`; both must refuse it. */
  async function endAll(loginAt: Side, endAt: Side, title: string): Promise<void> {
    const options = { visits, directory, publicUrl };
    for (const ending of endingsOf(options)) {
      const person = ending.person?.(endAt === firstReplica.side) ?? { name: nextPerson() };
      const once = await endOnce(options, ending, { loginAt, endAt, person, title }).catch(
        (error: Error) => error,
      );
      if (once instanceof Error) {
        await findings.expect(`${ending.what} (${title})`, none, async () => once.message);
        continue;
      }
      for (const one of once.ended)
        for (const at of [loginAt, endAt])
          await findings.eventually(
            `dead ${at === endAt ? 'there' : 'at the other one'}: ${one.what}`,
            none,
            async () => (await accepted(visits, at, one.held, one.parts)).join(', '),
          );
      await once.undo();
      ended.push(...once.ended);
    }
  }

  const remains = createRemains({ visits, findings });
  const sides = [firstReplica.side, secondReplica.side];
  const guess = (name: PersonName, title: string) =>
    guessEverywhere({ directory, findings, sides, known: remains.browserOf(name) }, name, title);

  return {
    /** The sessions, tokens and consents that are held before the upgrade. */
    prepare: () => remains.prepare(firstReplica.side),
    async releaseBefore(one: Side, other: Side): Promise<void> {
      await remains.nothingIsLost(one, 'first replica');
      await remains.nothingIsLost(other, 'second replica');
      await remains.administrates(one, 'first replica');
    },
    async bothReleases(old: Side, now: Side): Promise<void> {
      await remains.nothingIsLost(now, 'new replica');
      await remains.nothingIsLost(old, 'old replica');
      await remains.isStillAllowed(old, 'old replica');
      await remains.administrates(now, 'new replica');
      await findings.expect('refused of what the other release issued', none, async () => {
        const outcomes: Outcome[] = [];
        const configServer = { address: '127.0.0.1', port: directory.port };
        const plan = { publicUrl, operator, configServer, contactCenterId: places.a.id };
        for await (const outcome of trade({ before: old, now }, plan)) outcomes.push(outcome);
        return refusalsIn(outcomes).join('; ');
      });
      await endAll(old, now, 'ended at the new one');
      await endAll(now, old, 'ended at the old one');
      await remains.approveAcross(old, now, 'at the old one, answered at the new one');
      await remains.approveAcross(now, old, 'at the new one, answered at the old one');
      await guess('uma', 'both releases');
    },
    async newRelease(one: Side, other: Side): Promise<void> {
      await remains.nothingIsLost(one, 'first replica');
      await remains.administrates(one, 'first replica');
      await remains.isStillAllowed(one, 'first replica');
      await remains.asksAgain(one, 'first replica');
      await deadAt(one, 'first replica');
      await deadAt(other, 'second replica');
      later.push(await checkNewContactCenter({ visits, findings }, other, nextPerson()));
    },
    async afterRollback(old: Side, now: Side): Promise<void> {
      await remains.nothingIsLost(old, 'old replica');
      await remains.nothingIsLost(now, 'new replica');
      await deadAt(old, 'old replica');
      await deadAt(now, 'new replica');
      await remains.nothingIsMissing(now, 'new replica', later);
      await guess('walt', 'after the rollback');
    },
    async atTheEnd(one: Side, other: Side): Promise<void> {
      await remains.nothingIsLost(one, 'first replica');
      await remains.nothingIsLost(other, 'second replica');
      await remains.administrates(other, 'second replica');
      await remains.isStillAllowed(other, 'second replica');
      await remains.nothingIsMissing(other, 'second replica', later);
      await deadAt(one, 'first replica');
      await deadAt(other, 'second replica');
    },
  };
}

/** Names what one replica takes although it was ended; empty: nothing. */
async function stillAccepted(visits: Visits, at: Side, ended: readonly Ended[]): Promise<string> {
  const found: string[] = [];
  for (const { what, held, parts } of ended) {
    const alive = await accepted(visits, at, held, parts);
    if (alive.length > 0) found.push(`${alive.join(', ')} although ${what}`);
  }
  return found.join('; ');
}
