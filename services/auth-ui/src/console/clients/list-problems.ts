/** Puts what the API says about one value of a list beside the field with all its lines. */
import type { Problem } from '../shell/problem.ts';
import type { ConsoleVisit } from '../shell/shell.ts';

/** `redirectURIs.1` becomes `redirectURIs`, and the message names the second line. */
export function withLines({ text }: Pick<ConsoleVisit, 'text'>, problem: Problem): Problem {
  const fields: Record<string, string> = {};
  for (const [name, message] of Object.entries(problem.fields)) {
    const [, field = name, index] =
      /^(?:tokenExchange\.)?([A-Za-z_]+)(?:\.(\d+))?$/.exec(name) ?? ([] as string[]);
    const said =
      index === undefined
        ? message
        : text('console.clients.line', { line: Number(index) + 1, message: sentenceOf(message, name) });
    fields[field] = fields[field] === undefined ? said : `${fields[field]} ${said}`;
  }
  return { ...problem, fields };
}

/** Without the name of the field, which the person sees above. */
function sentenceOf(message: string, name: string): string {
  return message.replace(`data.${name}: `, '');
}
