/** Ships an audit trail to a destination in the order of the chain; each event arrives at least once. */
import { setTimeout as pause } from 'node:timers/promises';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Logger } from '@gatehouse/service-kit/observability';
import { type Pool, withAdvisoryLock } from '@gatehouse/service-kit/postgres';
import type { ChainedEvent } from '../chain/trail.ts';
import { type BulkResult, type Document, type DocumentWriter, inHalves } from '../elasticsearch/bulk.ts';
import type { ShippingStore } from './shipping-store.ts';

interface AuditShipperOptions {
  pool: Pool;
  /** Name of the lock: one replica at a time ships a trail to a destination. */
  name: string;
  /** Name of the destination in messages. */
  receiver: string;
  store: ShippingStore;
  writer: DocumentWriter;
  toDocument(event: ChainedEvent): Document;
  log: Logger;
  onShipped?(events: number): void;
  onSetAside?(events: number): void;
  /** Most events of one request. */
  batchSize?: number;
  /** Most bytes of one request. */
  batchBytes?: number;
  /** Pause before single documents are sent again, in milliseconds; doubled each time. */
  retryPauseMs?: number;
}

const attempts = 5;

/** Names the lock that a process holds while it writes events into a destination; `name`: that of the destination for the trail. */
export function shippingLock(name: string): string {
  return `audit-ship:${name}`;
}

export function createAuditShipper(options: AuditShipperOptions) {
  const {
    pool,
    name,
    receiver,
    store,
    writer,
    log,
    batchSize = 1000,
    batchBytes = 4_194_304,
    retryPauseMs = 200,
  } = options;

  /** Sends until each document is taken or refused. @throws Error when some are neither after the last attempt */
  async function deliver(
    documents: readonly Document[],
    signal?: AbortSignal,
  ): Promise<BulkResult['refused']> {
    const refused: BulkResult['refused'] = new Map();
    let left = documents;
    if (left.length === 0) return refused;
    for (let attempt = 1; ; attempt += 1) {
      const results = await inHalves(left, async (part) => [await writer.write(part, signal)], tooLarge);
      for (const [id, reason] of results.flatMap((result) => [...result.refused])) refused.set(id, reason);
      const again = new Map(results.flatMap((result) => [...result.again]));
      left = left.filter(({ id }) => again.has(id));
      if (left.length === 0) return refused;
      const [reason] = again.values();
      if (attempt === attempts)
        throw new Error(`${receiver} does not take ${left.length} documents: ${reason}`);
      await pause(retryPauseMs * 2 ** (attempt - 1), undefined, definedOnly({ signal }));
    }
  }

  async function shipBatch(signal?: AbortSignal): Promise<number> {
    const events = withinBytes(await store.next(batchSize), options.toDocument, batchBytes);
    const last = events.at(-1);
    if (last === undefined) return 0;
    const refused = await deliver(documentsOf(events), signal);
    const setAside = events.flatMap(({ event, document, problem }) => {
      const reason = problem ?? refused.get(document?.id ?? '');
      return reason === undefined ? [] : [{ position: event.position, reason }];
    });
    await store.advance(last.event.position, setAside);
    if (setAside.length > 0) {
      log.error(
        { setAside },
        `${receiver} refuses audit events for what they are: they stay in PostgreSQL, set aside`,
      );
      options.onSetAside?.(setAside.length);
    }
    options.onShipped?.(events.length - setAside.length);
    return events.length;
  }

  async function reshipAll(): Promise<number> {
    let taken = 0;
    let after = 0;
    for (;;) {
      const events = await store.nextSetAside(after, batchSize);
      const last = events.at(-1);
      if (last === undefined) return taken;
      const prepared = events.map((event) => prepare(event, options.toDocument));
      const refused = await deliver(documentsOf(prepared));
      const accepted = prepared.filter(({ document }) => document && !refused.has(document.id));
      await store.deleteSetAside(accepted.map(({ event }) => event.position));
      taken += accepted.length;
      after = last.position;
    }
  }

  const locked = async (work: () => Promise<number>) =>
    (await withAdvisoryLock(pool, shippingLock(name), work)) ?? 0;

  return {
    /** Ships what waits. Resolves the number of events, 0 while another process holds the lock. @throws Error of `deliver` */
    shipOnce: (signal?: AbortSignal) =>
      locked(async () => {
        // The process that held the lock before may have ended before it recorded what it had sent.
        writer.doubt();
        let total = 0;
        for (let count = 1; count > 0 && !signal?.aborted; total += count) count = await shipBatch(signal);
        return total;
      }),
    /** Sends again what was set aside. Resolves the number of events that were taken. */
    reship: () => locked(reshipAll),
  };
}

interface Prepared {
  event: ChainedEvent;
  document: Document | undefined;
  /** Reason why there is no document. */
  problem: string | undefined;
}

/** An event that this release cannot read must not block the others. */
function prepare(event: ChainedEvent, toDocument: (event: ChainedEvent) => Document): Prepared {
  try {
    return { event, document: toDocument(event), problem: undefined };
  } catch (error) {
    return { event, document: undefined, problem: `no document: ${(error as Error).name}` };
  }
}

function tooLarge({ id }: Document): BulkResult {
  return { refused: new Map([[id, 'too large']]), again: new Map() };
}

function documentsOf(prepared: readonly Prepared[]): Document[] {
  return prepared.flatMap(({ document }) => document ?? []);
}

/** Takes as many of the first events as fit, but at least one. */
function withinBytes(
  events: readonly ChainedEvent[],
  toDocument: (event: ChainedEvent) => Document,
  limit: number,
): Prepared[] {
  const fitting: Prepared[] = [];
  let bytes = 0;
  for (const event of events) {
    const prepared = prepare(event, toDocument);
    bytes += Buffer.byteLength(JSON.stringify(prepared.document?.body ?? ''));
    if (bytes > limit && fitting.length > 0) break;
    fitting.push(prepared);
  }
  return fitting;
}
