/** Lists the kinds of callers, and the rules that say for each kind what it may do. `matrix.ts` gives each operation one of them. */
import { admits, type Rule, type Verdict } from '@gatehouse/caller-auth/authorisation';

/** Rights in one contact centre below that of its administrators. */
const lesser = ['help desk', 'auditor'] as const;

export const callerKinds = [
  'operator',
  'internal client',
  'managing internal client',
  'managing client',
  'client',
  'bound client',
  'managing bound client',
  'user',
  'managing user',
  'installation administrator',
  'contact-centre administrator',
  'SCIM key',
  ...lesser,
] as const;

export type CallerKind = (typeof callerKinds)[number];
export type LesserKind = (typeof lesser)[number];

const managingClient = callerKinds.indexOf('managing client');
const managingBoundClient = callerKinds.indexOf('managing bound client');

/** Callers to whom a rule gives something by name alone. */
type Named = 'SCIM key' | LesserKind;

/**
 * One verdict per kind before the administrators. These two have the rights of managing clients: all, or those of one contact
 * centre. A SCIM key is no credential outside the routes for SCIM. Lesser rights of a contact centre have what names them, as
 * its administrators have it, and are refused everything else of it.
 */
function v(text: string, ...named: Named[]): readonly Verdict[] {
  const given = text.split(' ') as Verdict[];
  const [ofInstallation, ofCenter] = [managingClient, managingBoundClient].map(
    (index) => given[index] as Verdict,
  ) as [Verdict, Verdict];
  const scimKey = named.includes('SCIM key') ? 'yes' : 'refused';
  // An empty list tells nothing.
  const isNothing = ofCenter === 'empty' || !admits(ofCenter);
  const ofLesser = lesser.map((kind) => (named.includes(kind) || isNothing ? ofCenter : 'no'));
  return [...given, ofInstallation, ofCenter, scimKey, ...ofLesser];
}
const elsewhere = 'hidden hidden hidden hidden hidden';

export const rules = {
  readInstallation: {
    title: 'read something of the installation',
    verdicts: v(`yes yes yes yes ${elsewhere}`),
  },
  listInstallation: {
    title: 'list things of the installation',
    verdicts: v('yes yes yes yes empty empty empty empty empty'),
  },
  changeInstallation: {
    title: 'change something of the installation',
    verdicts: v(`yes no yes yes ${elsewhere}`),
  },
  endangerInstallation: {
    title: 'change or delete something of the installation that its people and rights depend on',
    verdicts: v(`yes no yes yes ${elsewhere}`),
    isDangerous: true,
  },
  replaceInstallation: {
    title: 'replace everything at once, or let much of the trail be deleted',
    verdicts: v('yes no yes yes no no no no no'),
    isDangerous: true,
  },
  extendInstallation: {
    title: 'add to the installation, or change what all contact centres share',
    verdicts: v('yes no yes yes no no no no no'),
  },
  found: {
    title:
      'add an environment or a contact centre to the installation, or bring a deleted one back: people come in by it',
    verdicts: v('yes no yes yes no no no no no'),
    isDangerous: true,
  },
  diagnose: {
    title: 'look at what the service stands on',
    verdicts: v('yes no yes yes no no no no no'),
  },
  readOverview: {
    title: 'see how the installation, or a contact centre, is doing',
    verdicts: v('yes no yes yes no no yes no yes', 'auditor'),
    other: v('yes no yes yes no no hidden no hidden'),
  },
  readAll: {
    title: 'read everything at once',
    verdicts: v('yes yes yes yes no no no no no'),
    refusal: 'This caller may not read what belongs to other contact centres',
  },
  listCenters: {
    title: 'list contact centres',
    verdicts: v('yes yes yes yes empty own own own own', 'help desk', 'auditor'),
  },
  nameCenter: {
    title: 'read which contact centre it is',
    verdicts: v('yes yes yes yes hidden yes yes yes yes', 'help desk', 'auditor'),
    other: v(`yes yes yes yes ${elsewhere}`),
  },
  listOwn: {
    title: 'list things of contact centres',
    verdicts: v('yes yes yes yes empty own own own own', 'auditor'),
  },
  readCenter: {
    title: 'read something of a contact centre',
    verdicts: v('yes yes yes yes hidden yes yes yes yes', 'auditor'),
    other: v(`yes yes yes yes ${elsewhere}`),
  },
  readKey: {
    title: 'read whose a given key is',
    verdicts: v('yes yes yes yes hidden yes yes yes yes'),
    // A caller who may read no key is refused before its owner is looked for.
    other: [
      ...v(`yes yes yes yes ${elsewhere}`).slice(0, -lesser.length),
      ...lesser.map(() => 'no' as const),
    ],
  },
  changeCenter: {
    title: 'change something of a contact centre',
    verdicts: v('yes no yes yes hidden no yes no yes'),
    other: v(`yes no yes yes ${elsewhere}`),
  },
  moveCenter: {
    title: 'change who the people of a contact centre are, and whether they come in',
    verdicts: v('yes no yes yes hidden no yes no yes'),
    other: v(`yes no yes yes ${elsewhere}`),
    isDangerous: true,
  },
  speakForPeople: {
    title: 'let somebody else say who the people of a contact centre are, or write them',
    verdicts: v('yes no yes yes hidden no yes no yes'),
    other: v(`yes no yes yes ${elsewhere}`),
    isDangerous: true,
    speaksForPeople: true,
  },
  withdrawKey: {
    title: 'withdraw a key of a contact centre',
    verdicts: v('yes no yes yes hidden no yes no yes'),
    other: v(`yes no yes yes ${elsewhere}`),
    isDangerous: true,
  },
  linkPassword: {
    title: 'let a person of a contact centre choose a password',
    verdicts: v('yes no yes yes hidden no yes no yes', 'help desk'),
    other: v(`yes no yes yes ${elsewhere}`),
    isDangerous: true,
  },
  deleteCenter: {
    title: 'delete a contact centre',
    isDangerous: true,
    verdicts: v('yes no yes yes hidden no no no no'),
    other: v(`yes no yes yes ${elsewhere}`),
  },
  readDeleted: {
    title: 'read what was deleted in the installation, people of every contact centre included',
    verdicts: v('yes no yes yes no no no no no'),
  },
  readDeletedPeople: {
    title: 'read the deleted people of a contact centre',
    verdicts: v('yes no yes yes hidden no yes no yes', 'auditor'),
    other: v(`yes no yes yes ${elsewhere}`),
  },
  readPeople: {
    title: 'read the people of a contact centre without SCIM',
    verdicts: v('yes no yes yes hidden no yes no yes', 'help desk', 'auditor'),
    other: v(`yes no yes yes ${elsewhere}`),
  },
  writePeople: {
    title:
      'add, change, disable or delete people of a contact centre without SCIM, or bring deleted ones back',
    verdicts: v('yes no yes yes hidden no yes no yes'),
    other: v(`yes no yes yes ${elsewhere}`),
    isDangerous: true,
  },
  readProvisioned: {
    title: 'read the people of a contact centre',
    verdicts: v('yes no yes yes hidden no yes no yes', 'SCIM key', 'auditor'),
    other: v(`yes no yes yes ${elsewhere}`),
  },
  provision: {
    title: 'write the people of a contact centre, with their passwords and groups',
    verdicts: v('yes no yes yes hidden no yes no yes', 'SCIM key'),
    other: v(`yes no yes yes ${elsewhere}`),
    isDangerous: true,
  },
  internal: {
    title: 'what the services tell each other',
    verdicts: v('no yes yes no no no no no no'),
    refusal: 'This endpoint is for internal clients',
  },
} as const satisfies Record<string, Rule>;

export type RuleName = keyof typeof rules;
