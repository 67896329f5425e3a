/** Measures what people notice while an attacker guesses at their accounts at full speed: `npm run siege`. */
import { setTimeout as delay } from 'node:timers/promises';
import { demoSeed } from '@gatehouse/config-server-simulator';
import { expect, it } from 'vitest';
import { type AuthApi, startAuthApi } from '../stack/auth-api.ts';
import { type Browser, createBrowser } from '../stack/browser.ts';
import { signIn, startInteraction } from '../stack/interaction.ts';

const seconds = Number(process.env['SIEGE_SECONDS'] ?? 180);
const attackersForEach = 8;
const pauseMs = 5_000;
/** The shortest window that a Configuration Server has; the sixth refusal locks until an administrator unlocks. */
const securityRules = { 'account-lockout-threshold': '6', 'account-lockout-attempts-period': '1' };
const password = 'the right password';

interface Person {
  /** Of the next login. */
  userName(): string;
  place: string;
  /** Types something wrong before every second login. */
  mistypes: boolean;
  browser(): Browser;
  /** Not at a page, as by the password grant. */
  isProgram?: boolean;
}

interface Visits {
  place: string;
  signIns: number;
  refused: number;
  slowestMs: number;
}

interface Result extends Visits {
  guesses: number;
  refusedGuesses: number;
}

it('an attacker at full speed against people at known browsers, at usual addresses and at new places', {
  timeout: (seconds + 60) * 1_000,
}, async () => {
  const tenants = [{ dbid: 101, name: 'demo', securityRules }];
  const stack = await startAuthApi({ seed: { ...demoSeed, tenants } });
  const replica = await startAuthApi({ beside: stack });
  const home = createBrowser(stack.app, '192.0.2.10');
  let visits = 0;
  const newBrowserAt = (address: string) => () => createBrowser(stack.app, address);
  const people: Person[] = [
    { userName: () => 'home', place: 'known browser, usual address', mistypes: true, browser: () => home },
    {
      userName: () => 'office',
      place: 'new browser, usual address',
      mistypes: false,
      browser: newBrowserAt('192.0.2.99'),
    },
    {
      userName: () => 'clumsy',
      place: 'new browser, usual address',
      mistypes: true,
      browser: newBrowserAt('192.0.2.98'),
    },
    {
      userName: () => 'travel',
      place: 'new browser, new place',
      mistypes: false,
      browser: () => createBrowser(stack.app, `203.0.113.${++visits % 250}`),
    },
  ];
  const names = people.map(({ userName }) => userName());
  for (const userName of names) {
    await stack.simulator.store.createPerson({ tenantDbid: 101, userName, password });
    expect(
      (await login(stack, userName === 'home' ? home : newBrowserAt('192.0.2.10')(), userName)).isIn,
    ).toBe(true);
  }

  const untilMs = performance.now() + seconds * 1_000;
  const isOver = () => performance.now() > untilMs;
  const results = await Promise.all(
    people.map(async (person): Promise<Result> => {
      const attackers = Array.from({ length: attackersForEach }, (_, index) =>
        attack(index % 2 === 0 ? stack : replica, person.userName(), isOver),
      );
      const visited = await visit(stack, person, isOver);
      const attacked = await Promise.all(attackers);
      return {
        ...visited,
        guesses: sum(attacked.map(({ guesses }) => guesses)),
        refusedGuesses: sum(attacked.map(({ refused }) => refused)),
      };
    }),
  );
  process.stdout.write(results.map((result) => `${JSON.stringify(result)}\n`).join(''));
  const [atHome, atOffice, , travelling] = results;
  expect([atHome?.refused, atOffice?.refused]).toEqual([0, 0]);
  const windows = Math.ceil(seconds / 60);
  // One for each window, and one more after each login of the person, which the Configuration Server forgets too.
  for (const { guesses, signIns } of results) expect(guesses).toBeLessThanOrEqual(windows + signIns);
  expect(travelling?.guesses).toBeGreaterThan(0);

  // Nobody is locked at the Configuration Server, and the help desk lets the traveller in.
  await replica.close();
  const center = await stack.deps.contactCenters.service.resolve('demo');
  if (center === undefined) throw new Error('the demo contact centre is gone');
  for (const userName of names) {
    await stack.deps.accounts.service.delays.unlock(center, userName);
    expect((await login(stack, createBrowser(stack.app, '203.0.113.251'), userName)).isIn).toBe(true);
  }
  await stack.close();
});

it('somebody who invents names at full speed, against people at the same address', {
  timeout: (seconds + 60) * 1_000,
}, async () => {
  const stack = await startAuthApi();
  const replica = await startAuthApi({ beside: stack });
  const shared = '203.0.113.200';
  const newBrowser = () => createBrowser(stack.app, shared);
  const createPerson = async (userName: string) => {
    await stack.simulator.store.createPerson({ tenantDbid: 101, userName, password });
    return userName;
  };
  const visits = Math.ceil((seconds * 1_000) / pauseMs) + 1;
  /** An account that was never used, for each login. */
  const newcomers = async (group: string) => {
    const unused = await Promise.all(
      Array.from({ length: visits }, (_, index) => createPerson(`${group}${index}`)),
    );
    return () => unused.pop() ?? '';
  };
  const people: Person[] = [
    { userName: () => 'colleague', place: 'used from there', mistypes: true, browser: newBrowser },
    {
      userName: await newcomers('new'),
      place: 'first login, at a page',
      mistypes: false,
      browser: newBrowser,
    },
    {
      userName: await newcomers('clumsy'),
      place: 'first login, at a page',
      mistypes: true,
      browser: newBrowser,
    },
    {
      userName: await newcomers('program'),
      place: 'first login, by a program',
      mistypes: false,
      browser: newBrowser,
      isProgram: true,
    },
  ];
  expect((await login(stack, newBrowser(), await createPerson('colleague'))).isIn).toBe(true);

  const untilMs = performance.now() + seconds * 1_000;
  const isOver = () => performance.now() > untilMs;
  const attackers = Array.from({ length: attackersForEach }, (_, index) =>
    invent(index % 2 === 0 ? stack : replica, shared, isOver),
  );
  const visited = await Promise.all(people.map((person) => visit(stack, person, isOver)));
  const attacked = await Promise.all(attackers);
  const guesses = sum(attacked.map(({ guesses: count }) => count));
  const refusedGuesses = sum(attacked.map(({ refused }) => refused));
  process.stdout.write(
    [...visited, { guesses, refusedGuesses }].map((line) => `${JSON.stringify(line)}\n`).join(''),
  );
  expect(visited.slice(0, 3).map(({ refused }) => refused)).toEqual([0, 0, 0]);
  await replica.close();
  await stack.close();
});

/** Signs in by the login page. */
async function login(stack: AuthApi, browser: Browser, username: string, typed = password) {
  const startedMs = performance.now();
  const page = await startInteraction(stack, browser);
  const { location } = await signIn(stack, browser, page, { username, password: typed, tenant: 'demo' });
  return { isIn: location?.includes('/resume') === true, tookMs: performance.now() - startedMs };
}

/** As a program does. */
async function signInWithoutPage(browser: Browser, username: string) {
  const startedMs = performance.now();
  const { status } = await browser.postJson('/auth/v3/sign-in', {
    data: { username, tenant: 'demo', password },
  });
  return { isIn: status === 200, tookMs: performance.now() - startedMs };
}

async function visit(stack: AuthApi, person: Person, isOver: () => boolean): Promise<Visits> {
  const outcomes: { isIn: boolean; tookMs: number }[] = [];
  for (let index = 0; !isOver(); index += 1) {
    await delay(pauseMs);
    const browser = person.browser();
    const userName = person.userName();
    if (person.mistypes && index % 2 === 1) await login(stack, browser, userName, 'mistyped');
    outcomes.push(
      await (person.isProgram ? signInWithoutPage(browser, userName) : login(stack, browser, userName)),
    );
  }
  return {
    place: `${person.place}${person.mistypes ? ', mistypes' : ''}`,
    signIns: outcomes.filter(({ isIn }) => isIn).length,
    refused: outcomes.filter(({ isIn }) => !isIn).length,
    slowestMs: Math.round(Math.max(...outcomes.map(({ tookMs }) => tookMs))),
  };
}

const attack = (api: AuthApi, username: string, isOver: () => boolean) =>
  guess(api, isOver, () => ({
    username,
    address: `198.18.${Math.floor(Math.random() * 256)}.${Math.floor(Math.random() * 256)}`,
  }));

const invent = (api: AuthApi, address: string, isOver: () => boolean) =>
  guess(api, isOver, () => ({ username: `invented${Math.random()}`, address }));

async function guess(
  { app }: AuthApi,
  isOver: () => boolean,
  next: () => { username: string; address: string },
) {
  let [guesses, refused] = [0, 0];
  while (!isOver()) {
    const { username, address } = next();
    const data = { username, tenant: 'demo', password: `guess ${Math.random()}` };
    const { status } = await createBrowser(app, address).postJson('/auth/v3/sign-in', { data });
    if (status === 401) guesses += 1;
    else refused += 1;
  }
  return { guesses, refused };
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
