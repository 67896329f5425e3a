/** Says in which stage of the upgrade which questions are asked. */
import type { Side } from '../cluster/previous/exchanges/exchange.ts';
import { type Outcome, refusalsIn, trade } from '../cluster/previous/exchanges/trade.ts';
import type { Findings } from '../regions/table.ts';
import { operator } from '../stack/provisioning/demo.ts';
import { approve, ask, keepUserCode, poll, waitingAt } from './approvals.ts';
import { guessOnce } from './calls.ts';
import { lockoutThreshold, type PersonName } from './directory.ts';
import { type Ended, endingsOf, endOnce } from './endings.ts';
import { clients, places } from './estate.ts';
import { accepted, type Held, hold, missing } from './held.ts';
import type { Installation } from './installation.ts';
import type { Visits } from './visits.ts';

export interface CheckOptions {
  installation: Installation;
  visits: Visits;
  findings: Findings;
}

const none = '';
/** No page leads there. */
const nowhere = 'http://localhost/nowhere';
const userCode = 'code of quin';

export function createChecks({ installation, visits, findings }: CheckOptions) {
  const { publicUrl, directory, first: firstReplica, second: secondReplica } = installation;
  const before: Held[] = [];
  const ended: Ended[] = [];
  const fresh: PersonName[] = [
    'dora',
    'eve',
    'finn',
    'gus',
    'hal',
    'ida',
    'jan',
    'kim',
    'lea',
    'max',
    'nell',
  ];
  fresh.push('oda', 'pia', 'rosa', 'sid', 'tess');
  const nextPerson = (): PersonName => {
    const name = fresh.shift();
    if (name === undefined) throw new Error('the directory has too few people');
    return name;
  };
  const heldBy = (place: { id: string }) => {
    const held = before.find(({ person }) => person.place.id === place.id);
    if (held === undefined) throw new Error('nobody has signed in there');
    return held;
  };

  /** What is left at one replica of all that was held before the upgrade. */
  async function nothingIsLost(at: Side, title: string): Promise<void> {
    for (const held of before) {
      const whose = `${held.person.name} of ${held.person.place.domain}`;
      await findings.expect(`${title}: ${whose} has lost`, none, async () =>
        (await missing(visits, at, held)).join(', '),
      );
    }
    const { browser } = heldBy(places.a);
    await findings.expect(`${title}: the consent is kept`, true, () =>
      visits.isSignedIn(at, browser, clients.careful.client_id),
    );
    await findings.expect(
      `${title}: the user code is kept`,
      true,
      async () => (await waitingAt(at, browser)).hasUserCode,
    );
    const { browser: administrator } = heldByName('admin');
    await findings.expect(`${title}: the administrator opens the console`, 200, async () => {
      const page = await administrator.walk(at.addresses, '/auth/console/administrators', {}, nowhere);
      return page.status;
    });
  }

  function heldByName(name: string): Held {
    const held = before.find(({ person }) => person.name === name);
    if (held === undefined) throw new Error(`${name} has not signed in`);
    return held;
  }

  async function deadAt(at: Side, title: string): Promise<void> {
    await findings.expect(`${title}: accepted of the ${ended.length} that were ended`, none, async () => {
      const found: string[] = [];
      for (const { what, held, parts } of ended) {
        const alive = await accepted(visits, at, held, parts);
        if (alive.length > 0) found.push(`${alive.join(', ')} although ${what}`);
      }
      return found.join('; ');
    });
  }

  /** Everything is ended once, at `endAt`, after a login at `loginAt`; both must refuse it. */
  async function endAll(loginAt: Side, endAt: Side, title: string): Promise<void> {
    const options = { visits, directory, publicUrl };
    for (const ending of endingsOf(options)) {
      const once = await endOnce(options, ending, { loginAt, endAt, name: nextPerson(), title });
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

  async function approveAcross(askAt: Side, answerAt: Side, title: string): Promise<void> {
    const { browser, sub } = heldBy(places.a);
    const message = `asked ${title}`;
    const hint = { login_hint: `${places.a.domain}\\quin` };
    await findings.expect(`approval: ${title}`, `approved ${sub}`, async () => {
      const id = await ask(askAt, hint, userCode, message);
      const result = await approve(answerAt, browser, message);
      const idToken = await poll(askAt, id);
      const [, claims = ''] = idToken.split('.');
      return `${result} ${JSON.parse(Buffer.from(claims, 'base64url').toString()).sub}`;
    });
  }

  /** Strangers guess at both releases at once. */
  async function guess(name: PersonName, title: string): Promise<void> {
    const before = directory.askedAbout(name);
    const urls = [firstReplica, secondReplica].map(({ side }) => side.addresses.authApi);
    const guesses = Array.from({ length: 24 }, (_, index) => {
      const place = index % 4 < 2 ? places.a : places.b;
      return guessOnce(urls[index % 2] ?? '', place, name, `198.51.100.${index}`);
    });
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);
    await findings.expect(
      `${title}: guesses that the server saw are fewer than lock the account`,
      true,
      async () => {
        return directory.askedAbout(name) - before < lockoutThreshold;
      },
    );
    await findings.expect(`${title}: the account is not locked`, false, async () => directory.isLocked(name));
    await findings.expect(`${title}: other answers than 400 and 429`, none, async () =>
      statuses.filter((status) => status !== 400 && status !== 429).join(', '),
    );
  }

  return {
    /** What is held before the upgrade. */
    async prepare(): Promise<void> {
      const { side } = firstReplica;
      const persons = [
        { name: 'quin', place: places.a },
        { name: 'quin', place: places.b },
        { name: 'admin', place: places.a, password: 'demo-admin-password' },
        { name: 'supervisor', place: places.b, password: 'demo-supervisor-password' },
        { name: 'agent', place: places.staff, password: 'demo-agent-password' },
      ];
      for (const person of persons) before.push(await hold(visits, side, person));
      const { browser } = heldBy(places.a);
      await visits.consent(side, browser, clients.careful.client_id);
      await keepUserCode(side, browser, userCode);
    },
    nothingIsLost,
    async bothReleases(old: Side, now: Side): Promise<void> {
      await nothingIsLost(now, 'new replica');
      await nothingIsLost(old, 'old replica');
      await findings.expect('refused of what the other release issued', none, async () => {
        const outcomes: Outcome[] = [];
        const configServer = { address: '127.0.0.1', port: directory.port };
        const plan = { publicUrl, operator, configServer, contactCenterId: places.a.id };
        for await (const outcome of trade({ before: old, now }, plan)) outcomes.push(outcome);
        return refusalsIn(outcomes).join('; ');
      });
      await endAll(old, now, 'ended at the new one');
      await endAll(now, old, 'ended at the old one');
      await approveAcross(old, now, 'at the old one, answered at the new one');
      await approveAcross(now, old, 'at the new one, answered at the old one');
      await guess('uma', 'both releases');
    },
    async newRelease(one: Side, other: Side): Promise<void> {
      await nothingIsLost(one, 'first replica');
      await deadAt(one, 'first replica');
      await deadAt(other, 'second replica');
    },
    async afterRollback(old: Side, now: Side): Promise<void> {
      await nothingIsLost(old, 'old replica');
      await nothingIsLost(now, 'new replica');
      await deadAt(old, 'old replica');
      await deadAt(now, 'new replica');
      await guess('walt', 'after the rollback');
    },
    async atTheEnd(one: Side, other: Side): Promise<void> {
      await nothingIsLost(one, 'first replica');
      await nothingIsLost(other, 'second replica');
      await deadAt(one, 'first replica');
      await deadAt(other, 'second replica');
    },
  };
}
