/** Trace modes: the names that installers send, beside the neutral ones that we store. */
import type { TraceMode } from '@gatehouse/contracts/environment-api/environment';
import { z } from 'zod';

const classicNames = {
  off: 'CFGTMNone',
  local: 'CFGTMLocal',
  remote: 'CFGTMRemote',
  both: 'CFGTMBoth',
} as const satisfies Record<TraceMode, string>;

const modes = Object.keys(classicNames) as TraceMode[];
const byAnyName = new Map<string, TraceMode>([
  ...modes.flatMap((mode): [string, TraceMode][] => [
    [mode, mode],
    [classicNames[mode].toLowerCase(), mode],
  ]),
  ['cfgtmnotracemode', 'off'],
]);

const accepted = [...Object.values(classicNames), ...modes];

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

/** The name in answers. */
export const traceModeName = z.enum(Object.values(classicNames));

export function classicTraceMode(mode: TraceMode): z.infer<typeof traceModeName> {
  return classicNames[mode];
}
