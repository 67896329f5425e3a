/** Asks whether every audit event and every log line is in Elasticsearch, once. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { auditDataStream, logDataStream } from '@gatehouse/audit-trail/elasticsearch';
import pg from 'pg';
import type { ChaosStack } from '../../harness/installation.ts';
import type { ElasticsearchNodes } from './elasticsearch-nodes.ts';

/** Documents in one answer: those of a row. The server's own limit is 10 000. */
const mostHits = 50_000;
/** A call to a node that says nothing is given up after thirty seconds. */
const patienceMs = 40_000;
/** A service whose events and lines go to Elasticsearch, and the schema that has its chain. */
const shippers = { 'auth-api': 'auth', 'environment-api': 'environment' };

interface Line {
  time?: string;
  message?: string;
  correlationId?: string;
}

interface Source {
  '@timestamp': string;
  message?: string;
  event?: { sequence: number; hash: string };
  http?: { request?: { id?: string } };
}

export type Comparison = Awaited<ReturnType<ReturnType<typeof createCopies>['compare']>>;

export function createCopies(stack: ChaosStack, { ask }: Pick<ElasticsearchNodes, 'ask'>) {
  /** Positions in the logs: lines before them were looked for by an earlier comparison. */
  const from = new Map(Object.keys(shippers).map((service) => [service, { position: 0, bytes: 0 }]));
  const logFile = (service: string) => join(stack.logFolder, `${service}.log`);

  async function search(index: string, service: string, range: object): Promise<Source[]> {
    await ask(`${index}/_settings`, { method: 'PUT', body: { index: { max_result_window: mostHits } } });
    await ask(`${index}/_refresh`, { method: 'POST' });
    const filter = [{ term: { 'service.name': service } }, { range }];
    const body = { size: mostHits, query: { bool: { filter } } };
    type Answer = { hits: { hits: { _source: Source }[] } };
    const { hits } = await ask<Answer>(`${index}/_search`, { method: 'POST', body });
    if (hits.hits.length === mostHits) throw new Error(`${index} has more than one answer holds`);
    return hits.hits.map(({ _source }) => _source);
  }

  /** By position and hash, which no two events share. */
  async function eventsOf(service: string, { position: after }: { position: number }, written: ChainLink[]) {
    const range = { 'event.sequence': { gt: after, lte: written.at(-1)?.position ?? after } };
    const found = await search(auditDataStream('default'), service, range);
    return compare(
      written.map(({ position, hash }) => `${position} ${hash.toString('base64url')}`),
      found.map(({ event }) => `${event?.sequence} ${event?.hash}`),
    );
  }

  async function linesOf(service: string, written: Line[]) {
    const times = written.map(({ time }) => time ?? '').sort();
    const range = { '@timestamp': { gte: times[0] ?? 'now', lte: times.at(-1) ?? 'now' } };
    const found = await search(logDataStream('default'), service, range);
    return compare(
      written.map(({ time, message, correlationId }) => `${time} ${message} ${correlationId}`),
      found.map((one) => `${one['@timestamp']} ${one.message} ${one.http?.request?.id}`),
    );
  }

  return {
    begin(): void {
      for (const [service, start] of from) start.bytes = statSync(logFile(service)).size;
    },
    /** Waits until what is written now has arrived: an event or a line that is not there in time counts as lost. */
    async compare() {
      const written = await Promise.all(
        [...from].map(async ([service, start]) => ({
          ...{ service, start, lines: readLines(logFile(service), start.bytes) },
          links: await readChain(stack, service, start.position),
        })),
      );
      const compareAll = async () => ({
        events: summed(
          await Promise.all(written.map(({ service, start, links }) => eventsOf(service, start, links))),
        ),
        lines: summed(await Promise.all(written.map(({ service, lines }) => linesOf(service, lines)))),
      });
      const startMs = performance.now();
      let compared = await compareAll();
      while (compared.events.missing + compared.lines.missing > 0) {
        if (performance.now() - startMs > patienceMs) break;
        await wait(500);
        compared = await compareAll();
      }
      for (const { start, links } of written) start.position = links.at(-1)?.position ?? start.position;
      return { ...compared, lateMs: performance.now() - startMs };
    },
  };
}

interface ChainLink {
  position: number;
  hash: Buffer;
}

async function readChain(stack: ChaosStack, service: string, after: number): Promise<ChainLink[]> {
  const client = new pg.Client({ connectionString: stack.postgresUrl });
  await client.connect();
  try {
    const schema = shippers[service as keyof typeof shippers];
    const { rows } = await client.query<{ position: string; hash: Buffer }>(
      `SELECT position, hash FROM ${schema}.audit_chain WHERE position > $1 ORDER BY position`,
      [after],
    );
    return rows.map(({ position, hash }) => ({ position: Number(position), hash }));
  } finally {
    await client.end();
  }
}

function readLines(file: string, fromByte: number): Line[] {
  const whole = readFileSync(file).subarray(fromByte).toString('utf8').split('\n').slice(0, -1);
  return whole.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as Line);
}

type Compared = ReturnType<typeof compare>;

function compare(written: readonly string[], found: readonly string[]) {
  const left = countOf(found);
  let missing = 0;
  for (const one of written) {
    const count = left.get(one) ?? 0;
    if (count === 0) missing += 1;
    else left.set(one, count - 1);
  }
  const wanted = new Set(written);
  const twice = [...left].reduce((sum, [one, count]) => sum + (wanted.has(one) ? count : 0), 0);
  return { written: written.length, missing, twice };
}

function countOf(values: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}

function summed(parts: readonly Compared[]): Compared {
  return parts.reduce((sum, { written, missing, twice }) => ({
    written: sum.written + written,
    missing: sum.missing + missing,
    twice: sum.twice + twice,
  }));
}
