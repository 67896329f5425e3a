/** Writes docs/reference/reachability.md, and refuses to where a lower right reaches a higher one that nobody has allowed. */
import { reachGuards } from '@gatehouse/contracts/reachability';
import { allowed, isAllowed } from './allowed.ts';
import { climbsFrom, levels, type Reached, reachedFrom, starts, stepsOf, unaskedWrites } from './search.ts';

const introduction = `# Reachability

Written by \`npm run generate\`: what each right, key, setting and directory can reach in any number of steps. A search goes over both matrices of
[authorisation](authorisation.md), over what each of their writes puts into the hands of its caller (\`services/environment-api/src/access/reach.ts\`,
\`services/auth-api/src/oauth/client-authentication/ops-reach.ts\`), and over the edges in the second of these files: identity provider, directory, mapping of groups, keys,
list of administrators, links. The build fails where a lower right reaches a higher one that \`tools/reachability/allowed.ts\` does not list, and where a write of a matrix says
neither that it gives something nor that it gives nothing. It fails also where a write gives something to people at the console and does not ask them for a sign-in of the last 15
minutes.

A caller that is bound to a contact centre reaches what belongs to that contact centre. **Only if**: a step is open only in an installation that is set up so.

Not modelled: access to PostgreSQL, Redis, secrets and settings of the processes, which is worth everything; mistakes of the code; what an application does with its
tokens; a sign-in that is stolen; fresh sign-ins, which make a session worth less and open nothing.
`;

export function reachabilityPage(): string {
  const steps = stepsOf();
  const climbs = starts.flatMap((start) =>
    climbsFrom(start, steps)
      .filter((reached) => !isAllowed(start, reached))
      .map((reached) => `${start} → ${reached.to}: ${inWords(reached)}`),
  );
  if (climbs.length > 0) throw new Error(`a lower right reaches a higher one:\n${climbs.join('\n')}`);
  const unasked = unaskedWrites();
  if (unasked.length > 0)
    throw new Error(`these give a right and ask people for no fresh sign-in:\n${unasked.join('\n')}`);
  return `${introduction}
## What each is worth

| key, setting, directory attribute or right | reaches | by |
|---|---|---|
${starts.flatMap((start) => rowsOf(start, reachedFrom(start, steps))).join('\n')}

## Higher rights that are allowed

| from | to | because |
|---|---|---|
${allowed.map(({ from, to, because }) => `| ${from} | ${to.join(', ')} | ${because} |`).join('\n')}

## Guards

Without one of these, the search finds what was possible before; a test takes each away.

${reachGuards.map((guard) => `- ${guard}`).join('\n')}
`;
}

/** Rights alone, and what ends sessions: the facts between them are in the words of the way. */
function rowsOf(start: string, all: readonly Reached[]): string[] {
  const shown = all.filter(({ to }) => levels[to] !== undefined || to === 'every session of a user ends');
  if (shown.length === 0) return [`| ${start} | nothing further | |`];
  return shown.map((reached) => `| ${start} | ${reached.to} | ${inWords(reached)} |`);
}

function inWords({ path }: Reached): string {
  const way = path.map(({ to, by }) => `${by} → ${to}`).join('; ');
  const conditions = [...new Set(path.flatMap(({ when }) => when ?? []))];
  return conditions.length === 0 ? way : `${way}. **Only if** ${conditions.join(', and ')}`;
}
