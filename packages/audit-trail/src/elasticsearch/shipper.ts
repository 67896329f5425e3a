/** Ships an audit trail to Elasticsearch: at least once there, each event as one document, in the order of the chain. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '@gatehouse/service-kit/logging/logger';
import { withAdvisoryLock } from '@gatehouse/service-kit/postgres/advisory-lock';
import type { Pool } from '@gatehouse/service-kit/postgres/pool';
import type { ShippingStore } from '../chain/shipping-store.ts';
import type { ChainedEvent } from '../chain/trail.ts';
import type { BulkResult, BulkWriter, Document } from './bulk-writer.ts';
import { inHalves } from './in-halves.ts';

export interface AuditShipper {
  /** Ships what waits; the number of events passed on, 0 when another process is at it. @throws Error when it gets nowhere */
  shipOnce(signal?: AbortSignal): Promise<number>;
  /** Tries again what was set aside; the number of events that were taken now. */
  reship(): Promise<number>;
}

export interface AuditShipperOptions {
  pool: Pool;
  /** Name of the lock: one shipper of a trail at a time over all replicas. */
  name: string;
  store: ShippingStore;
  writer: BulkWriter;
  toDocument(event: ChainedEvent): Document;
  log: Logger;
  onShipped?(events: number): void;
  onSetAside?(events: number): void;
  /** Most events of one request. */
  batchSize?: number;
  /** Most bytes of one request: what is above goes into the next one. */
  batchBytes?: number;
  /** Pause before single documents are sent again, in milliseconds; doubled each time. */
  retryPauseMs?: number;
}

const attempts = 5;

/** Who holds it writes events of a trail into Elasticsearch. */
export function shippingLock(name: string): string {
  return `audit-ship:${name}`;
}

export function createAuditShipper(options: AuditShipperOptions): AuditShipper {
  const {
    pool,
    name,
    store,
    writer,
    log,
    batchSize = 1000,
    batchBytes = 4_194_304,
    retryPauseMs = 200,
  } = options;

  /** Sends until each document is taken or refused. @throws Error when some would be taken at another time */
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
        throw new Error(`Elasticsearch does not take ${left.length} documents: ${reason}`);
      await pause(retryPauseMs * 2 ** (attempt - 1), undefined, signal ? { signal } : {});
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
        'Elasticsearch refuses audit events for what they are: they stay in PostgreSQL, set aside',
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
      await store.forgetSetAside(accepted.map(({ event }) => event.position));
      taken += accepted.length;
      after = last.position;
    }
  }

  const locked = async (work: () => Promise<number>) =>
    (await withAdvisoryLock(pool, shippingLock(name), work)) ?? 0;

  return {
    shipOnce: (signal) =>
      locked(async () => {
        // The last one to hold the lock may have been another process, which ended before it noted what it had sent.
        writer.doubt();
        let total = 0;
        for (let count = 1; count > 0 && !signal?.aborted; total += count) count = await shipBatch(signal);
        return total;
      }),
    reship: () => locked(reshipAll),
  };
}

interface Prepared {
  event: ChainedEvent;
  document: Document | undefined;
  /** Why there is no document. */
  problem: string | undefined;
}

/** One event that this release cannot read must not hold up all others. */
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

/** As many of the first events as fit; always one. */
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
