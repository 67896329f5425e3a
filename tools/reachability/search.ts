/** Searches what can be reached from each right, key and setting, over both matrices and the edges beside them. */
import type { Rule } from '@gatehouse/caller-auth/authorisation';
import type { Fact, ReachEdge, ReachGuard, Source } from '@gatehouse/contracts/reachability';
import {
  administratorKinds,
  opsMatrix,
  opsRules,
} from '../../services/auth-api/src/oauth/client-authentication/ops-matrix.ts';
import { edges, opsGives } from '../../services/auth-api/src/oauth/client-authentication/ops-reach.ts';
import { matrix } from '../../services/environment-api/src/access/matrix.ts';
import { gives } from '../../services/environment-api/src/access/reach.ts';
import { callerKinds, rules } from '../../services/environment-api/src/access/rules.ts';

/** A higher number is worth more. Other nodes are no rights: they matter only for the rights that they reach. */
export const levels: Readonly<Record<string, number>> = {
  operator: 6,
  'operator by link': 6,
  'installation administrator': 5,
  'managing client': 5,
  'managing internal client': 5,
  'internal client': 4,
  'contact-centre administrator': 3,
  'managing bound client': 3,
  'SCIM key': 2,
  'help desk': 2,
  auditor: 2,
  'bound client': 1,
  client: 1,
  user: 1,
};

/** Those who sign in: an operator's link is as short as the sign-in may be old, and programs do not sign in. */
const people = ['installation administrator', 'contact-centre administrator', 'help desk', 'auditor'];

interface Step {
  to: string;
  by: string;
  when?: string | undefined;
}

/** Passwords that give a right of a contact centre below that of its administrators, or by a group. */
const isOfRight: ReadonlySet<string> = new Set<Fact>([
  'password of the help desk or an auditor of the people store',
  'password of a member of a mapped group of the people store',
]);

/** The single steps from every node. `without`: guards that are taken away. */
export function stepsOf(without: readonly ReachGuard[] = []): ReadonlyMap<string, readonly Step[]> {
  const steps = new Map<string, Step[]>();
  const add = (from: string, step: Step) => steps.set(from, [...(steps.get(from) ?? []), step]);
  for (const [operation, name] of Object.entries(matrix)) addOperation(operation, name);
  for (const [operation, name] of Object.entries(opsMatrix)) {
    const rule: Rule = opsRules[name];
    for (const [index, kind] of administratorKinds.entries())
      if (rule.verdicts[index] === 'yes')
        for (const to of opsGives[operation] ?? []) add(kind, { to, by: `\`${operation}\`` });
  }
  for (const { from, to, by, when, stoppedBy } of edges as readonly ReachEdge<string>[])
    if (stoppedBy === undefined || without.includes(stoppedBy)) add(from, { to, by, when });
  return steps;

  function addOperation(operation: string, name: keyof typeof rules): void {
    const rule: Rule = rules[name];
    for (const [index, kind] of callerKinds.entries())
      if (rule.verdicts[index] === 'yes')
        for (const to of gives[operation] ?? [])
          if (!isClosed(rule, index, to)) add(kind, { to, by: `\`${operation}\`` });
  }

  /** To callers that are bound to a contact centre, by the guard of the row or of the record. */
  function isClosed(rule: Rule, index: number, to: Fact): boolean {
    const isBound =
      (rule.other?.[index] ?? rule.verdicts[index]) !== 'yes' || callerKinds[index] === 'SCIM key';
    if (!isBound) return false;
    if (to === 'environment, domains and members of a contact centre')
      return !without.includes('a bound caller moves no people');
    if (to === 'password of an administrator of the people store')
      return !without.includes('records of administrators are closed');
    const kind = callerKinds[index] ?? '';
    const isClosedRecord =
      (to === 'password of a contact-centre administrator of the people store' &&
        ['SCIM key', 'help desk'].includes(kind)) ||
      (isOfRight.has(to) && kind === 'help desk');
    if (isClosedRecord) return !without.includes('records of people with rights are closed');
    const isPlace = to.endsWith('where administrators sign in');
    return (
      isPlace && rule.speaksForPeople === true && !without.includes('places of administrators are closed')
    );
  }
}

/** Writes that put something into the hands of people at the console, and take a sign-in of any age for it. */
export function unaskedWrites(): string[] {
  const rows = [
    ...Object.entries(matrix).map(([operation, name]) => ({
      ...{ operation, rule: rules[name] as Rule, kinds: callerKinds as readonly string[], given: gives },
    })),
    ...Object.entries(opsMatrix).map(([operation, name]) => ({
      ...{
        operation,
        rule: opsRules[name] as Rule,
        kinds: administratorKinds as readonly string[],
        given: opsGives,
      },
    })),
  ];
  return rows
    .filter(({ operation, rule, kinds, given }) => {
      const isForPeople = people.some((kind) => rule.verdicts[kinds.indexOf(kind)] === 'yes');
      const isAlwaysAsked = rule.isDangerous === true && !('mildWith' in rule);
      return isForPeople && given[operation] !== undefined && !isAlwaysAsked;
    })
    .map(({ operation }) => operation);
}

export interface Reached {
  to: string;
  path: readonly Step[];
}

/** Everything that is reached from a node, by a shortest way each: one that is open in every installation, where there is one. */
export function reachedFrom(start: string, steps: ReturnType<typeof stepsOf>): Reached[] {
  const everywhere = walk(start, steps, ({ when }) => when === undefined);
  const known = new Set(everywhere.map(({ to }) => to));
  return [...everywhere, ...walk(start, steps, () => true).filter(({ to }) => !known.has(to))];
}

function walk(start: string, steps: ReturnType<typeof stepsOf>, isOpen: (step: Step) => boolean): Reached[] {
  const found = new Map<string, Reached>();
  let edge: Reached[] = [{ to: start, path: [] }];
  while (edge.length > 0) {
    const next: Reached[] = [];
    for (const { to: from, path } of edge)
      for (const step of steps.get(from) ?? []) {
        if (step.to === start || found.has(step.to) || !isOpen(step)) continue;
        const reached = { to: step.to, path: [...path, step] };
        found.set(step.to, reached);
        next.push(reached);
      }
    edge = next;
  }
  return [...found.values()];
}

/** Rights above the own one. Of what is no right, every right is above. */
export function climbsFrom(start: string, steps: ReturnType<typeof stepsOf>): Reached[] {
  const level = levels[start] ?? 0;
  return reachedFrom(start, steps).filter(({ to }) => (levels[to] ?? 0) > level);
}

/** Where a search begins: rights, keys, and what is written or set elsewhere. */
export const starts: readonly (string | Source)[] = [
  ...Object.keys(levels),
  'holder of an API key',
  'identity provider of a contact centre',
  'identity provider where administrators sign in',
  'directory of a contact centre',
  'directory where administrators sign in',
  'token of an application without the scope `sessions`',
];
