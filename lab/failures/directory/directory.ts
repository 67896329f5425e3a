/** `npm run test:directory`: signs people of real LDAP servers in, lets servers fail over, and prints what that did. */

import {
  debianVersion,
  type ForeignSoftwareRun,
  printedVersion,
  writeRun,
} from '@gatehouse/testing/foreign-software';
import { findSlapd } from '@gatehouse/testing/ldap';
import { writeInteroperability } from '../../../tools/real/interoperability.ts';
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

interface Part extends Pick<ForeignSoftwareRun, 'name' | 'does' | 'suite'> {
  run(
    installation: Installation,
    report: (row: Row) => void,
    options: { seconds: number; logins: number },
  ): Promise<void>;
  version(): string;
}

const parts: Record<string, Part> = {
  replicas: {
    run: failOvers,
    name: 'OpenLDAP',
    does: 'signs people in while one of two servers that copy to each other fails',
    suite: 'lab/failures/directory/fail-over.ts',
    version: () => printedVersion(findSlapd() ?? '', '-VV'),
  },
  samba: {
    run: activeDirectory,
    name: 'Samba AD DC',
    does: 'signs thousands of people in as of Active Directory, with groups, locks and password changes',
    suite: 'lab/failures/directory/samba.ts',
    version: () => printedVersion('samba', '--version'),
  },
  '389': {
    run: server389,
    name: '389 Directory Server',
    does: 'signs thousands of people in, with its locks, resets and expired passwords',
    suite: 'lab/failures/directory/server-389.ts',
    version: () => debianVersion('389-ds-base'),
  },
};

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
    for (const [key, { run, version, ...software }] of Object.entries(parts)) {
      if (!only.includes(key)) continue;
      await using open = closers.use(new AsyncDisposableStack());
      const before = rows.length;
      await run(await startInstallation(open), report, { seconds: Number(seconds), logins: Number(logins) });
      const isWell = ({ faults, skipped }: Row) => faults.length === 0 && skipped === undefined;
      if (rows.slice(before).every(isWell)) writeRun({ ...software, version: version() });
    }
    writeInteroperability();
    printTable(columns, rows, markdown);
    return rows.every(({ faults }) => faults.length === 0);
  },
});
