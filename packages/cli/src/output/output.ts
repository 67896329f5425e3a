/** Prints the answer of a command: tables and sentences for people, or with --json the data alone for scripts. */
import { styleText } from 'node:util';
import type { Written } from '@gatehouse/api-client/administration';
import type { Warning } from '@gatehouse/contracts/answers';
import type { Terminal } from '../terminal/terminal.ts';
import { type Columns, renderRecord, renderTable } from './table.ts';
import { shown } from './text.ts';

export interface Output {
  readonly isJson: boolean;
  /** `none`: the sentence for people when there are no rows. */
  rows<Row>(rows: readonly Row[], columns: Columns<Row>, none: string): void;
  record(data: unknown, fields: readonly (readonly [name: string, value: unknown])[]): void;
  /** `text`: for people; any layout of its own. */
  text(data: unknown, text: string): void;
  /** A sentence after a change. `data`: printed instead with --json. */
  done(sentence: string, data?: unknown): void;
  /** Writes to standard error the warnings that came with a success. */
  warn(warnings: readonly Warning[]): void;
  /** A write was done: its sentence, and on standard error the warnings that the service answered. */
  written(sentence: string, answer: Written<unknown>): void;
  /** A document, unchanged, for people and scripts alike. */
  raw(text: string): void;
  /** Beside the answer, on standard error. */
  note(sentence: string): void;
  /** In colour where the terminal has any. */
  paint(style: Parameters<typeof styleText>[0], text: string): string;
}

export function createOutput(terminal: Terminal, isJson: boolean): Output {
  const isColoured = terminal.columns !== undefined && !terminal.env['NO_COLOR'];
  const paint: Output['paint'] = (style, text) =>
    isColoured ? styleText(style, text, { validateStream: false }) : text;
  const json = (data: unknown) => terminal.writeOut(`${JSON.stringify(data, null, 2)}\n`);
  const note = (sentence: string) => terminal.writeError(`${shown(sentence)}\n`);
  const done = (sentence: string, data?: unknown) => {
    if (!isJson) terminal.writeOut(`${shown(sentence)}\n`);
    else if (data !== undefined) json(data);
  };
  const warn = (warnings: readonly Warning[]) => {
    for (const { field, message } of warnings) note(`Warning: ${field}: ${message}`);
  };
  return {
    isJson,
    paint,
    rows(rows, columns, none) {
      if (isJson) return json(rows);
      if (rows.length === 0) return terminal.writeOut(`${none}\n`);
      const screen = { columns: terminal.columns, heading: (text: string) => paint('bold', text) };
      terminal.writeOut(renderTable(rows, columns, screen));
    },
    record(data, fields) {
      if (isJson) json(data);
      else terminal.writeOut(renderRecord(fields));
    },
    text(data, text) {
      if (isJson) json(data);
      else terminal.writeOut(text);
    },
    done,
    warn,
    written(sentence, { data, warnings }) {
      warn(warnings);
      done(sentence, data);
    },
    raw: (text) => terminal.writeOut(text.endsWith('\n') ? text : `${text}\n`),
    note,
  };
}
