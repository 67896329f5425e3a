/** Renders the steps of a check as a list: a mark, the step, its message. */
import type { Output } from './output.ts';
import { padded, shown, widest } from './text.ts';

export interface StepLine {
  name: string;
  status: 'ok' | 'warning' | 'failed' | 'skipped';
  message: string;
  /** Absent: no single step took it. */
  durationMs?: number;
}

const marks = {
  ok: ['green', '✓'],
  warning: ['yellow', '!'],
  failed: ['red', '✗'],
  skipped: ['gray', '-'],
} as const;

export function renderSteps(steps: readonly StepLine[], output: Output): string {
  const width = widest(steps.map(({ name }) => name));
  return steps
    .map(({ name, status, message, durationMs }) => {
      const [colour, mark] = marks[status];
      const took = status === 'skipped' || durationMs === undefined ? '' : ` (${durationMs} ms)`;
      return `    ${output.paint(colour, mark)} ${padded(name, width)}  ${shown(message)}${took}\n`;
    })
    .join('');
}
