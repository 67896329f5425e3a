/** `gatehouse audit export`: security events or configuration changes as a file. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { createAuditCalls } from '@gatehouse/api-client/auth-api';
import { exportAudit } from '@gatehouse/api-client/environment-api';
import { type RowFormat, rowFormats } from '@gatehouse/contracts/answers';
import { definedOnly } from '@gatehouse/contracts/values';
import { type Command, Option } from 'commander';
import type { Cli } from '../../command-group.ts';
import { contactCenterOf } from '../../input/named.ts';
import { type Span, spanned, spanOf } from '../../input/time.ts';
import { writeNamed } from '../../terminal/files.ts';

interface ExportOptions extends Span {
  trail: 'security' | 'configuration';
  format: RowFormat;
  output?: string;
  contactCenter?: string;
  correlation?: string;
}

/** Millions of events take minutes. */
const wholeTrail = { timeoutSeconds: 3600 };

export function auditExportCommand(audit: Command, cli: Cli): void {
  const command = audit
    .command('export')
    .description('all events of a trail as a file, newest first')
    .addOption(
      new Option('--trail <trail>', 'which').choices(['security', 'configuration']).default('security'),
    )
    .addOption(new Option('--format <format>', 'of the file').choices(rowFormats).default('ndjson'))
    .option('-o, --output <path>', 'write it to a file')
    .option('--contact-center <name>', 'id, domain or name of the contact centre')
    .option('--correlation <id>', 'of this request');
  spanned(command).action(
    cli.action<ExportOptions>(async (session, options) => {
      const { authApi, environmentApi, output } = session;
      const { trail, format, output: path, correlation } = options;
      const place = options.contactCenter;
      const contactCenterId = place === undefined ? undefined : await contactCenterOf(session, place);
      const common = definedOnly({ ...spanOf(options), contactCenterId });
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
  writeNamed(path, () => writeFileSync(path, ''));
  return (text: string) => writeNamed(path, () => appendFileSync(path, `${text}\n`));
}
