/** Guesses passwords as strangers do, who have an address each. */

import type { Browser } from '../harness/browser.ts';
import type { Findings } from '../harness/findings.ts';
import { basic } from '../harness/http.ts';
import { type Directory, lockoutThreshold, type PersonName } from './directory.ts';
import { clients, type Place, places } from './estate.ts';
import type { Side } from './exchanges/exchange.ts';

/** From an address that nobody else has, named as the public host names it. */
export async function guessOnce(url: string, place: Place, name: PersonName, from = '192.0.2.66') {
  const { client_id: id, client_secret: secret } = clients.opaque;
  const response = await fetch(`${url}/auth/v3/oauth/token`, {
    method: 'POST',
    headers: { authorization: basic(id, secret), 'x-forwarded-for': from },
    body: new URLSearchParams({
      ...{ grant_type: 'password', username: `${place.domain}\\${name}`, password: 'a guess' },
    }),
  });
  await response.body?.cancel();
  return { status: response.status, body: undefined, requestId: '' };
}

interface GuessOptions {
  directory: Directory;
  findings: Findings;
  /** Of both releases. */
  sides: readonly Side[];
  /** One that has signed in to the account before: it has tries of its own. */
  known: Browser;
}

/** Strangers guess at both releases at once, in both contact centres of the account, and then somebody at a known browser. */
export async function guessEverywhere(
  { directory, findings, sides, known }: GuessOptions,
  name: PersonName,
  title: string,
): Promise<void> {
  const before = directory.askedAbout(name);
  const guesses = Array.from({ length: 24 }, (_, index) => {
    const place = index % 4 < 2 ? places.a : places.b;
    const url = sides[index % sides.length]?.addresses.authApi ?? '';
    return guessOnce(url, place, name, `198.51.100.${index}`);
  });
  const statuses = (await Promise.all(guesses)).map(({ status }) => status);
  for (let tries = 0; tries < 3; tries += 1)
    for (const { addresses } of sides) {
      const form = { username: name, tenant: places.a.domain, password: 'another guess' };
      await known.ask(addresses, '/auth/v3/sign-in', form);
    }
  await findings.expect(`${title}: the directory was asked less often than locks`, true, async () => {
    return directory.askedAbout(name) - before < lockoutThreshold;
  });
  await findings.expect(`${title}: the account is locked`, false, async () => directory.isLocked(name));
  await findings.expect(`${title}: other answers than 400 and 429`, '', async () =>
    statuses.filter((status) => status !== 400 && status !== 429).join(', '),
  );
}
