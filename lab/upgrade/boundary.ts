/** Asks whether anything of one contact centre is seen, changed or ended from another one of the same environment. */

import { environmentId, operator } from '../../tools/stack/provisioning/demo.ts';
import type { Findings } from '../harness/findings.ts';
import { basic } from '../harness/http.ts';
import { ask, keepUserCode, waitingAt } from './approvals.ts';
import type { PersonName } from './directory.ts';
import { clients, type Place, places } from './estate.ts';
import { right, type Side } from './exchanges/exchange.ts';
import { accepted, type Held, hold, missing } from './held.ts';
import type { Visits } from './visits.ts';

const authorization = basic(operator.username, operator.password);
const none = '';
const code = 'code at the first one';

/** One person who is signed in to both contact centres that exist since before the upgrade. */
export async function checkBoundary(
  { visits, findings }: { visits: Visits; findings: Findings },
  at: Side,
  name: PersonName,
): Promise<void> {
  const { a, b } = places;
  const [here, there] = [
    await hold(visits, at, { name, place: a }),
    await hold(visits, at, { name, place: b }),
  ];
  await findings.expect('sessions that a token of each contact centre lists', '1 and 1', async () => {
    const counts = await Promise.all([here, there].map((held) => sessionsBy(at, held)));
    return counts.join(' and ');
  });
  await findings.expect('sessions that the operator sees of each', '1 and 1', async () => {
    const counts = [];
    for (const { domain } of [a, b]) {
      const path = `/auth/v3/ops/sessions?user=${name}&contactCenter=${domain}`;
      const { data } = right(await at.http(path, { authorization }));
      counts.push((data as { sessions?: unknown[] }).sessions?.length ?? (data as unknown[]).length);
    }
    return counts.join(' and ');
  });
  await findings.expect('a consent of one counts at the other', false, async () => {
    await visits.consent(at, here.browser, clients.careful.client_id);
    return visits.isSignedIn(at, there.browser, clients.careful.client_id);
  });
  await findings.expect('a user code of one is that of the other', 'code_kept, false', async () => {
    const result = await keepUserCode(at, here.browser, code);
    return `${result}, ${(await waitingAt(at, there.browser)).hasUserCode}`;
  });
  await findings.expect('a request by an ID token of one is shown at each', 'true, false', async () => {
    const { id } = await visits.more(at, here.browser, clients.desk.client_id);
    await ask(at, 'desk', { id_token_hint: id, user_code: code }, 'for one');
    const shown = await Promise.all(
      [here, there].map(async ({ browser }) =>
        (await waitingAt(at, browser)).data.some(({ bindingMessage }) => bindingMessage === 'for one'),
      ),
    );
    return shown.join(', ');
  });
  await findings.expect(
    'an administrator of one opens its page, and that of the other',
    '200, 404',
    async () => {
      const person = { name: 'supervisor', place: b, password: 'demo-supervisor-password' };
      const { browser } = await visits.signIn(at, person);
      const open = ({ id }: Place) =>
        visits.opens(at, browser, person, `/auth/console/contact-centers/${id}`);
      return `${await open(b)}, ${await open(a)}`;
    },
  );
  await findings.expect('signed out everywhere at one: the other one has lost', none, async () => {
    const path = '/auth/v3/sign-out?global=true';
    right(await at.http(path, { method: 'POST', authorization: `Bearer ${there.opaque.access}` }));
    return (await missing(visits, at, here)).join(', ');
  });
  await findings.eventually('… and it has left there', none, async () =>
    (await accepted(visits, at, there)).join(', '),
  );
}

async function sessionsBy({ http }: Side, { opaque }: Held): Promise<number> {
  const { data } = right(await http('/auth/v3/sessions', { authorization: `Bearer ${opaque.access}` }));
  return (data as unknown[]).length;
}

/** Asks the API about contact centres that exist since before, and about one that is made now. Gives a login to the new one. */
export async function checkNewContactCenter(
  { visits, findings }: { visits: Visits; findings: Findings },
  at: Side,
  name: PersonName,
): Promise<Held> {
  const place: Place = { id: '0000de40-0000-4000-8000-00000000cc05', domain: 'later' };
  const read = async ({ id }: Place) => {
    const { data } = right(await at.http(`/environment/v3/contact-centers/${id}`, { authorization }));
    const { membership, subjectScope } = data as { membership?: { by: string }; subjectScope?: string };
    return `${membership?.by} ${subjectScope}`;
  };
  for (const one of [places.a, places.b])
    await findings.expect(`members and subjects of ${one.domain}`, 'all environment', () => read(one));
  const { domain } = place;
  const json = { data: { id: place.id, name: domain, domains: [domain], environmentId } };
  right(await at.http('/environment/v3/contact-centers', { authorization, json }));
  await findings.expect('members and subjects of a new one', 'all contactCenter', () => read(place));
  const [later, before] = [
    await hold(visits, at, { name, place }),
    await hold(visits, at, { name, place: places.a }),
  ];
  await findings.expect('a person has the same subject there', false, async () => later.sub === before.sub);
  return later;
}
