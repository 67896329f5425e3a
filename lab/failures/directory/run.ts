/** `npm run test:directory`: signs people of real LDAP servers in, lets servers fail over, and prints what that did. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { attacks } from './attacks.ts';
import { failOvers } from './fail-over.ts';
import { type Installation, startInstallation } from './installation.ts';
import { manyPeople } from './many-people.ts';
import { type Row, tableOf } from './row.ts';
import { activeDirectory } from './samba.ts';

const usage = `Usage: npm run test:directory [-- options]

  --only NAME       only this part, may be repeated (replicas, many, samba, attacks)
  --seconds N       time until what was broken comes back (12)
  --people N        people of the large directory (100000)
  --minutes N       logins at the large directory (4)
  --markdown FILE   write the table there too
`;

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    seconds: { type: 'string', default: '12' },
    people: { type: 'string', default: '100000' },
    minutes: { type: 'string', default: '4' },
    markdown: { type: 'string' },
    help: { type: 'boolean' },
  },
});

const parts: Record<string, (installation: Installation, report: (row: Row) => void) => Promise<void>> = {
  replicas: (installation, report) => failOvers(installation, report, Number(values.seconds)),
  many: (installation, report) =>
    manyPeople(installation, report, { people: Number(values.people), minutes: Number(values.minutes) }),
  samba: activeDirectory,
  attacks,
};

const unknown = values.only?.find((name) => !(name in parts));
if (values.help || unknown !== undefined) {
  process.stdout.write(unknown === undefined ? usage : `There is no part ${unknown}.\n${usage}`);
  process.exitCode = unknown === undefined ? 0 : 2;
} else process.exitCode = await run();

async function run(): Promise<number> {
  const rows: Row[] = [];
  const report = (row: Row) => {
    rows.push(row);
    console.log(tableOf([row]).split('\n').at(-1));
  };
  const open = { close: async () => undefined as unknown };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => void open.close().finally(() => process.exit(130)));
  for (const [name, part] of Object.entries(parts)) {
    if (values.only !== undefined && !values.only.includes(name)) continue;
    await using closers = new AsyncDisposableStack();
    open.close = () => closers.disposeAsync();
    const installation = await startInstallation(closers);
    await part(installation, report);
  }
  console.log(`\n${tableOf(rows)}`);
  if (values.markdown !== undefined) writeFileSync(values.markdown, `${tableOf(rows)}\n`);
  return rows.every(({ faults }) => faults.length === 0) ? 0 : 1;
}
