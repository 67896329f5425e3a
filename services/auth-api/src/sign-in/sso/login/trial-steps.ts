/** Lists what a sign-in as a test judges, in the order of a sign-in: the answer, the name, the groups, the person, the rights. */
import type { FollowedChanges } from '@gatehouse/contracts/environment-api';
import type { Clock } from '@gatehouse/service-kit/clock';
import { type Said, say } from '@gatehouse/service-kit/sentences';
import type { UserIdentity } from '../../../people/identity/identity.ts';
import { type AssertedPerson, nameOf, requireGroup, seenAtMs, skewMsOf } from '../asserted-person.ts';
import { type CheckStep, passed, warning } from '../check-step.ts';
import { SsoError } from '../failure.ts';
import type { SignOnSettings } from '../settings.ts';
import { type People, wouldFind } from './find-person.ts';
import type { SsoFlow } from './flow.ts';

interface Tried {
  people: People;
  settings: SignOnSettings;
  flow: SsoFlow;
  person: AssertedPerson;
  now: Clock;
  /** Filled in for the event. */
  found: { userName?: string; reason?: string };
}

export function trialSteps({ people, settings, flow, person, now, found }: Tried): CheckStep[] {
  let identity: UserIdentity | undefined;
  const steps: CheckStep[] = [
    {
      name: 'answer',
      async run() {
        seenAtMs(person, flow, { nowMs: now(), skewMs: skewMsOf(settings) });
        // As an administrator types it to link a person.
        const { subject = person.provider.subject } = person;
        return passed(say('signOn.trial.answer', { issuer: person.issuer, subject }));
      },
    },
    {
      name: 'user name',
      async run() {
        const name = nameOf(person, settings);
        const { userLookup: lookup } = settings;
        return passed(
          say('signOn.trial.name', { field: fieldOf(settings), value: person.name ?? '', name, lookup }),
        );
      },
    },
    {
      name: 'groups',
      async run() {
        requireGroup(person, settings);
        if (person.groups.length === 0) return passed(say('signOn.trial.noGroups'));
        return passed(say('signOn.trial.groups', { groups: [...person.groups].slice(0, maxShown) }));
      },
    },
    {
      name: 'person',
      async run() {
        const { changes, ...would } = await wouldFind(people, settings, person);
        identity = would.identity;
        found.userName = identity?.loginName ?? nameOf(person, settings);
        const written = writtenBy(person, changes);
        if (identity === undefined)
          return passed(say('signOn.trial.new', { userName: found.userName }), ...written);
        const { loginName: userName, dbid, email } = identity;
        const name = person.name ?? '';
        const said = say('signOn.person.found', { name, userName, dbid, lookup: settings.userLookup });
        const address = email === undefined ? [] : [say('signOn.trial.email', { email })];
        return passed(said, ...address, ...written);
      },
    },
    {
      name: 'rights',
      async run() {
        const names = (identity?.authorities ?? []).map((one) => one.name).slice(0, maxShown);
        return passed(say('signOn.trial.rights', { names }));
      },
    },
    {
      name: 'session',
      async run() {
        const userName = found.userName ?? '';
        if (settings.enabled) return passed(say('signOn.trial.session', { userName }));
        return warning(say('signOn.trial.later', { userName }));
      },
    },
  ];
  return steps.map(({ name, run }) => ({
    name,
    run: () =>
      run().catch((error: unknown) => {
        if (error instanceof SsoError) found.reason = error.reason;
        throw error;
      }),
  }));
}

const maxShown = 50;

/** Says which fields and groups of the person a sign-in would write. */
function writtenBy(person: AssertedPerson, changes: FollowedChanges | undefined): Said[] {
  const { fields = [], joined = [], left = [] } = changes ?? {};
  const values = fields.flatMap((field) => person[field] ?? []);
  return [
    ...(values.length === 0 ? [] : [say('signOn.trial.update', { values })]),
    ...(joined.length === 0 ? [] : [say('signOn.trial.joined', { groups: joined.slice(0, maxShown) })]),
    ...(left.length === 0 ? [] : [say('signOn.trial.left', { groups: left.slice(0, maxShown) })]),
  ];
}

/** The name of the field by which the provider names the person. */
function fieldOf(settings: SignOnSettings): string {
  if (settings.protocol === 'oidc') return settings.userNameClaim;
  return settings.userNameSource === 'nameId' ? 'NameID' : (settings.userNameAttribute ?? '');
}
