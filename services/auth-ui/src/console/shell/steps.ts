/** Shows what was looked at one after another as steps: how far it came, and what to change. */
import type { Finding } from '@gatehouse/contracts/answers';
import { saidIn } from '../../texts/said.ts';
import { isTextKey } from '../../texts/texts.ts';
import { type ConsolePage, consoleView } from './pages.ts';
import type { Form, Table } from './parts.ts';
import type { ConsoleVisit } from './shell.ts';

type Status = 'ok' | 'warning' | 'failed' | 'skipped';

export interface ShownStep {
  name: string;
  status: Status;
  statusWord: string;
  message: string;
  /** In English: the words of a service of another release, or of a server. */
  isRaw: boolean;
  duration: string;
}

export interface StepGroup {
  title: string;
  note: string;
  steps: ShownStep[];
}

export interface StepsPage extends ConsolePage {
  outcome: 'good' | 'warning' | 'bad';
  verdict: string;
  /** Where the verdict names a cause: what ends it, or who can. */
  remedy?: { action: string; label: string };
  advice?: string;
  groups: StepGroup[];
  /** A table of earlier events, below the steps. */
  history?: { title: string; table: Table };
  /** Looks once more. */
  again?: { action: string; label: string };
  /** Looks once more, with something to fill in. */
  form?: Form;
}
export const stepsView = consoleView<StepsPage>('steps');

/** The name of a step is a text below `keys`; one that an API of another release names is shown as it is. */
export function shownStep(visit: ConsoleVisit, keys: string, finding: Finding): ShownStep {
  const { text } = visit;
  const { name, status, durationMs } = finding;
  const key = `${keys}.${name.replaceAll(' ', '-')}`;
  const said = saidIn(visit, finding);
  return {
    name: isTextKey(key) ? text(key) : name,
    status,
    statusWord: text(`console.step.status.${status}`),
    message: said.text,
    isRaw: said.isRaw,
    duration: status === 'skipped' ? '' : text('console.step.ms', { ms: durationMs }),
  };
}
