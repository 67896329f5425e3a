/** Makes what people hold before the upgrade, and asks what is left of it. */
import type { Browser } from '../harness/browser.ts';
import type { Findings } from '../harness/findings.ts';
import { approve, ask, keepUserCode, poll, waitingAt } from './approvals.ts';
import { clients, places } from './estate.ts';
import type { Side } from './exchanges/exchange.ts';
import { type Held, hold, missing } from './held.ts';
import type { Visits } from './visits.ts';

const none = '';
const userCode = 'code of before';
const persons = [
  { name: 'quin', place: places.a },
  { name: 'quin', place: places.b },
  { name: 'admin', place: places.a, password: 'demo-admin-password' },
  { name: 'supervisor', place: places.b, password: 'demo-supervisor-password' },
  // Somebody guesses their passwords.
  { name: 'uma', place: places.a },
  { name: 'walt', place: places.a },
  { name: 'agent', place: places.staff, password: 'demo-agent-password' },
];

export function createRemains({ visits, findings }: { visits: Visits; findings: Findings }) {
  const before: Held[] = [];
  const heldBy = (place: { id: string }) => {
    const held = before.find(({ person }) => person.place.id === place.id);
    if (held === undefined) throw new Error('nobody has signed in there');
    return held;
  };

  async function nothingIsMissing(at: Side, title: string, all: readonly Held[]): Promise<void> {
    for (const held of all) {
      const whose = `${held.person.name} of ${held.person.place.domain}`;
      await findings.expect(`${title}: ${whose} has lost`, none, async () =>
        (await missing(visits, at, held)).join(', '),
      );
    }
  }

  /** Asks one replica about everything that was held before the upgrade. */
  async function nothingIsLost(at: Side, title: string): Promise<void> {
    await nothingIsMissing(at, title, before);
    await findings.expect(`${title}: people without a right open the administrators' page`, false, () =>
      opensAdministrators(visits, at, 'agent'),
    );
  }

  /** New replicas know it when Environment API is new: the release before has no list of those who share an environment. */
  async function isStillAllowed(at: Side, title: string): Promise<void> {
    const { browser } = heldBy(places.staff);
    await findings.expect(`${title}: the consent is kept`, true, () =>
      visits.isSignedIn(at, browser, clients.careful.client_id),
    );
    await findings.expect(
      `${title}: the user code is kept`,
      true,
      async () => (await waitingAt(at, browser)).hasUserCode,
    );
  }

  /** Nobody can say whose of the contact centres a row of before is that several of them share (UPGRADING.md). */
  async function asksAgain(at: Side, title: string): Promise<void> {
    for (const place of [places.a, places.b]) {
      const { browser } = heldBy(place);
      await findings.expect(
        `${title}: consent and user code of before count in ${place.domain}`,
        'false, false',
        async () => {
          const isAllowed = await visits.isSignedIn(at, browser, clients.careful.client_id);
          return `${isAllowed}, ${(await waitingAt(at, browser)).hasUserCode}`;
        },
      );
    }
  }

  async function administrates(at: Side, title: string): Promise<void> {
    await findings.expect(`${title}: the administrator opens the administrators' page`, true, () =>
      opensAdministrators(visits, at, 'admin'),
    );
  }

  /** A request for approval that another replica takes to the person. */
  async function approveAcross(askAt: Side, answerAt: Side, title: string): Promise<void> {
    const { browser, sub, person } = heldBy(places.staff);
    const message = `asked ${title}`;
    const hint = { login_hint: `${places.staff.domain}\\${person.name}` };
    await findings.expect(`approval: ${title}`, `approved ${sub}`, async () => {
      const id = await ask(askAt, 'call', hint, message);
      const result = await approve(answerAt, browser, message);
      const idToken = await poll(askAt, id);
      const [, claims = ''] = idToken.split('.');
      return `${result} ${JSON.parse(Buffer.from(claims, 'base64url').toString()).sub}`;
    });
  }

  return {
    async prepare(side: Side): Promise<void> {
      for (const person of persons) before.push(await hold(visits, side, person));
      for (const place of [places.a, places.staff]) {
        const { browser } = heldBy(place);
        await visits.consent(side, browser, clients.careful.client_id);
        await keepUserCode(side, browser, userCode);
      }
    },
    browserOf(name: string): Browser {
      const held = before.find(({ person }) => person.name === name);
      if (held === undefined) throw new Error(`${name} has not signed in`);
      return held.browser;
    },
    nothingIsMissing,
    nothingIsLost,
    isStillAllowed,
    asksAgain,
    administrates,
    approveAcross,
  };
}

/** With a new login. One at a replica of the release before does not say how the person came in (UPGRADING.md). */
async function opensAdministrators(visits: Visits, at: Side, name: string): Promise<boolean> {
  const person = { name, place: places.a, password: `demo-${name}-password` };
  const { browser } = await visits.signIn(at, person);
  return (await visits.opens(at, browser, person, '/auth/console/administrators')) === 200;
}
