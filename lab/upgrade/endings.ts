/** Ends what people hold, each way at a replica of one release, so that the other one can be asked. */

import { operator } from '../../tools/stack/provisioning/demo.ts';
import { basic } from '../harness/http.ts';
import type { Directory, PersonName } from './directory.ts';
import { clientOf, type Place, places } from './estate.ts';
import { right, type Side } from './exchanges/exchange.ts';
import { allParts, type Held, hold, type Part } from './held.ts';
import type { Person, Visits } from './visits.ts';

/** The tokens that must be dead at every replica from now on. */
export interface Ended {
  what: string;
  held: Held;
  parts: readonly Part[];
}

export interface EndingsOptions {
  visits: Visits;
  directory: Directory;
  publicUrl: string;
}

interface Ending {
  what: string;
  place: Place;
  /** Those beside who must lose the same: in the other contact centre of the environment. */
  alsoAt?: Place;
  parts?: readonly Part[];
  /** Default: the next one whom nobody else uses. */
  person?(isSecond: boolean): Omit<Person, 'place'>;
  end(at: Side, held: Held): Promise<unknown>;
  /** So that what comes back to life would be seen. */
  undo?(at: Side, held: Held): Promise<unknown>;
}

const authorization = basic(operator.username, operator.password);
const operate = async ({ http }: Side, method: string, path: string, data?: unknown) =>
  right(await http(path, { method, authorization, ...(data !== undefined && { json: { data } }) }));

export function endingsOf({ directory, publicUrl }: EndingsOptions): Ending[] {
  const { a, b, brief } = places;
  const setStatus = (at: Side, status: string) =>
    operate(at, 'PUT', `/environment/v3/contact-centers/${brief.id}`, { status });
  const nameOf = ({ person }: Held) => person.name as PersonName;
  return [
    {
      what: 'the person signs out everywhere',
      place: a,
      end: async ({ http }, { opaque }) =>
        right(
          await http('/auth/v3/sign-out?global=true', {
            ...{ method: 'POST', authorization: `Bearer ${opaque.access}` },
          }),
        ),
    },
    {
      what: 'the operator ends the sessions of the person',
      place: b,
      end: (at, { person }) =>
        operate(
          at,
          'DELETE',
          `/auth/v3/ops/sessions?user=${person.name}&contactCenter=${person.place.domain}`,
        ),
    },
    {
      what: 'the browser signs out',
      place: a,
      parts: ['session', 'opaque token', 'JWT'],
      async end({ addresses }, { browser }) {
        const { status } = await browser.ask(addresses, '/auth/v3/sign-out', {});
        if (status !== 302 && status !== 303) throw new Error(`${publicUrl} answered ${status}`);
      },
    },
    {
      what: 'the directory disables the person',
      ...{ place: a, alsoAt: b },
      end: (_at, held) => directory.setEnabled(nameOf(held), false),
      undo: (_at, held) => directory.setEnabled(nameOf(held), true),
    },
    {
      what: 'the directory gets another password of the person',
      ...{ place: a, alsoAt: b },
      end: (_at, held) => directory.setPassword(nameOf(held), 'another password'),
    },
    {
      what: 'the people store deactivates the person',
      place: places.staff,
      person: (isSecond) =>
        isSecond
          ? { name: 'supervisor', password: 'demo-supervisor-password' }
          : { name: 'admin', password: 'demo-admin-password' },
      end: (at, held) => deactivate(at, held.person),
    },
    {
      what: 'the client is deleted',
      place: b,
      parts: ['JWT', 'refresh token of the JWT'],
      end: (at, { jwtClientId }) => operate(at, 'DELETE', `/auth/v3/ops/clients/${jwtClientId}`),
    },
    {
      what: 'the contact centre is disabled',
      place: brief,
      end: (at) => setStatus(at, 'disabled'),
      undo: (at) => setStatus(at, 'active'),
    },
  ];
}

/** As a provisioning program does, by SCIM (RFC 7644). */
async function deactivate(at: Side, { name, place }: Person): Promise<void> {
  const path = `/environment/v3/contact-centers/${place.id}/scim/v2/Users`;
  const query = new URLSearchParams({ filter: `userName eq "${name}"` });
  const found = right(await at.http(`${path}?${query}`, { authorization }));
  const [{ id } = { id: '' }] = found['Resources'] as { id: string }[];
  const json = {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [{ op: 'replace', path: 'active', value: false }],
  };
  right(await at.http(`${path}/${id}`, { method: 'PATCH', authorization, json }));
}

/** Logs in at one replica, ends it at another, and says what must be dead. */
export async function endOnce(
  { visits }: EndingsOptions,
  ending: Ending,
  {
    loginAt,
    endAt,
    person,
    title,
  }: { loginAt: Side; endAt: Side; person: Omit<Person, 'place'>; title: string },
): Promise<{ ended: Ended[]; undo(): Promise<unknown> }> {
  const clientId = ending.what.includes('client') ? `upgrade-brief-${person.name}` : undefined;
  if (clientId !== undefined)
    await operate(loginAt, 'POST', '/auth/v3/ops/clients', {
      ...clientOf(clientId),
      accessTokenFormat: 'jwt',
    });
  const persons = [ending.place, ...(ending.alsoAt ? [ending.alsoAt] : [])].map((place) => ({
    ...person,
    place,
  }));
  const all: Held[] = [];
  for (const one of persons) all.push(await hold(visits, loginAt, one, clientId));
  const [first] = all;
  if (first === undefined) throw new Error('nobody has signed in');
  await ending.end(endAt, first);
  const { what, parts = allParts } = ending;
  return {
    ended: all.map((held) => ({
      what: `${what} (${held.person.place.domain}; ${title})`,
      held,
      parts,
    })),
    undo: async () => ending.undo?.(endAt, first),
  };
}
