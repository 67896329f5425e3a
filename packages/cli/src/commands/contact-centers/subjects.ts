/** `gatehouse cc subjects`: within what a `sub` of a contact centre names one person, and what ends when that changes. */
import { orderRevocation } from '@gatehouse/api-client/auth-api';
import { createContactCenterAdministration } from '@gatehouse/api-client/environment-api';
import type { SubjectScope } from '@gatehouse/contracts/environment-api';
import type { Command } from 'commander';
import type { Cli } from '../../command-group.ts';
import { contactCenterOf } from '../../input/named.ts';

/** The consequences of a change, for its confirmation and for a person who only looks. */
const consequences = [
  'Every person of it gets another sub: applications, receivers of signals and logout notices know nobody by the former one.',
  'Sessions, tokens and requests for approval end, and everybody signs in again.',
  'Consents and user codes are asked for again.',
  'Entries of its people in the list of administrators give no right until they are made again.',
];

export function ccSubjectsCommand(cc: Command, cli: Cli): void {
  cc.command('subjects <contact-center>')
    .description('within what the sub of its people names one person; with --scope another one')
    .option('--scope <scope>', 'environment, or contactCenter: subjects of its own')
    .action(
      cli.action<{ scope?: SubjectScope }, [string]>(async (session, { scope }, named) => {
        const id = await contactCenterOf(session, named);
        const { environmentApi, authApi, output } = session;
        const api = createContactCenterAdministration(environmentApi);
        const center = await api.read(id);
        const others = (await api.list({ environmentId: center.environmentId })).filter(
          (one) => one.id !== center.id && one.subjectScope === 'environment',
        );
        const sharing = center.subjectScope === 'environment' ? others.map(({ name }) => name) : [];
        if (scope === undefined || scope === center.subjectScope) {
          const { subjectScope } = center;
          output.record({ id: center.id, subjectScope, sharedWith: sharing }, [
            ['scope', subjectScope],
            ['shared with', sharing.join(', ')],
            ['a change', consequences.join(' ')],
          ]);
          return;
        }
        const { ends } = await orderRevocation(authApi, { contactCenter: id, dryRun: true });
        const held = `${ends?.people ?? 0} people and ${ends?.sessions ?? 0} sessions end.`;
        const joins = scope === 'environment' && others.length > 0;
        const shared = joins
          ? ` Its people get the subs that ${others.map(({ name }) => JSON.stringify(name)).join(', ')} know them by.`
          : '';
        await session.sure(
          `Change the subject scope of ${JSON.stringify(center.name)} to ${scope}? ${consequences.join(' ')} Now ${held}${shared}`,
        );
        const { data: changed } = await api.change(id, { subjectScope: scope });
        output.done(`Contact centre ${id} has the subject scope ${changed.subjectScope}.`, changed);
      }),
    );
}
