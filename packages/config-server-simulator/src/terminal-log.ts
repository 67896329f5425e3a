/** The log for people at a terminal: one readable line for each thing that happens. */
import type { Logger } from '@gatehouse/config-server-client/log';
import { printable } from './printable.ts';

type Level = 'debug' | 'info' | 'warn' | 'error';

/** Writes to `write`; `isVerbose` adds debug lines. Times are UTC, so that logs of several machines compare. */
export function terminalLog(
  write: (line: string) => void,
  options: { isVerbose: boolean; now: () => number },
): Logger {
  const line = (level: Level) => (fields: object, message: string) => {
    if (level === 'debug' && !options.isVerbose) return;
    const time = new Date(options.now()).toISOString().slice(11, 23);
    const mark = level === 'info' ? '' : `${level.toUpperCase()} `;
    write(`${time} ${mark}${message}${describe(fields)}\n`);
  };
  return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
}

function describe(fields: object): string {
  return Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => ` ${name}=${format(value)}`)
    .join('');
}

function format(value: unknown): string {
  const shown = value instanceof Error ? value.message : value;
  if (typeof shown === 'string' && /^[\w.:@/+-]+$/.test(shown)) return shown;
  return printable(JSON.stringify(shown));
}
