/** The row `directories`: logins over each kind of directory, the import of 100 000 users, and what requests cost afterwards. */
import { hashPersonPassword, isPersonPassword } from '@gatehouse/caller-auth/credentials/person-password';
import { type BenchStack, startBenchStack } from '../bench-stack.ts';
import { fireReads } from '../estate/read-load.ts';
import { type Growth, measureGrowth, printGrowth } from '../growth.ts';
import { linkPassword, userNameOf } from '../link/link-seed.ts';
import { fire, type LoadPlan, type LoadResult } from '../load.ts';
import type { MeasureOptions } from '../measure.ts';
import { formOf, tokenRequest } from '../rows/row.ts';
import { disturbedIn, medianOf, rounded, type Sample, sampled } from '../samples.ts';
import { accounts, createStoreHome, type StoreHome, startLdapHome } from './homes.ts';
import { bareInserts, importUsers, settle } from './import-users.ts';

export const directoriesRowName = 'directories';
const sizes = { small: 1_000, large: 100_000 };
/** Each login of a person waits for the one before; a hash of the people store takes two threads at most. */
const loginConnections = 8;
const floorInserts = 10_000;
const hashes = 20;

type Kind = 'configServer' | 'ldap' | 'people';

interface LoginFigures extends LoadResult {
  cpuMs: number;
  /** CPU time of Auth API over that of a login at a Configuration Server. */
  ratio: number;
}

export interface DirectoriesResult {
  name: typeof directoriesRowName;
  logins: Record<Kind, LoginFigures>;
  /** One comparison of a password with its hash, which a directory or server does elsewhere. */
  hashMs: number;
  imported: { users: number; seconds: number; perSecond: number; ratioToInserts: number };
  growth: Growth[];
}

export async function measureDirectories(
  stack: BenchStack,
  options: MeasureOptions,
): Promise<{ result: DirectoriesResult; disturbedRounds: number }> {
  const ldap = await startLdapHome(stack);
  const smallStack = await startBenchStack(stack.chains);
  try {
    const store = await createStoreHome(stack);
    const ids = await importUsers(stack, store, 0, sizes.small);
    await settle(stack);
    const logins = await measureLogins(stack, { ldap: ldap.domain, people: store.domain }, options);
    const floor = await bareInserts(stack, floorInserts);
    const startMs = performance.now();
    ids.push(...(await importUsers(stack, store, sizes.small, sizes.large)));
    const seconds = (performance.now() - startMs) / 1_000;
    await settle(stack);
    const smallStore = await createStoreHome(smallStack);
    const smallIds = await importUsers(smallStack, smallStore, 0, sizes.small);
    await settle(smallStack);
    const small = requestsOf(smallStack, smallStore, smallIds, options);
    const large = requestsOf(stack, store, ids, options);
    const growth: Growth[] = [];
    let { disturbedRounds } = logins;
    for (const row of Object.keys(small) as (keyof typeof small)[]) {
      const stacks = { small: smallStack, large: stack };
      const measured = await measureGrowth(row, stacks, { small: small[row], large: large[row] }, options);
      growth.push(measured.growth);
      disturbedRounds += measured.disturbedRounds;
    }
    const users = sizes.large - sizes.small;
    return {
      disturbedRounds,
      result: {
        name: directoriesRowName,
        logins: logins.figures,
        hashMs: await timeHash(),
        imported: {
          users,
          seconds: Math.round(seconds),
          perSecond: Math.round(users / seconds),
          ratioToInserts: rounded(users / seconds / floor),
        },
        growth,
      },
    };
  } finally {
    await Promise.all([ldap.close(), smallStack.stop()]);
  }
}

async function measureLogins(
  stack: BenchStack,
  domains: Record<Exclude<Kind, 'configServer'>, string>,
  { seconds, rounds }: MeasureOptions,
) {
  const load = { seconds, connections: loginConnections };
  const plans = Object.entries<string>({ configServer: stack.user.tenant, ...domains }).map(
    ([kind, domain]) => ({
      kind: kind as Kind,
      plan: loginPlan(stack, domain),
      samples: [] as Sample<LoadResult>[],
    }),
  );
  for (const { plan } of plans) await fire(plan, load);
  for (let round = 0; round < rounds; round += 1)
    for (const { plan, samples } of plans)
      samples.push(await sampled([...stack.pids, process.pid], () => fire(plan, load), [stack.serverPid]));
  const medians = plans.map(({ kind, samples }) => {
    const median = medianOf(samples, ({ cpuSeconds, perSecond }) => cpuSeconds / perSecond);
    const { perSecond, p50Ms, p99Ms, cpuSeconds } = median;
    return {
      kind,
      perSecond: Math.round(perSecond),
      p50Ms,
      p99Ms,
      cpuMs: (1_000 * cpuSeconds) / (perSecond * seconds),
    };
  });
  const base = medians[0]?.cpuMs ?? Number.NaN;
  const figures = medians.map(({ kind, cpuMs, ...median }) => [
    kind,
    { ...median, cpuMs: rounded(cpuMs), ratio: rounded(cpuMs / base) },
  ]);
  return {
    figures: Object.fromEntries(figures) as DirectoriesResult['logins'],
    disturbedRounds: disturbedIn(plans.flatMap(({ samples }) => samples)),
  };
}

/** Each login of another person than the one before. */
function loginPlan(stack: BenchStack, domain: string): LoadPlan {
  let count = 0;
  const next = () => {
    count += 1;
    const username = `${domain}\\${userNameOf(count % accounts)}`;
    return formOf({ grant_type: 'password', username, password: linkPassword, scope: 'calls:read' });
  };
  return tokenRequest(stack, stack.authorization, { first: next, next });
}

/** What the requests about people are, at one of the two. */
function requestsOf(
  stack: BenchStack,
  { domain, scimUrl }: StoreHome,
  ids: readonly string[],
  { connections }: MeasureOptions,
) {
  const some = (number: number) => (number * 7919) % ids.length;
  const read = (path: (number: number) => string) => (seconds: number) =>
    fireReads({ url: scimUrl, authorization: stack.operator, path }, { seconds, connections });
  return {
    'SCIM: one user by id': read((number) => `/Users/${ids[some(number)]}`),
    'SCIM: one user by name': read(
      (number) => `/Users?filter=${encodeURIComponent(`userName eq "${userNameOf(some(number))}"`)}`,
    ),
    'SCIM: page of 100': read(() => '/Users?startIndex=1&count=100'),
    login: (seconds: number) => fire(loginPlan(stack, domain), { seconds, connections: loginConnections }),
  };
}

async function timeHash(): Promise<number> {
  const hash = await hashPersonPassword(linkPassword);
  const startMs = performance.now();
  for (let count = 0; count < hashes; count += 1) await isPersonPassword(hash, linkPassword);
  return rounded((performance.now() - startMs) / hashes);
}

export function printDirectories({ logins, hashMs, imported, growth }: DirectoriesResult): void {
  console.table(
    Object.entries(logins).map(([directory, { perSecond, p50Ms, p99Ms, cpuMs, ratio }]) => ({
      directory,
      'logins per second': perSecond,
      'p50 ms': p50Ms,
      'p99 ms': p99Ms,
      'CPU ms of Auth API': cpuMs,
      'of a login at a Configuration Server': ratio,
    })),
  );
  const { users, seconds, perSecond, ratioToInserts } = imported;
  console.log(`one comparison with a hash of the people store: ${hashMs} ms`);
  console.log(
    `import of ${users} users by SCIM bulk: ${seconds} s, ${perSecond} users a second, ${ratioToInserts} of bare INSERTs`,
  );
  console.log(`small: ${sizes.small} people, large: ${sizes.large}:`);
  printGrowth(growth);
}
