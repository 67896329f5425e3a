/** Makes a contact centre with the new release, beside those that exist since before the upgrade. */
import { environmentId, operator } from '../../tools/stack/provisioning/demo.ts';
import type { Findings } from '../harness/findings.ts';
import { basic } from '../harness/http.ts';
import type { PersonName } from './directory.ts';
import { type Place, places } from './estate.ts';
import { right, type Side } from './exchanges/exchange.ts';
import { type Held, hold } from './held.ts';
import type { Visits } from './visits.ts';

const authorization = basic(operator.username, operator.password);

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
