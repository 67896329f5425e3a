/** Reads the stream of revocations without a gap, and notices when Redis goes on with another history. */
import type { Clock } from '@gatehouse/service-kit/clock';
import { agreeOnEpoch } from './epoch.ts';
import type { RevocationMemory } from './memory.ts';
import { countedSince, pageSize } from './revocation.ts';
import {
  idBefore,
  isOlderId,
  momentOf,
  type RevocationStream,
  type StreamEntry,
  type StreamHistory,
  streamStart,
} from './stream.ts';
import type { RevocationTable } from './table.ts';
import type { RevocationWriter } from './writer.ts';

export interface StreamReaderOptions {
  stream: RevocationStream;
  table: RevocationTable;
  memory: RevocationMemory;
  writer: Pick<RevocationWriter, 'load' | 'recordStreamed'>;
  now: Clock;
  /** Called before both stores are read. */
  onBegin(history: StreamHistory): void;
  /** Called when Redis has lost revocations, or everything. */
  onLoss(): void;
}

/** Clocks of two nodes of Redis differ by less: an entry of the new one may have an earlier id than the last of the old one. */
const nodeSkewMs = 600_000;

export function createStreamReader(options: StreamReaderOptions) {
  const { stream, table, memory, writer, now, onBegin, onLoss } = options;
  let lastId = streamStart;
  let known: StreamHistory | undefined;

  function apply(entries: StreamEntry[], record = writer.recordStreamed): void {
    for (const { id, revocation } of entries) {
      if (revocation) {
        // Redis put it there then, unless the clock of Redis ran ahead as well.
        const counted = countedSince(revocation, Math.min(momentOf(id), now()));
        memory.add(counted);
        record(counted);
      }
      lastId = id;
    }
  }

  /**
   * Reads both stores: whole when it starts, later what may be new. Nothing is judged before PostgreSQL's list is here: what
   * a Redis that lost its data does not say was revoked would be valid again.
   */
  async function begin(): Promise<void> {
    const history = await stream.history();
    onBegin(history);
    const record = await writer.load();
    lastId = idBefore(lastId, nodeSkewMs);
    // The stream may have lost all that is newer.
    if (isOlderId(history.lastId, lastId)) lastId = history.lastId;
    for (;;) {
      const entries = await stream.read(lastId, pageSize);
      apply(entries, record);
      if (entries.length < pageSize) break;
    }
    known = { ...history, epoch: await agreeOnEpoch(stream, table, onLoss) };
  }

  /**
   * Another process of Redis may lack the newest entries, and have got others since. `wasCut`: the connection was lost, and
   * may reach another one now; between two reads that is not noticed.
   */
  function isContinuous({ epoch, lastId: newestId, node }: StreamHistory, wasCut: boolean): boolean {
    if (known === undefined || epoch !== known.epoch || isOlderId(newestId, lastId)) return false;
    if (node === undefined || known.node === undefined) return !wasCut;
    return node === known.node;
  }

  async function ensureContinuity(wasCut: boolean): Promise<StreamHistory> {
    const history = await stream.history();
    if (isContinuous(history, wasCut)) return history;
    if (known !== undefined && isOlderId(history.lastId, lastId)) onLoss();
    known = undefined;
    await begin();
    return history;
  }

  return {
    begin,
    ensureContinuity,
    /** Waits up to `blockMs` for the first entry. Resolves with whether there may be more. */
    async readPage(blockMs: number): Promise<boolean> {
      const entries = await (blockMs === 0
        ? stream.read(lastId, pageSize)
        : stream.wait(lastId, pageSize, blockMs));
      apply(entries);
      return entries.length === pageSize;
    },
    /** Whether the entry was not read yet. */
    lacks: (id: string) => isOlderId(lastId, id),
  };
}
