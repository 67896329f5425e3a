/** `gatehouse people factors|reset-factors|invite|forget-browsers`: the second factors of a person. */
import { createFactorCalls } from '@gatehouse/api-client/auth-api';
import type { FactorsOfPerson, HeldFactor } from '@gatehouse/contracts/auth-administration';
import type { Command } from 'commander';
import type { Cli } from '../../command-group.ts';
import { type PlaceOption, personArgument, personOf } from '../../input/person.ts';
import { namesOfPeople } from '../../input/shown-names.ts';
import type { Session } from '../../session.ts';

interface ReasonOption extends PlaceOption {
  reason: string;
}

const kinds: Record<HeldFactor['kind'], string> = { passkey: 'passkey', totp: 'app for one-time codes' };

const columns = {
  kind: ({ kind }: HeldFactor) => kinds[kind],
  name: 'name',
  made: 'madeAt',
  'last used': ({ usedAt }: HeldFactor) => usedAt ?? 'never',
  synced: ({ synced }: HeldFactor) => (synced === undefined ? '' : synced ? 'yes' : 'no'),
  note: ({ cloneSuspected }: HeldFactor) => (cloneSuspected ? 'somebody may have a copy' : ''),
} as const;

export function factorCommands(people: Command, cli: Cli): void {
  const api = (session: Session) => createFactorCalls(session.authApi);
  const command = (name: string, description: string) =>
    personArgument(people.command(name).description(description));
  const withReason = (name: string, description: string) =>
    command(name, description).requiredOption(
      '--reason <text>',
      'how you know that it is the person, and what happened; kept in the history and in the audit trail',
    );

  command(
    'factors',
    'the second factors of a person, the remembered browsers, and what happened to them',
  ).action(
    cli.action<PlaceOption, [string]>(async (session, { contactCenter }, name) => {
      const held = await api(session).read(await personOf(session, name, contactCenter));
      if (session.output.isJson) return session.output.record(held, []);
      await show(session, held);
    }),
  );

  withReason(
    'reset-factors',
    'take every second factor of a person away; sessions, tokens and remembered browsers end, the password stays',
  ).action(
    cli.action<ReasonOption, [string]>(async (session, { contactCenter, reason }, name) => {
      const person = await personOf(session, name, contactCenter);
      await session.sure(`Take every second factor of ${name} away, and end the sessions?`);
      const ended = await api(session).reset({ ...person, reason });
      const { passkeys, apps, recoveryCodes, devices, sessions } = ended;
      session.output.done(
        `The second factors of ${ended.user.userName} are reset: ${passkeys} passkeys, ${apps} apps for one-time codes, ${recoveryCodes} recovery codes, ${devices} remembered browsers and ${sessions} sessions are gone.`,
        ended,
      );
    }),
  );

  withReason(
    'invite',
    'make the code by which a person adds a first second factor; it works once, for ten minutes',
  ).action(
    cli.action<ReasonOption, [string]>(async (session, { contactCenter, reason }, name) => {
      const person = await personOf(session, name, contactCenter);
      const invitation = await api(session).invite({ ...person, reason });
      // Alone on standard output, so that a script can take it.
      session.output.note(
        `For ${invitation.user.userName}, until ${invitation.endsAt}; it cannot be read again.`,
      );
      session.output.text(invitation, `${invitation.code}\n`);
    }),
  );

  command('forget-browsers', 'ask for the second factor again in browsers that are remembered')
    .option('--device <id>', 'only this one, from: gatehouse people factors')
    .action(
      cli.action<PlaceOption & { device?: string }, [string]>(
        async (session, { contactCenter, device }, name) => {
          const ended = await api(session).endDevices(await personOf(session, name, contactCenter), device);
          session.output.done(
            `${ended.devices} browsers of ${ended.user.userName} are remembered no more.`,
            ended,
          );
        },
      ),
    );
}

/** In the words of the history. */
const changes: Record<FactorsOfPerson['history'][number]['factor'], string> = {
  ...kinds,
  recoveryCodes: 'recovery codes',
  all: 'all factors',
  any: 'a first factor',
};

async function show(session: Session, { factors, recoveryCodes, devices, history }: FactorsOfPerson) {
  const { output } = session;
  output.rows(factors, columns, 'The person has no second factor.');
  output.raw(`\nrecovery codes left: ${recoveryCodes}\n`);
  output.rows(
    devices,
    { id: 'id', 'remembered since': 'grantedAt', until: 'endsAt', browser: 'userAgent' },
    'No browser is remembered.',
  );
  output.raw('');
  const nameOf = await namesOfPeople(
    session,
    history.map(({ by }) => by),
  );
  output.rows(
    history,
    {
      at: 'at',
      change: 'change',
      what: ({ factor, name }) => (name === undefined ? changes[factor] : `${changes[factor]} ${name}`),
      by: ({ by }) => nameOf(by),
      reason: 'reason',
    },
    'Nothing has happened yet.',
  );
}
