/** Routes `/export` and `/import`: the configuration as one document, for a repository or another installation. */
import { Readable } from 'node:stream';
import { getHeapStatistics } from 'node:v8';
import { envelopeOf } from '@gatehouse/contracts/answers';
import { importAnswer } from '@gatehouse/contracts/environment-administration';
import { flag } from '@gatehouse/contracts/values';
import type { ChangeLog } from '@gatehouse/service-kit/changes';
import { AppError } from '@gatehouse/service-kit/errors';
import { type App, ok } from '@gatehouse/service-kit/http';
import { z } from 'zod';
import { decide } from '../access/guard.ts';
import { failures, installationEtagOf } from '../answers.ts';
import { contextOf } from '../changes/writer.ts';
import type { OpenSnapshot } from '../configuration/snapshots.ts';
import { thenClose } from '../configuration/then-close.ts';
import { installationDocument } from './document.ts';
import { jsonPieces, yamlPieces } from './export.ts';
import { documentWarnings } from './import.ts';
import { readDocument } from './read-document.ts';
import type { ImportExportService } from './service.ts';
import { acceptYaml, wantsYaml } from './yaml-bodies.ts';

const tags = ['import and export'];
/** JSON takes up to 22 times its length as objects (`{},{},…`): what Node's heap cannot hold must not be accepted. */
const bodyLimit = Math.min(64 * 1024 * 1024, Math.floor(getHeapStatistics().heap_size_limit / 32));

const exported = z.looseObject({
  formatVersion: z.int(),
  locations: z.array(z.string()),
  settings: z.array(z.looseObject({})),
  environments: z.array(z.looseObject({})),
  contactCenters: z.array(z.looseObject({})),
  personNumbers: z
    .array(z.looseObject({}))
    .optional()
    .describe('Who has which number, where people have numbers from here.'),
});

export function exportRoutes(api: App, { openSnapshot }: { openSnapshot: OpenSnapshot }): void {
  api.get(
    '',
    {
      schema: {
        tags,
        operationId: 'exportEstate',
        summary:
          'Everything as one document, in JSON or, as Accept asks, YAML; references instead of secrets',
        description:
          'No document holds people of people stores, or second factors of people: passkeys, apps for codes, recovery codes, remembered browsers and invitations stay in the database of Auth API. It holds the policy, and people of a contact centre that is imported elsewhere set their factors up there.',
        response: { 200: exported, ...failures },
      },
    },
    async (request, reply) => {
      const { close, ...snapshot } = await openSnapshot();
      reply
        .header('etag', installationEtagOf(snapshot.frame.change))
        .header('cache-control', 'private, no-cache');
      const isYaml = wantsYaml(request.headers.accept);
      reply.type(`application/${isYaml ? 'yaml' : 'json'}; charset=utf-8`);
      const stream = Readable.from(thenClose((isYaml ? yamlPieces : jsonPieces)(snapshot), close));
      // Also closed when the reader disconnects before the first piece.
      stream.once('close', () => void close());
      return reply.send(stream as never);
    },
  );
}

export function importRoutes(
  api: App,
  { importExport, changeLog }: { importExport: ImportExportService; changeLog: ChangeLog },
): void {
  acceptYaml(api);
  // One document at a time: two of the largest would not fit into memory together.
  let isImporting = false;
  api.put(
    '',
    {
      bodyLimit,
      // Checked before the body is read, which takes memory and time.
      onRequest: async (request, { raw }) => {
        decide(request.caller, request);
        if (isImporting) throw importRuns();
        isImporting = true;
        raw.once('close', () => {
          isImporting = false;
        });
      },
      // readDocument checks the body in pieces; the schema is for the OpenAPI document.
      validatorCompiler: (part) => {
        if (part.httpPart !== 'body' && api.validatorCompiler) return api.validatorCompiler(part);
        return (value: unknown) => ({ value });
      },
      schema: {
        tags,
        operationId: 'importEstate',
        summary:
          'Make everything what the document says: all of it or nothing; what it does not name is deleted',
        consumes: ['application/json', 'application/yaml'],
        querystring: z.object({
          dryRun: flag().default(false).describe('Tell the changes and write nothing.'),
        }),
        body: installationDocument,
        response: { 200: envelopeOf(importAnswer), ...failures },
      },
    },
    async (request, reply) => {
      const { dryRun } = request.query;
      const document = await readDocument(request.body);
      const result = await importExport.replace(contextOf(request), document, dryRun);
      reply.header('etag', installationEtagOf(await changeLog.latest()));
      return ok({ dryRun, ...result, warnings: documentWarnings(document, result.changes) });
    },
  );
}

function importRuns(): AppError {
  return new AppError('temporarily_unavailable', 503, 'Another import runs here: try again when it is done', {
    retryAfterSeconds: 5,
  });
}
