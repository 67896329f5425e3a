/** Trace modes: the names that installers send, beside the neutral ones that we store. */
import { classicTraceModes } from '@gatehouse/contracts/environment-api/administration/environments';
import type { TraceMode } from '@gatehouse/contracts/environment-api/environment';
import { z } from 'zod';

const modes = Object.keys(classicTraceModes) as TraceMode[];
const byAnyName = new Map<string, TraceMode>([
  ...modes.flatMap((mode): [string, TraceMode][] => [
    [mode, mode],
    [classicTraceModes[mode].toLowerCase(), mode],
  ]),
  ['cfgtmnotracemode', 'off'],
]);

const accepted = [...Object.values(classicTraceModes), ...modes];

/** Either name, in any case; the neutral one afterwards. */
export const traceModeField = z
  .string({ error: `must be one of ${accepted.join(', ')}` })
  .transform((text, context): TraceMode => {
    const mode = byAnyName.get(text.toLowerCase());
    if (mode) return mode;
    context.addIssue({ code: 'custom', message: `must be one of ${accepted.join(', ')}` });
    return z.NEVER;
  })
  .describe(`One of ${accepted.join(', ')}.`);
