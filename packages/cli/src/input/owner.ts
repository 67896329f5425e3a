/** Says whose settings or branding: of a contact centre, or with --global what all of them inherit. */
import type { Command } from 'commander';
import { UsageError } from '../failure/failure.ts';

export interface Owner {
  cc?: string;
  global?: boolean;
}

export function owned(command: Command): Command {
  return command
    .option('--cc <id>', 'of this contact centre')
    .option('--global', 'what every contact centre inherits');
}

/** Undefined for what all inherit. @throws UsageError */
export function ownerOf({ cc, global }: Owner): string | undefined {
  if ((cc === undefined) === (global === undefined)) throw new UsageError('Say whose: --cc ID or --global');
  return cc;
}
