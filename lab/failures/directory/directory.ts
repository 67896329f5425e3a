/** `npm run test:directory`: signs people of real LDAP servers in, lets servers fail over, and prints what that did. */
import { experiment } from '../../harness/experiment.ts';
import { lineOf, printTable } from '../../harness/table.ts';
import { attacks } from './attacks.ts';
import { failOvers } from './fail-over.ts';
import { type Installation, startInstallation } from './installation.ts';
import { manyPeople } from './many-people.ts';
import { columns, type Row } from './row.ts';
import { activeDirectory } from './samba.ts';

const usage = `Usage: npm run test:directory [-- options]

  --only NAME       only this part, may be repeated (replicas, many, samba, attacks)
  --seconds N       time until what was broken comes back (12)
  --people N        people of the large directory (100000)
  --minutes N       logins at the large directory (4)
  --markdown FILE   write the table there too
`;

interface Sizes {
  seconds: number;
  people: number;
  minutes: number;
}

type Part = (installation: Installation, report: (row: Row) => void, sizes: Sizes) => Promise<void>;

const parts: Record<string, Part> = {
  replicas: (installation, report, { seconds }) => failOvers(installation, report, seconds),
  many: manyPeople,
  samba: activeDirectory,
  attacks,
};

export const directory = experiment({
  usage,
  options: {
    only: { type: 'string', multiple: true, default: Object.keys(parts) },
    seconds: { type: 'string', default: '12' },
    people: { type: 'string', default: '100000' },
    minutes: { type: 'string', default: '4' },
    markdown: { type: 'string' },
  },
  names: { only: Object.keys(parts) },
  async run({ only, seconds, people, minutes, markdown }, closers) {
    const rows: Row[] = [];
    const report = (row: Row) => {
      rows.push(row);
      console.log(lineOf(columns, row));
    };
    const sizes = { seconds: Number(seconds), people: Number(people), minutes: Number(minutes) };
    for (const [name, part] of Object.entries(parts)) {
      if (!only.includes(name)) continue;
      await using open = closers.use(new AsyncDisposableStack());
      await part(await startInstallation(open), report, sizes);
    }
    printTable(columns, rows, markdown);
    return rows.every(({ faults }) => faults.length === 0);
  },
});
