/** Steps of a check as a readable list: a mark, the step, what happened. */
import type { Output } from './output.ts';
import { padded, shown, widest } from './text.ts';

export interface StepLine {
  name: string;
  status: 'ok' | 'failed' | 'skipped';
  message: string;
  durationMs: number | undefined;
}

const marks = {
  ok: ['green', '✓'],
  failed: ['red', '✗'],
  skipped: ['gray', '-'],
} as const;

export function renderSteps(steps: readonly StepLine[], output: Output): string {
  const width = widest(steps.map(({ name }) => name));
  return steps
    .map(({ name, status, message, durationMs }) => {
      const [colour, mark] = marks[status];
      const took = durationMs === undefined ? '' : ` (${durationMs} ms)`;
      return `    ${output.paint(colour, mark)} ${padded(name, width)}  ${shown(message)}${took}\n`;
    })
    .join('');
}
