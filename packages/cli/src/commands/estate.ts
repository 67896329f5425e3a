/** `gatehouse export` and `gatehouse import`: the configuration of the installation as a document in a repository. */
import { writeFileSync } from 'node:fs';
import {
  createEstateAdministration,
  type DocumentFormat,
  namesToType,
} from '@gatehouse/api-client/environment-api';
import type { ImportResult } from '@gatehouse/contracts/environment-administration';
import { type Command, Option } from 'commander';
import type { Cli } from '../command-group.ts';
import { writeDocuments } from '../documents/write.ts';
import { exitCodes } from '../failure/failure.ts';
import { readFile } from '../input/file.ts';
import { renderChanges } from '../output/changes.ts';
import type { Output } from '../output/output.ts';
import { writeNamed } from '../terminal/files.ts';

interface ExportOptions {
  output?: string;
  format: DocumentFormat;
  asCode?: string;
}

/** Thousands of contact centres take minutes. */
const wholeEstate = { timeoutSeconds: 1800 };

/** People who lose their telephone are told of recovery codes: nobody should find out at the target that they are gone. */
const withoutFactors =
  'Passkeys, apps for codes, recovery codes and remembered browsers are not in it: at another installation people set theirs up again, in the time of grace of the policy or by an invitation.';

export function estateCommands(program: Command, cli: Cli): void {
  program
    .command('export')
    .description('everything as one document, with references instead of secrets')
    .option('-o, --output <path>', 'write it to a file')
    .addOption(new Option('--format <format>', 'of the document').choices(['yaml', 'json']).default('yaml'))
    .option(
      '--as-code <folder>',
      'write documents for gatehouse apply into a new folder instead; without secrets',
    )
    .action(
      cli.action<ExportOptions>(async (session, { output: path, format, asCode }) => {
        if (asCode !== undefined) {
          const documents = await createEstateAdministration(session.environmentApi).documents();
          const count = writeDocuments(asCode, documents);
          session.output.note(`${count} documents are written to ${asCode}. A secret is in none of them.`);
          session.output.note(withoutFactors);
          return;
        }
        const chosen = session.output.isJson ? 'json' : format;
        const { document } = await createEstateAdministration(session.environmentApi).export(chosen);
        if (path === undefined) session.output.raw(document);
        else {
          writeNamed(path, () => writeFileSync(path, document));
          session.output.note(`The estate is written to ${path}.`);
        }
        session.output.note(withoutFactors);
      }, wholeEstate),
    );

  program
    .command('import')
    .description(
      'make everything what the document says; what it does not name is deleted, after its name is typed',
    )
    .argument('<file>', 'in YAML or JSON; - for standard input')
    .option('--dry-run', 'tell the changes and write nothing; exit code 1 when there are any')
    .action(
      cli.action<{ dryRun?: boolean }, [string]>(async (session, { dryRun }, path) => {
        const { output } = session;
        const document = await readFile(session.terminal, path);
        const format = document.trimStart().startsWith('{') ? 'json' : 'yaml';
        const estate = createEstateAdministration(session.environmentApi);
        const { result, etag } = await estate.tryImport(document, format);
        output.warn(result.warnings);
        if (dryRun) {
          output.text(result, describe(result, output));
          if (result.changes.length > 0) session.exitCode = exitCodes.negative;
          return;
        }
        if (result.changes.length > 0 && !output.isJson) output.raw(describe(result, output));
        const { changes } = result;
        if (changes.length > 0)
          await session.sure(`Make these ${changes.length} changes?`, namesToType(changes));
        // The tag of the dry run: what was agreed to is what is done, or nothing.
        const done = await estate.import(document, format, etag);
        output.done(done.changes.length === 0 ? 'Everything is as the document says.' : 'It is done.', done);
      }, wholeEstate),
    );
}

function describe({ changes, keptSecrets }: ImportResult, output: Output): string {
  const kept = keptSecrets.map(
    (reference) => `The reference ${reference} leads nowhere: that secret stays.\n`,
  );
  if (changes.length === 0) return `Everything is as the document says.\n${kept.join('')}`;
  return `${renderChanges(changes, output)}${kept.join('')}`;
}
