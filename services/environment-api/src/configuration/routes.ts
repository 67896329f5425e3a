/** Routes `/apply`, `/configuration`, `/managed` and `/documents`: documents of configuration as code, and who keeps what. */
import { Readable } from 'node:stream';
import { getHeapStatistics } from 'node:v8';
import { envelopeOf } from '@gatehouse/contracts/answers';
import {
  applyRequestSchema,
  configurationStateSchema,
  documentsSchema,
  managedQuerySchema,
  managedSchema,
  maxApplyBytes,
  planSchema,
} from '@gatehouse/contracts/documents';
import { definedOnly } from '@gatehouse/contracts/values';
import type { ChangeLog } from '@gatehouse/service-kit/changes';
import { AppError } from '@gatehouse/service-kit/errors';
import { type App, acceptJsonAs, ok } from '@gatehouse/service-kit/http';
import { decide } from '../access/guard.ts';
import { failures, installationEtagOf } from '../answers.ts';
import { contextOf } from '../changes/writer.ts';
import { requireManagedReach } from './managed.ts';
import type { ConfigurationService } from './service.ts';
import { thenClose } from './then-close.ts';

const tags = ['configuration'];
const heapBytes = getHeapStatistics().heap_size_limit;
/** Of documents with texts, as they are: their objects take about three times the length of the JSON. */
const bodyLimit = Math.min(maxApplyBytes, Math.floor(heapBytes / 8));
/** Short JSON can hold many values, such as `[[],[],[]]`; each takes up to 50 bytes, and as many again when it is compared. */
const maxValues = Math.floor(heapBytes / 256);

interface ConfigurationDeps {
  configuration: ConfigurationService;
  changeLog: ChangeLog;
}

export function applyRoutes(api: App, { configuration, changeLog }: ConfigurationDeps): void {
  api.removeContentTypeParser('application/json');
  acceptJsonAs('application/json', api, (text) =>
    hasMoreValues(text, maxValues) ? tooManyValues() : undefined,
  );
  // One request at a time: two of the largest would not fit into memory together.
  let isApplying = false;
  api.post(
    '',
    {
      bodyLimit,
      // Checked before the body is read, which takes memory and time.
      onRequest: async (request, { raw }) => {
        decide(request.caller, request);
        if (isApplying) throw applyRuns();
        isApplying = true;
        raw.once('close', () => {
          isApplying = false;
        });
      },
      schema: {
        tags,
        operationId: 'applyDocuments',
        summary: 'Make things what documents say: all of it or nothing. What no document names stays',
        description:
          'With If-Match, the ETag of a dry run, nothing is written where anything has changed since. Where a document is refused, the plan says why, and nothing is written.',
        body: applyRequestSchema,
        response: { 200: envelopeOf(planSchema), ...failures },
      },
    },
    async (request, reply) => {
      const plan = await configuration.apply(contextOf(request), request.body);
      reply.header('etag', installationEtagOf(await changeLog.latest()));
      return ok(plan);
    },
  );
}

export function configurationRoutes(api: App, { configuration }: ConfigurationDeps): void {
  api.get(
    '',
    {
      schema: {
        tags,
        operationId: 'readConfigurationState',
        summary: 'Who keeps documents here, and how far the installation is from them',
        response: { 200: envelopeOf(configurationStateSchema), ...failures },
      },
    },
    async () => {
      const owners = await configuration.owners();
      return ok({
        owners: owners.map(({ owner, actor, revision, appliedAt, checkedAt, drift }) => ({
          owner,
          actor,
          ...definedOnly({ revision: revision ?? undefined, checkedAt: checkedAt ?? undefined }),
          appliedAt,
          drift,
        })),
      });
    },
  );
}

export function managedRoutes(api: App, { configuration }: Pick<ConfigurationDeps, 'configuration'>): void {
  api.get(
    '',
    {
      schema: {
        tags,
        operationId: 'findManaged',
        summary: 'Which owners of documents keep a thing, and which of its fields',
        description: 'Fields are named as the API of the thing names them.',
        querystring: managedQuerySchema,
        response: { 200: envelopeOf(managedSchema), ...failures },
      },
    },
    async ({ query, caller }) => {
      requireManagedReach(caller, query);
      return ok({ things: await configuration.managed(query) });
    },
  );
}

export function documentRoutes(api: App, { configuration }: Pick<ConfigurationDeps, 'configuration'>): void {
  api.get(
    '',
    {
      schema: {
        tags,
        operationId: 'exportDocuments',
        summary: 'The installation as documents of configuration as code, without secrets',
        description:
          'Applied again, they change nothing. Clients that have registered themselves are not among them.',
        response: { 200: envelopeOf(documentsSchema), ...failures },
      },
    },
    async (_request, reply) => {
      const { change, pieces, close } = await configuration.documents();
      reply
        .header('etag', installationEtagOf(change))
        .header('cache-control', 'private, no-cache')
        .type('application/json; charset=utf-8');
      const stream = Readable.from(thenClose(pieces, close));
      // Also closed when the reader disconnects before the first piece.
      stream.once('close', () => void close());
      return reply.send(stream as never);
    },
  );
}

/** Counts what can begin a value; those within texts, too. */
function hasMoreValues(json: string, limit: number): boolean {
  let count = 0;
  for (let index = 0; index < json.length; index += 1) {
    const code = json.charCodeAt(index);
    if ((code === comma || code === bracket || code === brace) && ++count > limit) return true;
  }
  return false;
}

const [comma, bracket, brace] = [0x2c, 0x5b, 0x7b];

function tooManyValues(): AppError {
  return new AppError(
    'payload_too_large',
    413,
    `The documents have more than ${maxValues} values, which this service has no memory for: apply them in parts, or give it more`,
  );
}

function applyRuns(): AppError {
  return new AppError('temporarily_unavailable', 503, 'Another apply runs here: try again when it is done', {
    retryAfterSeconds: 5,
  });
}
