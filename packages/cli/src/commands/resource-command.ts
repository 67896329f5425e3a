/** Makes `list`, `show`, `create`, `update` and `delete` of a resource from the details of each. */
import type { Resource as Described } from '@gatehouse/contracts/resource';
import { type Command, Option } from 'commander';
import type { Cli } from '../command-group.ts';
import { fieldOptions, fieldsOf, requireFields } from '../input/fields.ts';
import type { FieldOption } from '../input/options.ts';
import { columnsOf } from '../output/columns.ts';
import type { Columns } from '../output/table.ts';
import type { Session } from '../session.ts';

interface Details {
  /** Where it is called otherwise. */
  name?: string;
  description: string;
  /** Adds options beside those of the fields. */
  options?(command: Command): Command;
}

interface Listing<Calls, Given, Row> extends Details {
  rows(calls: Calls, given: Given): Promise<readonly Row[]>;
  /** Stand before the others that the description names; a function asks for the names of what the rows have by ids. */
  columns: Columns<Row> | ((session: Session, rows: readonly Row[]) => Promise<Columns<Row>>);
  /** Fields that are columns, and that the command shows in a form of its own, or not. */
  hidden?: readonly string[];
  /** The sentence where there are no rows. */
  none: string;
  timeoutSeconds?: number;
}

interface Showing<Calls, Given, Found> extends Details {
  read(calls: Calls, id: string, given: Given): Promise<Found>;
  /** The lines; every field with its value without it. */
  lines?(found: Found): readonly (readonly [name: string, value: unknown])[];
}

interface Writing<Given, Body, Answer> extends Details {
  fields: readonly FieldOption[];
  /** Completes the body, such as with a password that is asked for. */
  body?(session: Session, fields: Body, given: Given): Promise<Body>;
  print(session: Session, answer: Answer): void;
}

interface Creating<Calls, Given, Body, Answer> extends Writing<Given, Body, Answer> {
  send(calls: Calls, fields: Body, given: Given): Promise<Answer>;
}

interface Updating<Calls, Given, Body, Answer> extends Writing<Given, Body, Answer> {
  send(calls: Calls, id: string, fields: Body, given: Given): Promise<Answer>;
}

type Confirmation = string | readonly [question: string, ...names: string[]];

interface Removing<Calls, Given> extends Details {
  /** The question, and the names that the person types instead of a yes. */
  confirmation(calls: Calls, id: string, given: Given): Confirmation | Promise<Confirmation>;
  remove(calls: Calls, id: string, given: Given): Promise<void>;
  done(id: string, given: Given): string;
}

interface Resource<Calls> {
  resource: Described;
  calls(session: Session): Calls;
  /** Names one of them: `<id>` without it, and what it is. */
  argument?: readonly [name: string, description?: string];
  /** Finds the id of one that may be named otherwise. */
  idOf?(session: Session, named: string): Promise<string>;
  /** Adds the options that say whose they are. */
  place?(command: Command): Command;
}

const same = (command: Command) => command;

/** `Place`: the options that `place` adds. Commands that do more than one call are written by hand, beside these. */
export function resourceCommands<Calls, Place extends object = object>(
  group: Command,
  cli: Cli,
  { resource, calls, argument = ['<id>'], idOf = async (_session, id) => id, place = same }: Resource<Calls>,
) {
  const command = ({ name, description, options = same }: Details, usual: string) =>
    options(place(group.command(name ?? usual).description(description)));

  async function bodyOf<Given extends object, Body extends object>(
    { fields, body }: Pick<Writing<Given, Body, never>, 'fields' | 'body'>,
    session: Session,
    given: Given,
  ): Promise<Body> {
    const typed = await fieldsOf<Body>(session, given, fields);
    return body === undefined ? typed : body(session, typed, given);
  }

  return {
    list<Row, Options extends object = object>(details: Listing<Calls, Options & Place, Row>): void {
      const { rows, columns, hidden, none, timeoutSeconds } = details;
      command(details, 'list').action(
        cli.action<Options & Place>(
          async (session, given) => {
            const found = await rows(calls(session), given);
            const first = typeof columns === 'function' ? await columns(session, found) : columns;
            session.output.rows(found, columnsOf(resource, first, hidden), none);
          },
          timeoutSeconds === undefined ? {} : { timeoutSeconds },
        ),
      );
    },
    show<Found extends object>(details: Showing<Calls, Place, Found>): void {
      const { read, lines = Object.entries } = details;
      command(details, 'show')
        .argument(...argument)
        .action(
          cli.action<Place, [string]>(async (session, given, named) => {
            const id = await idOf(session, named);
            const found = await read(calls(session), id, given);
            session.output.record(found, lines(found));
          }),
        );
    },
    create<Body extends object, Answer, Options extends object = object>(
      details: Creating<Calls, Options & Place, Body, Answer>,
    ): void {
      fieldOptions(command(details, 'create'), details.fields).action(
        cli.action<Options & Place>(async (session, given) => {
          const fields = await bodyOf(details, session, given);
          details.print(session, await details.send(calls(session), fields, given));
        }),
      );
    },
    update<Body extends object, Answer, Options extends object = object>(
      details: Updating<Calls, Options & Place, Body, Answer>,
    ): void {
      fieldOptions(command(details, 'update').argument(...argument), details.fields).action(
        cli.action<Options & Place, [string]>(async (session, given, named) => {
          const fields = requireFields(await bodyOf(details, session, given));
          const id = await idOf(session, named);
          details.print(session, await details.send(calls(session), id, fields, given));
        }),
      );
    },
    remove<Options extends object = object>(details: Removing<Calls, Options & Place>): void {
      command(details, 'delete')
        .argument(...argument)
        .action(
          cli.action<Options & Place, [string]>(async (session, given, named) => {
            const id = await idOf(session, named);
            const [question = '', ...names] = [await details.confirmation(calls(session), id, given)].flat();
            await session.sure(question, names);
            await details.remove(calls(session), id, given);
            session.output.done(details.done(id, given));
          }),
        );
    },
  };
}

/** Of a list that its API sorts. */
export const sortOption = (): Option =>
  new Option('--sort <order>', 'by name, or from the last name on').choices(['name', '-name']);
