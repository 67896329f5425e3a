/** `gatehouse audit export`: security events or configuration changes as a file. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { createAuditCalls } from '@gatehouse/api-client/auth-api/administration';
import { exportAudit } from '@gatehouse/api-client/environment-api/estate';
import { definedOnly } from '@gatehouse/contracts/defined-only';
import { type RowFormat, rowFormats } from '@gatehouse/contracts/row-export';
import { type Command, Option } from 'commander';
import type { Cli } from '../command-group.ts';
import { UsageError } from '../failure/failure.ts';
import { timeOf } from '../input/time.ts';

interface ExportOptions {
  trail: 'security' | 'configuration';
  format: RowFormat;
  output?: string;
  contactCenter?: string;
  correlation?: string;
  since?: string;
  until?: string;
}

/** Millions of events take minutes. */
const wholeTrail = { timeoutSeconds: 3600 };

export function auditExportCommand(audit: Command, cli: Cli): void {
  audit
    .command('export')
    .description('all events of a trail as a file, newest first')
    .addOption(
      new Option('--trail <trail>', 'which').choices(['security', 'configuration']).default('security'),
    )
    .addOption(new Option('--format <format>', 'of the file').choices(rowFormats).default('ndjson'))
    .option('-o, --output <path>', 'write it to a file')
    .option('--contact-center <id>', 'id of the contact centre')
    .option('--correlation <id>', 'of this request')
    .option('--since <time>', 'a time such as 2027-01-31T12:00:00Z, or a span such as 15m, 2h, 7d')
    .option('--until <time>', 'the same')
    .action(
      cli.action<ExportOptions>(async ({ authApi, environmentApi, output }, options) => {
        const { trail, format, output: path, correlation } = options;
        const span = { from: timeOf(options.since), to: timeOf(options.until) };
        const common = definedOnly({ ...span, contactCenterId: options.contactCenter });
        const pieces =
          trail === 'security'
            ? createAuditCalls(authApi).export(definedOnly({ ...common, correlationId: correlation }), format)
            : exportAudit(environmentApi, definedOnly({ ...common, requestId: correlation }), format);
        const write = path === undefined ? output.raw : fileWriter(path);
        for await (const piece of pieces) if (piece !== '') write(piece.trimEnd());
        if (path !== undefined) output.note(`The events are written to ${path}.`);
      }, wholeTrail),
    );
}

function fileWriter(path: string) {
  const attempt = (write: () => void) => {
    try {
      write();
    } catch (error) {
      throw new UsageError(`${path} cannot be written: ${(error as Error).message}`, error);
    }
  };
  attempt(() => writeFileSync(path, ''));
  return (text: string) => attempt(() => appendFileSync(path, `${text}\n`));
}
