/** Writes the log as one readable line for each event, for people at a terminal. */
import type { Logger } from '@gatehouse/config-server-client/surroundings';

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

/** Control characters, line ends and changes of direction in names of users: they must not command the terminal. */
const unprintable = /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

function format(value: unknown): string {
  const shown = value instanceof Error ? value.message : value;
  if (typeof shown === 'string' && /^[\w.:@/+-]+$/.test(shown)) return shown;
  return JSON.stringify(shown).replace(unprintable, '\ufffd');
}
