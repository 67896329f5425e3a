/** `gatehouse branding`: how pages look, of a contact centre, or with --global what all of them inherit. */
import { createBrandingAdministration } from '@gatehouse/api-client/environment-api';
import { type EffectiveBranding, imagePath } from '@gatehouse/contracts/environment-api';
import type { BrandingChange } from '@gatehouse/contracts/resources';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Command } from 'commander';
import type { Cli } from '../command-group.ts';
import { UsageError } from '../failure/failure.ts';
import { fieldOptions, fieldsOf, requireFields } from '../input/fields.ts';
import { readBytes } from '../input/file.ts';
import { type FieldOption, flag } from '../input/options.ts';
import { type Owner, owned, ownerOf } from '../input/owner.ts';
import type { Session } from '../session.ts';

interface Place extends Owner {
  location: string;
}

/** Two options are parts of one field: a shade that is not given fits the other one. */
type Typed = BrandingChange & { accent?: string; accentDark?: string };

const fields: readonly FieldOption[] = [
  { flags: '--name <text>', description: 'the name above every page' },
  { flags: '--accent <color>', description: 'buttons, links and the picture, as #135848' },
  {
    flags: '--accent-dark <color>',
    description: 'buttons and links on dark pages; a shade of --accent without it',
  },
  {
    flags: '--by-name <flag>',
    description: 'true: also for those who only typed the tenant name',
    read: flag,
  },
];

const api = (session: Session) => createBrandingAdministration(session.environmentApi);

export function brandingCommands(program: Command, cli: Cli): void {
  const branding = program.command('branding').description('how pages look, by contact centre and location');

  owned(branding.command('show').description('what is set here, and what is effective at a location'))
    .option('--location <path>', 'also what is effective there')
    .action(
      cli.action<Place>(async (session, place) => {
        const answer = await api(session).read(ownerOf(place), place.location);
        if (session.output.isJson || (answer.entries.length === 0 && !answer.effective))
          return session.output.text(answer, 'There is no branding here.\n');
        for (const { location, ...entry } of answer.entries)
          session.output.record(entry, [['location', location], ...rowsOf(entry)]);
        if (answer.effective) showEffective(session, place.location, answer.effective);
      }),
    );

  fieldOptions(
    at(branding.command('set').description('change what is given; links, texts and notice come from --file')),
    fields,
  )
    .option('--dry-run', 'check only, and show what would be effective')
    .action(
      cli.action<Place & { dryRun?: boolean }>(async (session, { dryRun, ...place }) => {
        const { accent, accentDark, ...rest } = await fieldsOf<Typed>(session, place, fields);
        if (accent === undefined && accentDark !== undefined)
          throw new UsageError('Give --accent together with --accent-dark');
        const colors = accent === undefined ? {} : { colors: { accent, ...definedOnly({ accentDark }) } };
        const given = requireFields({ ...rest, ...colors });
        if (dryRun) {
          const { effective } = await api(session).preview(ownerOf(place), place.location, given);
          return showEffective(session, place.location, effective);
        }
        const entry = await api(session).set(ownerOf(place), place.location, given);
        session.output.done(`The branding at ${place.location} is set.`, entry);
      }),
    );

  at(branding.command('logo').description('the logo: PNG, JPEG, WebP or GIF, at most 2 MiB'))
    .argument('[file]', '- for standard input')
    .option('--remove', 'take the logo away')
    .action(
      cli.action<Place & { remove?: boolean }, [string | undefined]>(async (session, place, file) => {
        if ((file === undefined) === (place.remove === undefined))
          throw new UsageError('Give a file, or --remove');
        if (file === undefined) {
          await api(session).removeLogo(ownerOf(place), place.location);
          return session.output.done(`The logo at ${place.location} is deleted.`);
        }
        const entry = await api(session).setLogo(
          ownerOf(place),
          place.location,
          await readBytes(session.terminal, file),
        );
        session.output.done(
          `The logo at ${place.location} is set: ${imagePath(entry.logo?.digest ?? '')}`,
          entry,
        );
      }),
    );

  at(branding.command('delete').description('delete the branding of a location, with its logo')).action(
    cli.action<Place>(async (session, place) => {
      await session.sure(`Delete the branding at ${place.location}?`);
      await api(session).remove(ownerOf(place), place.location);
      session.output.done(`The branding at ${place.location} is deleted.`);
    }),
  );
}

function at(command: Command): Command {
  return owned(command).option('--location <path>', 'where it counts', '/');
}

function showEffective(
  session: Session,
  location: string,
  { sources, ...effective }: EffectiveBranding,
): void {
  session.output.record(effective, [
    ['effective at', location],
    ...rowsOf(effective, (field) => {
      const source = sources[field];
      return source ? ` (${source.level === 'installation' ? 'global, ' : ''}${source.location})` : '';
    }),
  ]);
}

function rowsOf(values: object, note: (field: string) => string = () => ''): [string, unknown][] {
  return Object.entries(values).map(([field, value]) => [
    field,
    `${typeof value === 'object' ? JSON.stringify(value) : value}${note(field)}`,
  ]);
}
