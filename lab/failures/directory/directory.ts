/** `npm run test:directory`: signs people of real LDAP servers in, lets servers fail over, and prints what that did. */
import { experiment } from '../../harness/experiment.ts';
import { lineOf, printTable } from '../../harness/table.ts';
import { failOvers } from './fail-over.ts';
import { type Installation, startInstallation } from './installation.ts';
import { columns, type Row } from './row.ts';
import { activeDirectory } from './samba.ts';
import { server389 } from './server-389.ts';

const usage = `Usage: npm run test:directory [-- options]

  --only NAME       only this part, may be repeated (replicas, samba, 389)
  --seconds N       time until what was broken comes back (12)
  --logins N        logins of each part that signs many people in (10000)
  --markdown FILE   write the table there too
`;

type Part = (
  installation: Installation,
  report: (row: Row) => void,
  options: { seconds: number; logins: number },
) => Promise<void>;

const parts: Record<string, Part> = { replicas: failOvers, samba: activeDirectory, '389': server389 };

export const directory = experiment({
  usage,
  options: {
    only: { type: 'string', multiple: true, default: Object.keys(parts) },
    seconds: { type: 'string', default: '12' },
    logins: { type: 'string', default: '10000' },
    markdown: { type: 'string' },
  },
  names: { only: Object.keys(parts) },
  async run({ only, seconds, logins, markdown }, closers) {
    const rows: Row[] = [];
    const report = (row: Row) => {
      rows.push(row);
      console.log(lineOf(columns, row));
    };
    for (const [name, part] of Object.entries(parts)) {
      if (!only.includes(name)) continue;
      await using open = closers.use(new AsyncDisposableStack());
      await part(await startInstallation(open), report, {
        seconds: Number(seconds),
        logins: Number(logins),
      });
    }
    printTable(columns, rows, markdown);
    return rows.every(({ faults }) => faults.length === 0);
  },
});
