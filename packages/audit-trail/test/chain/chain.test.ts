/** The hash chain: whoever changes the database afterwards is found out. */

import { createSecretBox, Secret } from '@gatehouse/service-kit/crypto';
import { inTransaction } from '@gatehouse/service-kit/postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createAuditChainer } from '../../src/chain/chainer.ts';
import { readLastPosition, resealDays } from '../../src/chain/days.ts';
import { eraseFromChain, resealErasures } from '../../src/chain/erasure.ts';
import { chainHash, noHash, personalDigest } from '../../src/chain/hash.ts';
import { verifyAuditTrail } from '../../src/chain/verify.ts';
import { box, deleteExpired, key, openTrail, type TrailDatabase } from './trail-database.ts';

let shop: TrailDatabase;
const broken: string[] = [];
beforeAll(async () => {
  shop = await openTrail((problem) => broken.push(problem));
});
afterAll(() => shop.close());
beforeEach(async () => {
  await shop.reset();
  broken.length = 0;
});

const verify = async (options: { secretBox?: typeof box; keptFrom?: string } = {}) =>
  (await verifyAuditTrail({ trail: shop.trail, secretBox: box, keptFrom: '2000-01-01', ...options })).days;

/** Changes the rows, and every hash so that the chain fits again: what one can do who has the database and no key. */
async function forge(change: string): Promise<void> {
  await shop.pool.query(change);
  let hash = noHash;
  const { rows } = await shop.pool.query(
    `SELECT event.*, position, personal_salt FROM shop.audit_chain JOIN shop.events event ON seq = event_seq
     ORDER BY position`,
  );
  for (const row of rows) {
    const event = shop.trail.read(row);
    const digest = personalDigest(row.personal_salt, event.personal ?? {});
    hash = chainHash(hash, event, digest);
    await shop.pool.query('UPDATE shop.audit_chain SET hash = $2, personal_digest = $3 WHERE position = $1', [
      row.position,
      hash,
      digest,
    ]);
  }
}
const eraseSecond = () =>
  inTransaction(shop.pool, (transaction) =>
    eraseFromChain(shop.trail, { transaction, secretBox: box }, async () => {
      await transaction.query('UPDATE shop.events SET person = NULL WHERE seq = 2');
      return ['2'];
    }),
  );

interface PlanNode {
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  Plans?: PlanNode[];
}

function rowsRead(node: PlanNode, table: string): number {
  const own = node['Relation Name'] === table ? node['Actual Rows'] * node['Actual Loops'] : 0;
  return (node.Plans ?? []).reduce((sum, inner) => sum + rowsRead(inner, table), own);
}

const problems = async () => (await verify()).flatMap((day) => day.problems);

describe('an audit chain', () => {
  it('takes every event once, however many processes are at it, and holds', async () => {
    await shop.append(50);
    const counts = await Promise.all(Array.from({ length: 4 }, () => shop.chain()));
    await shop.chain();

    expect(counts.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(50);
    expect(await verify()).toMatchObject([{ day: '2027-01-15', events: 50, problems: [] }]);
  });

  it('reads the events that wait and no others, also when PostgreSQL expects more of them', async () => {
    const { chainOnce } = createAuditChainer({ trail: shop.trail, secretBox: box, now: Date.now });
    await shop.append(20_000);
    await shop.pool.query('ANALYZE shop.events, shop.audit_unchained');
    const client = await shop.pool.connect();
    client.release();
    const sent = vi.spyOn(Object.getPrototypeOf(client), 'query');
    await chainOnce();
    const [text, values] = sent.mock.calls.find(([sql]) => `${sql}`.includes('shop.events')) ?? [];
    sent.mockRestore();
    await shop.append(100);
    const { rows } = await shop.pool.query(`EXPLAIN (ANALYZE, FORMAT JSON) ${text}`, values as unknown[]);

    expect(rowsRead(rows[0]['QUERY PLAN'][0].Plan, 'events')).toBe(100);
  });

  it('goes on from one day to the next', async () => {
    await shop.append(3);
    await shop.chain('2027-01-15');
    await shop.append(4);
    await shop.chain('2027-01-16');

    expect(await verify()).toMatchObject([
      { day: '2027-01-15', events: 3, problems: [] },
      { day: '2027-01-16', events: 4, problems: [] },
    ]);
  });

  it('does not pass over an event that was written before others and committed after them', async () => {
    const late = await shop.pool.connect();
    await late.query('BEGIN');
    await late.query(`INSERT INTO shop.events (action, person) VALUES ('late', 'p')`);
    await shop.append(2);
    await shop.chain();
    await late.query('COMMIT');
    late.release();
    await shop.chain();

    expect(await verify()).toMatchObject([{ events: 3, problems: [] }]);
  });

  describe.each([
    ['a changed fact', `UPDATE shop.events SET action = 'nothing' WHERE seq = 3`, /event 3 was changed/],
    [
      'a changed person',
      `UPDATE shop.events SET person = 'else' WHERE seq = 3`,
      /event 3: what it says of the person/,
    ],
    [
      'a changed time',
      `UPDATE shop.events SET at = at - interval '1 s' WHERE seq = 3`,
      /event 3 was changed/,
    ],
    ['an event taken out', 'DELETE FROM shop.events WHERE seq = 3', /event 3 is missing/],
    ['the last event taken out', 'DELETE FROM shop.events WHERE seq = 10', /event 10 is missing/],
    [
      'events taken out and the others moved up',
      `DELETE FROM shop.events WHERE seq = 3;
       UPDATE shop.audit_chain SET position = position - 1 WHERE position > 3;
       UPDATE shop.audit_days SET last_position = 9`,
      /event 3 was changed, or the one before it/,
    ],
    [
      'a person passed off as erased',
      `UPDATE shop.audit_chain SET personal_salt = NULL WHERE position = 3`,
      /event 3: what it says of the person/,
    ],
    [
      'a chain that ends early, with a day made to fit',
      `DELETE FROM shop.events WHERE seq > 8;
       UPDATE shop.audit_days SET last_position = 8,
         hash = (SELECT hash FROM shop.audit_chain WHERE position = 8)`,
      /seal of 2027-01-15 was made for another end/,
    ],
    [
      'two events swapped',
      `UPDATE shop.events SET action = 'action ' || 7 - seq, person = 'person ' || 7 - seq WHERE seq IN (3, 4)`,
      /event 3 was changed.*event 4 was changed/s,
    ],
    ['the day taken away', 'DELETE FROM shop.audit_days', /events 1 to 10 are of no sealed day/],
    [
      'an event taken out of the chain alone',
      `DELETE FROM shop.audit_chain WHERE position = 3`,
      /event 3 is missing.*1 events are not in the chain/s,
    ],
    [
      'an event put in past the chain',
      `ALTER TABLE shop.events DISABLE TRIGGER enter;
       INSERT INTO shop.events (action) VALUES ('made up'); ALTER TABLE shop.events ENABLE TRIGGER enter`,
      /1 events are not in the chain/,
    ],
    ['everything taken out', 'TRUNCATE shop.events, shop.audit_chain', /events 1 to 10 are missing/],
  ])('after %s', (_, tampering, problem) => {
    it('does not hold', async () => {
      await shop.append(10);
      await shop.chain();
      expect(await problems()).toEqual([]);

      await shop.pool.query(tampering);

      expect((await problems()).join('\n')).toMatch(problem);
    });
  });

  it('does not hold for one who recomputes every hash but has no key', async () => {
    await shop.append(5);
    await shop.chain();
    await shop.pool.query(`UPDATE shop.events SET action = 'nothing' WHERE seq = 2;
      TRUNCATE shop.audit_chain; INSERT INTO shop.audit_unchained SELECT seq FROM shop.events;`);
    const forger = createSecretBox(new Secret(key('k1', 9)));
    await createAuditChainer({
      trail: shop.trail,
      secretBox: forger,
      now: () => Date.parse('2027-01-15'),
    }).chainOnce();

    expect((await problems()).join('\n')).toMatch(/the seal of 2027-01-15 does not open/);
  });

  describe('that somebody recomputed whole in the database', () => {
    const fourDays = async () => {
      for (const day of ['2027-01-12', '2027-01-13', '2027-01-14', '2027-01-15']) {
        await shop.append(3);
        await shop.chain(day);
      }
    };
    const goOn = async () => {
      await shop.append(1);
      await shop.chain();
    };

    it('does not get its seal from the next event', async () => {
      await fourDays();
      await forge(`UPDATE shop.events SET action = 'nothing' WHERE seq = 11`);

      await goOn();
      await goOn();

      expect(broken).toEqual([
        expect.stringMatching(/ends with event 12, which is not the one that was sealed/),
      ]);
      expect(await problems()).toEqual(['event 13 was changed, or the one before it']);
    });

    it('does not get it either when the days that would tell are taken away', async () => {
      await fourDays();
      await forge(`UPDATE shop.events SET action = 'nothing' WHERE seq = 5;
        DELETE FROM shop.audit_days WHERE day > '2027-01-12'`);

      await goOn();

      expect(broken).toHaveLength(1);
      expect(await problems()).toEqual(['event 13 was changed, or the one before it']);
    });

    it('shows a whole day that was cut out', async () => {
      await fourDays();
      await forge(`DELETE FROM shop.events WHERE seq BETWEEN 4 AND 6;
        DELETE FROM shop.audit_days WHERE day = '2027-01-13';
        UPDATE shop.audit_chain SET position = position - 3 WHERE position > 6`);

      await goOn();

      expect((await problems()).join()).toMatch(/missing|was changed/);
    });

    it('shows an end that was cut off, also when events came afterwards', async () => {
      await fourDays();
      await shop.pool.query('DELETE FROM shop.events WHERE seq > 10');

      await goOn();

      expect(broken).toHaveLength(1);
      expect(await problems()).toEqual(['events 11 to 12 are missing']);
    });

    it.each([
      ['a day that is past its time', '2027-01-13'],
      ['a day that is kept', '2000-01-01'],
    ])('shows that %s was made to end where others did that were taken away', async (_, keptFrom) => {
      await fourDays();
      await shop.pool.query(`UPDATE shop.audit_days SET (last_position, hash) =
          (SELECT last_position, hash FROM shop.audit_days WHERE day = '2027-01-14') WHERE day = '2027-01-12';
        DELETE FROM shop.audit_days WHERE day IN ('2027-01-13', '2027-01-14');
        DELETE FROM shop.events WHERE seq BETWEEN 4 AND 9`);

      const found = (await verify({ keptFrom })).flatMap((day) => day.problems);

      expect(found.join()).toMatch(/the seal of 2027-01-12 was made for another end of it/);
    });

    it('shows that it was set back with its seals to the one who entered what is missing', async () => {
      let day = '2027-01-14';
      const chainer = createAuditChainer({
        ...{ trail: shop.trail, secretBox: box, now: () => Date.parse(day) },
        onBroken: (problem) => broken.push(problem),
      });
      const enter = async (count: number) => {
        await shop.append(count);
        await chainer.chainOnce();
      };
      await enter(5);
      day = '2027-01-15';
      await enter(3);
      await shop.pool.query(`DELETE FROM shop.events WHERE seq > 5;
        DELETE FROM shop.audit_days WHERE day = '2027-01-15'`);

      await enter(1);
      await enter(1);

      expect(broken).toEqual([expect.stringMatching(/ended with event 8 and now ends with 5/)]);
      expect(await problems()).toEqual(['events 6 to 8 are missing']);
    });

    it('is not held up by a day of the future that somebody put in', async () => {
      await fourDays();
      await shop.pool.query(
        `INSERT INTO shop.audit_days VALUES ('2999-01-01', 99, sha256('x'), 'v1.k1.x.x')`,
      );

      await goOn();

      expect(broken).toEqual([]);
      expect(await verify()).toMatchObject([
        {},
        {},
        {},
        { day: '2027-01-15', events: 4, problems: [] },
        { day: '2999-01-01', problems: [expect.anything(), expect.stringMatching(/does not open/)] },
      ]);
    });
  });

  it('goes on at its next place when all there was is past its time and deleted', async () => {
    await shop.append(6);
    await shop.chain('2027-01-10');
    await deleteExpired(shop.trail, { before: '2027-01-15', shippedTo: [] });
    expect(await readLastPosition('shop', shop.pool)).toBe(6);
    await shop.append(2);
    await shop.chain();

    expect(broken).toEqual([]);
    expect(await verify({ keptFrom: '2027-01-15' })).toMatchObject([{ events: 2, problems: [] }]);
    const { rows } = await shop.pool.query('SELECT min(position) AS first FROM shop.audit_chain');
    expect(rows).toEqual([{ first: '7' }]);
  });

  it('takes no day back when the clock of another process is behind', async () => {
    await shop.append(2);
    await shop.chain('2027-01-16');
    await shop.append(2);
    await shop.chain('2027-01-15');

    expect(await verify()).toMatchObject([{ day: '2027-01-16', events: 4, problems: [] }]);
  });

  it('holds while events are entered into it', async () => {
    let isOver = false;
    const writing = (async () => {
      while (!isOver) {
        await shop.append(20);
        await shop.chain();
      }
    })();
    for (let round = 0; round < 20; round++) expect(await problems()).toEqual([]);
    isOver = true;
    await writing;
  });

  it('holds after a person was erased', async () => {
    await shop.append(4);
    await shop.chain();
    await eraseSecond();

    expect(await problems()).toEqual([]);
    expect((await shop.pool.query('SELECT FROM shop.audit_chain WHERE personal_salt IS NULL')).rowCount).toBe(
      1,
    );
  });

  it('holds after an erasure that came while an event got its place', async () => {
    await shop.append(4);
    const chaining = shop.chain();
    await eraseSecond();
    await chaining;
    await shop.chain();

    expect(await problems()).toEqual([]);
  });

  it.each([
    ['without a seal', `UPDATE shop.audit_chain SET personal_salt = NULL WHERE position = 3`],
    [
      'with the seal of another erasure',
      `UPDATE shop.audit_chain SET personal_salt = NULL,
         erasure_seal = (SELECT erasure_seal FROM shop.audit_chain WHERE position = 2) WHERE position = 3`,
    ],
  ])('does not hold after somebody took himself out of the tables %s', async (_, statement) => {
    await shop.append(4);
    await shop.chain();
    await eraseSecond();
    await shop.pool.query(`UPDATE shop.events SET person = NULL WHERE seq = 3; ${statement}`);

    expect(await problems()).toEqual([
      'event 3: what it said of the person was taken out, and not by an erasure',
    ]);
  });

  it('holds after days were deleted that are past their time, and only those are', async () => {
    await shop.append(6);
    await shop.chain('2027-01-15');
    await shop.append(4);
    await shop.chain('2027-01-16');

    expect(await deleteExpired(shop.trail, { before: '2027-01-16', shippedTo: [] })).toBe(6);

    expect(await verify({ keptFrom: '2027-01-16' })).toMatchObject([
      { day: '2027-01-16', events: 4, problems: [] },
    ]);
    expect((await verify()).flatMap((day) => day.problems)).toEqual(['events 1 to 6 are missing']);
  });

  it('keeps what is past its time until the target has it', async () => {
    await shop.append(6);
    await shop.chain('2027-01-15');
    await shop.pool.query(`INSERT INTO shop.audit_shipping VALUES ('elasticsearch', 4)`);

    expect(await deleteExpired(shop.trail, { before: '2027-01-16', shippedTo: ['elasticsearch'] })).toBe(4);
  });

  it('keeps what is past its time until every target has it, and what one of them refused', async () => {
    await shop.append(6);
    await shop.chain('2027-01-15');
    await shop.pool.query(`INSERT INTO shop.audit_shipping VALUES ('elasticsearch', 6), ('forward', 3)`);
    await shop.pool.query(`INSERT INTO shop.audit_set_aside VALUES ('forward', 2, 'too large')`);
    const expire = (...shippedTo: string[]) => deleteExpired(shop.trail, { before: '2027-01-16', shippedTo });

    expect(await expire('elasticsearch', 'unknown')).toBe(0);
    expect(await expire('elasticsearch', 'forward')).toBe(2);
    expect(await expire('elasticsearch')).toBe(4);
  });

  it('is sealed anew when the key is changed, and then needs the former key no more', async () => {
    await shop.append(2);
    await shop.chain();
    await eraseSecond();
    const both = createSecretBox(new Secret(`${key('k2', 2)},${key('k1')}`));
    const newOnly = createSecretBox(new Secret(key('k2', 2)));

    await resealErasures('shop', shop.pool, both);
    expect(await resealDays('shop', shop.pool, both)).toBe(1);

    expect(await verify({ secretBox: newOnly })).toMatchObject([{ problems: [] }]);
    expect(await resealDays('shop', shop.pool, newOnly)).toBe(0);
  });
});
