/** `gatehouse apply`: makes the installation what documents in files say, or tells how far it is from that. */
import { createEstateAdministration } from '@gatehouse/api-client/environment-api';
import { UpstreamError } from '@gatehouse/api-client/http';
import {
  type ApplyRequest,
  documentKey,
  maxApplyBytes,
  type Plan,
  type PlannedChange,
} from '@gatehouse/contracts/documents';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Command } from 'commander';
import type { Cli } from '../command-group.ts';
import { type Configuration, configurationOf, shownPlace } from '../documents/configuration.ts';
import { DocumentProblems } from '../documents/problems.ts';
import type { Path } from '../documents/read.ts';
import { sourcesOf } from '../documents/sources.ts';
import { type ExitCode, exitCodes, type Failure, UsageError } from '../failure/failure.ts';
import { failureOf } from '../failure/upstream.ts';
import { readFile } from '../input/file.ts';
import { renderPlan } from '../output/plan.ts';
import type { Session } from '../session.ts';

interface ApplyOptions {
  file: string[];
  owner: string;
  revision?: string;
  secretsFolder?: string;
  dryRun?: boolean;
  check?: boolean;
  prune?: boolean;
  takeOver?: boolean;
}

interface Answer {
  plan: Plan;
  etag: string;
}

/** Thousands of contact centres take minutes. */
const wholeEstate = { timeoutSeconds: 1800 };

/** People are told of these by name before they are deleted. */
const endsPeople: readonly string[] = ['ContactCenter', 'Environment'];
const maxTyped = 5;

const collected = (path: string, paths: readonly string[] = []): string[] => [...paths, path];

export function applyCommand(program: Command, cli: Cli): void {
  program
    .command('apply')
    .description('make everything what documents in files say; fields and things that they do not name stay')
    .requiredOption<string[]>(
      '-f, --file <path>',
      'a file or a folder of documents in YAML or JSON, or - for standard input; each further one overrides fields of those before it',
      collected,
    )
    .requiredOption('--owner <name>', 'who keeps the documents, such as platform/git')
    .option('--revision <text>', 'of the documents, such as a commit; shown beside what they set')
    .option('--secrets-folder <path>', 'where Secrets of Kubernetes are mounted (GATEHOUSE_SECRETS_FOLDER)')
    .option('--dry-run', 'tell the changes and write nothing; exit code 1 when there are any')
    .option('--check', 'the same, and the service remembers the answer as the drift of this owner')
    .option('--prune', 'delete what this owner has made and no document names any more; asks first')
    .option('--take-over', 'take fields that another owner has set, and an owner name of another caller')
    .action(
      cli.action<ApplyOptions>(async (session, options) => {
        const configuration = await read(session, options);
        const send = senderOf(session, configuration, options);
        if (options.dryRun || options.check) {
          const { plan } = await send({ dryRun: true });
          print(session, plan, configuration);
          session.exitCode = exitCodeOf(plan, exitCodes.negative);
          return;
        }
        // The tag of the dry run: what was agreed to is what is done, or nothing.
        const etag = options.prune
          ? await agreed(session, await send({ dryRun: true }), configuration)
          : undefined;
        const { plan } = await send({ dryRun: false }, etag);
        print(session, plan, configuration);
        session.exitCode = exitCodeOf(plan, exitCodes.ok);
      }, wholeEstate),
    );
}

async function read({ terminal }: Session, options: ApplyOptions): Promise<Configuration> {
  const { file: paths, secretsFolder = terminal.env['GATEHOUSE_SECRETS_FOLDER'] } = options;
  if (paths.filter((path) => path === '-').length > 1) throw new UsageError('Only one -f can be -');
  const stdin = paths.includes('-') ? await readFile(terminal, '-') : undefined;
  return configurationOf(sourcesOf(paths, stdin), { env: terminal.env, secretsFolder });
}

function senderOf(session: Session, configuration: Configuration, options: ApplyOptions) {
  const { owner, revision, check = false, prune = false, takeOver = false } = options;
  const { documents } = configuration;
  const request = definedOnly({ owner, revision, documents, check, prune, takeOver });
  const bytes = Buffer.byteLength(JSON.stringify(request));
  if (bytes > maxApplyBytes)
    throw new UsageError(
      `The documents are ${bytes} bytes of JSON, and at most ${maxApplyBytes} are accepted`,
    );
  const estate = createEstateAdministration(session.environmentApi);
  return async (how: Pick<ApplyRequest, 'dryRun'>, etag?: string): Promise<Answer> => {
    try {
      return await estate.apply({ ...request, ...how } as ApplyRequest, etag);
    } catch (error) {
      if (error instanceof UpstreamError) throw withPlaces(failureOf(error), configuration);
      throw error;
    }
  };
}

const documentField = /^documents\.(\d+)(?:\.(.+))?$/;

/** What the service says of a document is said of its file: that is a wrong document, and no refusal. */
function withPlaces(failure: Failure, { placeOf }: Configuration): Failure {
  const problems = new DocumentProblems();
  for (const { field = '', message } of failure.problems) {
    const [, index, path = ''] = documentField.exec(field) ?? [];
    if (index !== undefined) problems.add(placeOf(Number(index), pathOf(path)), message);
  }
  problems.end();
  return failure;
}

const pathOf = (field: string): Path =>
  field === '' ? [] : field.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part));

/** Returns the tag of what the person has seen; undefined where nothing is deleted. @throws UsageError */
async function agreed(
  session: Session,
  { plan, etag }: Answer,
  configuration: Configuration,
): Promise<string | undefined> {
  const deleted = plan.changes.filter(({ action }) => action === 'delete');
  if (deleted.length === 0) return undefined;
  if (!session.output.isJson) session.output.raw(rendered(session, plan, configuration));
  const names = deleted.filter(({ kind }) => endsPeople.includes(kind)).map(({ name }) => name);
  await session.sure(`Make these changes and delete ${deleted.length}?`, names.slice(0, maxTyped));
  return etag;
}

function print(session: Session, plan: Plan, configuration: Configuration): void {
  session.output.text(plan, rendered(session, plan, configuration));
}

function rendered({ output }: Session, plan: Plan, { documents, placeOf }: Configuration): string {
  const byKey = new Map(documents.map((document, index) => [documentKey(document), index]));
  return renderPlan(
    plan,
    (change) => {
      const index = byKey.get(keyOf(change));
      if (index === undefined) return undefined;
      return shownPlace(placeOf(index, pathOf(change.field ?? 'metadata.name')));
    },
    output,
  );
}

const keyOf = ({ kind, name, contactCenter, location, way }: PlannedChange): string =>
  documentKey({ kind, metadata: definedOnly({ name, contactCenter, location, way }) });

function exitCodeOf({ summary, changes, isDifferent }: Plan, different: ExitCode): ExitCode {
  if (changes.some(({ isWrong }) => isWrong)) return exitCodes.usage;
  if (summary.refused > 0) return exitCodes.refused;
  return isDifferent ? different : exitCodes.ok;
}
