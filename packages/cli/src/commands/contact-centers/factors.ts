/** `gatehouse cc factors`, and the dry run of `cc update`: who has which second factor, and whom a policy keeps out. */
import { countFactors, dryRunSecondFactor } from '@gatehouse/api-client/auth-api';
import { UpstreamError } from '@gatehouse/api-client/http';
import type { Warning } from '@gatehouse/contracts/answers';
import type {
  FactorCounts,
  FactorOutlook,
  FactorPreview,
  FactorVerdict,
} from '@gatehouse/contracts/auth-administration';
import type { ContactCenterChange } from '@gatehouse/contracts/resources';
import type { AssuranceLevel } from '@gatehouse/contracts/values';
import type { Command } from 'commander';
import type { Cli } from '../../command-group.ts';
import { exitCodes } from '../../failure/failure.ts';
import { contactCenterOf } from '../../input/named.ts';
import type { Session } from '../../session.ts';

type Line = readonly [name: string, value: unknown];

export function ccFactorsCommand(cc: Command, cli: Cli): void {
  cc.command('factors <contact-center>')
    .description(
      'how many people have which second factor, who has time to set one up, and whom the policy keeps out',
    )
    .action(
      cli.action<object, [string]>(async (session, _options, named) => {
        const counts = await countFactors(session.authApi, await contactCenterOf(session, named));
        session.output.record(counts, [...heldLines(counts), ...verdictLines(counts.now, counts)]);
        session.output.warn(roleWarnings(counts.now));
      }),
    );
}

/** Exit code 1 where the change locks somebody out at once. */
export function printPreview(session: Session, preview: FactorPreview): void {
  const { after, isStricter, newlyInGrace, newlyLockedOut } = preview;
  session.output.record(preview, [
    ...heldLines(preview),
    ['stricter', isStricter ? 'yes' : 'no'],
    ['would be locked out', shown(newlyLockedOut)],
    ['would have to set a factor up', shown(newlyInGrace)],
    ...verdictLines(after, preview),
  ]);
  session.output.warn(roleWarnings(after));
  session.output.note('Nothing is stored: this was a dry run.');
  if (newlyLockedOut.count > 0) session.exitCode = exitCodes.negative;
}

function heldLines({ people, since, held }: FactorCounts): Line[] {
  return [
    ['people', people],
    ['signed in since, or with a factor', since],
    ['with a passkey', held.passkeys],
    ['with a passkey of one device', held.devicePasskeys],
    ['with codes of an app', held.totp],
    ['with recovery codes', held.recoveryCodes],
    ['with a remembered browser', held.rememberedDevices],
    ['without a passkey or an app', held.none],
  ];
}

const roleWarnings = ({ rolesOfNobody = [] }: FactorVerdict): Warning[] =>
  rolesOfNobody.map((role) => ({
    field: 'secondFactor',
    value: role,
    message: `nobody in the people store has the role ${role}, so the policy protects nobody by it`,
  }));

/** Of a change that is stored: Auth API alone knows who has the roles, and need not answer. */
export async function warningsOfChange(
  { authApi }: Session,
  id: string,
  { secondFactor }: ContactCenterChange,
): Promise<Warning[]> {
  if (!secondFactor?.requiredRoles && !secondFactor?.phishingResistantRoles) return [];
  try {
    return roleWarnings((await dryRunSecondFactor(authApi, id, { secondFactor })).after);
  } catch (error) {
    if (error instanceof UpstreamError) return [];
    throw error;
  }
}

function verdictLines(
  { everybody, roles, enrolmentEndsAt }: FactorVerdict,
  { areRolesKnown = false }: Pick<FactorCounts, 'areRolesKnown'>,
): Line[] {
  const whose = areRolesKnown ? 'people with' : 'if all were';
  return [
    ['time to set a factor up ends', enrolmentEndsAt],
    ...outlookLines('everybody', everybody),
    ...roles.flatMap((one) => outlookLines(`${whose} ${one.roles.join(' or ')}`, one)),
  ];
}

const required: Record<AssuranceLevel, string> = {
  password: 'a password',
  secondFactor: 'a second factor',
  phishingResistant: 'a phishing-resistant factor',
};

function outlookLines(whose: string, outlook: FactorOutlook): Line[] {
  return [
    [`${whose}: required`, required[outlook.level]],
    ['come in', outlook.ready],
    ['come in if the provider says so', outlook.byProvider],
    ['add another factor first', outlook.mustAdd],
    ['come in until the time ends', shown(outlook.inGrace)],
    ['locked out', shown(outlook.lockedOut)],
  ];
}

function shown({ count, names }: FactorOutlook['lockedOut']): string {
  if (names.length === 0) return String(count);
  return `${count}: ${names.join(', ')}${count > names.length ? ' and others' : ''}`;
}
