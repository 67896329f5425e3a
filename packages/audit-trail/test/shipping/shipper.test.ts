/** What holds up no other event on the way to Elasticsearch; with a writer that refuses what the test says. */
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { ChainedEvent } from '../../src/chain/trail.ts';
import type { Document, DocumentWriter } from '../../src/elasticsearch/bulk.ts';
import { createAuditShipper } from '../../src/shipping/shipper.ts';
import { createShippingStore } from '../../src/shipping/shipping-store.ts';
import { openTrail, silentLog, type TrailDatabase } from '../chain/trail-database.ts';

let shop: TrailDatabase;
beforeAll(async () => {
  shop = await openTrail();
});
afterAll(() => shop.close());
beforeEach(() => shop.reset());

function createShipper(options: {
  toDocument?: (event: ChainedEvent) => Document;
  /** Documents of one request that are let through. */
  most?: number;
}) {
  const { toDocument = ({ id, position }) => ({ id, body: { position } }), most = 1000 } = options;
  const taken: unknown[] = [];
  const writer: DocumentWriter = {
    doubt() {},
    async write(documents) {
      if (documents.length > most || documents.some(({ body }) => body['isHuge']))
        throw Object.assign(new Error('refused'), { name: 'ResponseError', statusCode: 413 });
      taken.push(...documents.map(({ body }) => body['position']));
      return { refused: new Map(), again: new Map() };
    },
  };
  const store = createShippingStore(shop.trail, 'elasticsearch');
  const shipper = createAuditShipper({
    ...{
      pool: shop.pool,
      name: 'shop',
      receiver: 'Elasticsearch',
      store,
      writer,
      toDocument,
      log: silentLog,
    },
  });
  return { shipper, store, taken };
}

const setAside = async () =>
  (await shop.pool.query('SELECT position, reason FROM shop.audit_set_aside ORDER BY 1')).rows;

it('an event that cannot be made into a document is set aside, and goes when a later release can', async () => {
  await shop.append(10);
  await shop.chain();
  const { shipper, taken } = createShipper({
    toDocument({ id, position }) {
      if (position === 4) throw new TypeError('no such thing');
      return { id, body: { position } };
    },
  });

  expect(await shipper.shipOnce()).toBe(10);

  expect(taken).toEqual([1, 2, 3, 5, 6, 7, 8, 9, 10]);
  expect(await setAside()).toEqual([{ position: '4', reason: 'no document: TypeError' }]);
  expect(await shipper.reship()).toBe(0);
  expect(await createShipper({}).shipper.reship()).toBe(1);
  expect(await setAside()).toEqual([]);
});

it('a proxy that lets less through gets smaller requests, in the same order', async () => {
  await shop.append(10);
  await shop.chain();
  const { shipper, taken } = createShipper({ most: 3 });

  expect(await shipper.shipOnce()).toBe(10);

  expect(taken).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
});

it('a single event that is too large is set aside', async () => {
  await shop.append(5);
  await shop.chain();
  const { shipper, taken } = createShipper({
    toDocument: ({ id, position }) => ({ id, body: { position, isHuge: position === 2 } }),
  });

  await shipper.shipOnce();

  expect(taken).toEqual([1, 3, 4, 5]);
  expect(await setAside()).toEqual([{ position: '2', reason: 'too large' }]);
});
