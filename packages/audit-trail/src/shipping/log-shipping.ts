/** Ships log lines to Elasticsearch without ever delaying the service: lines that find no room are counted and dropped. */
import { definedOnly } from '@gatehouse/contracts/values';
import { createRepeatingWork } from '@gatehouse/service-kit/background';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import type { LogShipping } from '@gatehouse/service-kit/http';
import { type ItemOutcome, inHalves, outcomeOf } from '../elasticsearch/bulk.ts';
import {
  createElasticsearch,
  type ElasticsearchClient,
  type ElasticsearchConfig,
  readableFailure,
} from '../elasticsearch/client.ts';
import { installLogAssets } from '../elasticsearch/install.ts';
import { logDataStream } from '../elasticsearch/log-assets.ts';

interface LogShippingOptions {
  client: ElasticsearchClient;
  namespace: string;
  /** Whether template and lifecycle policy are installed before the first line. */
  install: boolean;
  logRetentionDays: number;
  /** Most lines that wait in memory. */
  maxWaiting?: number;
  intervalMs?: number;
}

const batchSize = 500;

/** Resolves undefined when the configuration does not send log lines to Elasticsearch. */
export async function shipLogs({
  elasticsearch,
}: {
  elasticsearch: ElasticsearchConfig;
}): Promise<LogShipping | undefined> {
  if (!elasticsearch.logs) return undefined;
  const client = await createElasticsearch(elasticsearch);
  return client && createLogShipping({ client, ...elasticsearch });
}

export function createLogShipping(options: LogShippingOptions): LogShipping {
  const { client, namespace, install, logRetentionDays, maxWaiting = 5000, intervalMs = 1000 } = options;
  const waiting: Line[] = [];
  let dropped = 0;
  let isInstalled = !install;
  let work: ReturnType<typeof createRepeatingWork> | undefined;

  async function send(signal: AbortSignal): Promise<boolean> {
    if (!isInstalled) await installLogAssets(client, logRetentionDays);
    isInstalled = true;
    const lines = waiting.slice(0, batchSize);
    if (lines.length === 0) return false;
    const outcomes = await inHalves(
      lines,
      (part) => sendLines(part, signal),
      (): ItemOutcome => ({ kind: 'refused', reason: 'too large' }),
    );
    // A refused line would be refused again; standard output has it.
    dropped += outcomes.filter(({ kind }) => kind === 'refused').length;
    const again = lines.filter((_, index) => outcomes[index]?.kind === 'again');
    waiting.splice(0, lines.length, ...again);
    const reason = outcomes.find((outcome) => outcome.kind === 'again')?.reason;
    if (again.length === lines.length) throw new Error(`Elasticsearch does not take log lines: ${reason}`);
    return again.length === 0 && waiting.length >= batchSize;
  }

  async function sendLines(lines: readonly Line[], signal: AbortSignal): Promise<ItemOutcome[]> {
    const operations = lines.flatMap((line) => {
      // Kept: a line whose answer was lost is sent again, and stored once.
      line.id ??= randomUuid();
      return [{ create: { _id: line.id } }, logBody(line.text)];
    });
    const index = logDataStream(namespace);
    const { items } = await client.bulk({ index, operations, require_data_stream: true }, { signal });
    return items.map(({ create }) => outcomeOf(create ?? {}));
  }

  return {
    write(line) {
      if (waiting.length < maxWaiting) waiting.push({ text: line, id: undefined });
      else dropped += 1;
    },
    start(log) {
      work = createRepeatingWork({
        log,
        when: 'always',
        intervalMs,
        maxPauseMs: 30_000,
        async round(signal) {
          const hasMore = await send(signal).catch((error) => {
            throw readableFailure(error);
          });
          if (dropped > 0) log.warn({ dropped }, 'log lines found no room on their way to Elasticsearch');
          dropped = 0;
          return hasMore;
        },
        failing: 'log lines wait: Elasticsearch does not take them',
        recovered: 'log lines reach Elasticsearch again',
      });
      work.start();
    },
    async close() {
      await work?.stop();
      await send(AbortSignal.timeout(1000)).catch(() => undefined);
      await client.close();
    },
  };
}

interface Line {
  text: string;
  id: string | undefined;
}

interface Fields {
  time?: string;
  level?: string;
  message?: string;
  service?: string;
  traceId?: string;
  correlationId?: string;
  err?: { type?: string; code?: unknown; message?: string; stack?: string };
  [field: string]: unknown;
}

/** Makes the body of a document of the Elastic Common Schema; fields that are not in it go under `gatehouse`. */
function logBody(line: string) {
  const { time, level, message, service, traceId, correlationId, err, ...others } = JSON.parse(
    line,
  ) as Fields;
  return {
    '@timestamp': time,
    ecs: { version: '8.11.0' },
    message,
    log: { level },
    service: { name: service },
    ...definedOnly({
      trace: traceId === undefined ? undefined : { id: traceId },
      http: correlationId === undefined ? undefined : { request: { id: correlationId } },
      error: err === undefined ? undefined : errorOf(err),
      gatehouse: Object.keys(others).length === 0 ? undefined : others,
    }),
  };
}

function errorOf({ type, code, message, stack }: NonNullable<Fields['err']>) {
  const text = code === undefined ? undefined : String(code);
  return definedOnly({ type, message, stack_trace: stack, code: text });
}
