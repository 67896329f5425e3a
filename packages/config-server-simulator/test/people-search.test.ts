/** People found by the beginning of a name, page by page. */
import { describe, expect, it } from 'vitest';
import { connectTo, startServer } from './harness.ts';

const tenantDbid = 101;
const newcomers = [
  { userName: 'zoe', firstName: 'Anna', lastName: 'Berg', emailAddress: 'Qzoe@example.com' },
  { userName: 'Xanton', firstName: 'Toni', lastName: 'Amsel' },
  { userName: 'xbert', firstName: 'Bert', lastName: 'Anders', isEnabled: false },
  { userName: 'XÄRGER', lastName: 'Ärger' },
  { userName: 'x*', lastName: 'Stern' },
];

async function open() {
  const server = await startServer();
  for (const person of newcomers) await server.store.createPerson({ tenantDbid, ...person });
  const client = connectTo([server]);
  const namesOf = async (text: string) => {
    const { people } = await client.searchPersons({ text, tenantDbid, limit: 50 });
    return people.map(({ userName }) => userName);
  };
  return { client, namesOf };
}

describe('people', () => {
  it.each([
    ['user name', 'XAN', ['Xanton']],
    ['e-mail address', 'qZOE@', ['zoe']],
    ['last name', 'anders', ['xbert']],
    ['first and last name', 'anna b', ['zoe']],
    ['name with other letters', 'ärg', ['XÄRGER']],
  ])('are found by the beginning of a %s', async (_what, text, names) => {
    expect(await (await open()).namesOf(text)).toEqual(names);
  });

  it('are found by the text as it stands', async () => {
    const { namesOf } = await open();
    expect(await namesOf('x*')).toEqual(['x*']);
    expect(await namesOf('*')).toEqual([]);
    expect(await namesOf('%')).toEqual([]);
    expect(await namesOf('erg')).toEqual([]);
  });

  it('come with what a list shows, in the order of their names, and only those of the tenant', async () => {
    const { client } = await open();
    const page = await client.searchPersons({ text: 'x', tenantDbid, limit: 50 });
    expect(page).toEqual({
      people: [
        expect.objectContaining({ userName: 'x*', lastName: 'Stern', state: 'active' }),
        expect.objectContaining({ userName: 'Xanton', firstName: 'Toni' }),
        expect.objectContaining({ userName: 'xbert', state: 'disabled' }),
        expect.objectContaining({ userName: 'XÄRGER' }),
      ],
      isCut: false,
      isWholeNames: false,
    });
    expect((await client.searchPersons({ text: 'x', tenantDbid: 1, limit: 50 })).people).toEqual([]);
  });

  it('come in pages that miss nobody and show nobody twice', async () => {
    const { client } = await open();
    const all = await client.searchPersons({ text: '', tenantDbid, limit: 50 });
    const found: string[] = [];
    let after: string | undefined;
    do {
      const page = await client.searchPersons({
        text: '',
        tenantDbid,
        limit: 2,
        ...(after === undefined ? {} : { after }),
      });
      expect(page.people.length).toBeLessThanOrEqual(2);
      found.push(...page.people.map(({ userName }) => userName));
      after = page.next;
    } while (after !== undefined);
    expect(found).toEqual(all.people.map(({ userName }) => userName));
    expect(found.length).toBeGreaterThan(newcomers.length);
  });
});
