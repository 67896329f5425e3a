/** The row `directories`: logins over each kind of directory, the import of 100 000 users, and what requests cost afterwards. */
import { hashPersonPassword, isPersonPassword } from '@gatehouse/caller-auth/credentials/person-password';
import type { BenchStack } from '../bench-stack.ts';
import { fireReads } from '../estate/read-load.ts';
import { linkPassword, userNameOf } from '../link/link-seed.ts';
import { fire, type LoadPlan, type LoadResult } from '../load.ts';
import type { MeasureOptions } from '../measure.ts';
import { formOf, tokenRequest } from '../rows/row.ts';
import { disturbedIn, medianOf, type Sample, sampled } from '../samples.ts';
import { accounts, createStoreHome, type StoreHome, startLdapHome } from './homes.ts';
import { bareInserts, importUsers, settle } from './import-users.ts';

export const directoriesRowName = 'directories';
/** Most that a request may cost with 100 000 people, of what it costs with 1 000. */
export const growthAim = 1.1;

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
  growth: { row: string; small: number; large: number; costGrewBy: number; p99Ms: number }[];
}

export async function measureDirectories(
  stack: BenchStack,
  options: MeasureOptions,
): Promise<{ result: DirectoriesResult; disturbedRounds: number }> {
  const ldap = await startLdapHome(stack);
  try {
    const store = await createStoreHome(stack);
    const ids = await importUsers(stack, store, 0, sizes.small);
    await settle(stack);
    const logins = await measureLogins(stack, { ldap: ldap.domain, people: store.domain }, options);
    const small = await measureRequests(stack, store, ids, options);
    const floor = await bareInserts(stack, floorInserts);
    const startMs = performance.now();
    ids.push(...(await importUsers(stack, store, sizes.small, sizes.large)));
    const seconds = (performance.now() - startMs) / 1_000;
    await settle(stack);
    const large = await measureRequests(stack, store, ids, options);
    const users = sizes.large - sizes.small;
    return {
      disturbedRounds: logins.disturbedRounds + small.disturbedRounds + large.disturbedRounds,
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
        growth: small.rows.flatMap(({ row, ratio }, index) => {
          const after = large.rows[index];
          if (after === undefined) return [];
          return [
            {
              row,
              small: ratio,
              large: after.ratio,
              costGrewBy: rounded(ratio / after.ratio),
              p99Ms: after.p99Ms,
            },
          ];
        }),
      },
    };
  } finally {
    await ldap.close();
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

/** Each beside the form post of its own time. */
async function measureRequests(
  stack: BenchStack,
  { domain, scimUrl }: StoreHome,
  ids: readonly string[],
  { seconds, rounds, connections }: MeasureOptions,
) {
  const some = (number: number) => (number * 7919) % ids.length;
  const read = (path: (number: number) => string) => () =>
    fireReads({ url: scimUrl, authorization: stack.operator, path }, { seconds, connections });
  const rows = {
    'SCIM: one user by id': read((number) => `/Users/${ids[some(number)]}`),
    'SCIM: one user by name': read(
      (number) => `/Users?filter=${encodeURIComponent(`userName eq "${userNameOf(some(number))}"`)}`,
    ),
    'SCIM: page of 100': read(() => '/Users?startIndex=1&count=100'),
    login: () => fire(loginPlan(stack, domain), { seconds, connections: loginConnections }),
  };
  const pids = [...stack.pids, process.pid];
  const measured: { row: string; ratio: number; p99Ms: number }[] = [];
  let disturbedRounds = 0;
  for (const [row, run] of Object.entries(rows)) {
    const products: Sample<LoadResult>[] = [];
    const floors: Sample<LoadResult>[] = [];
    await run();
    for (let round = 0; round < rounds; round += 1) {
      floors.push(await sampled(pids, () => fire(stack.floor('form'), { seconds, connections })));
      products.push(await sampled(pids, run));
    }
    disturbedRounds += disturbedIn([...products, ...floors]);
    const product = medianOf(products, ({ perSecond }) => perSecond);
    const floor = medianOf(floors, ({ perSecond }) => perSecond);
    const ratio = Math.round((10_000 * product.perSecond) / floor.perSecond) / 10_000;
    measured.push({ row, ratio, p99Ms: product.p99Ms });
  }
  return { rows: measured, disturbedRounds };
}

async function timeHash(): Promise<number> {
  const hash = await hashPersonPassword(linkPassword);
  const startMs = performance.now();
  for (let count = 0; count < hashes; count += 1) await isPersonPassword(hash, linkPassword);
  return rounded((performance.now() - startMs) / hashes);
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
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
  console.table(
    growth.map(({ row, small, large, costGrewBy, p99Ms }) => ({
      row,
      [`of form post with ${sizes.small} people`]: small,
      [`of form post with ${sizes.large} people`]: large,
      'cost grew by': costGrewBy,
      aim: growthAim,
      'p99 ms': p99Ms,
    })),
  );
}
