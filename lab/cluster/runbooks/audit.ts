/** Incidents of the audit trail: events that wait, and a trail that was changed. */
import { until } from '../../../tools/programs/execute.ts';
import { becomes, mustBe } from '../step.ts';
import { sql } from '../stores/databases.ts';
import { withoutPostgres } from './faults.ts';
import { type Operator, runbook } from './operator.ts';

/** Less than the alert waits for, more than is ever usual. */
const seenSeconds = 5;
const waiting = 'gatehouse_audit_waiting_seconds';
const unchained = 'gatehouse_audit_unchained_seconds';

export const auditIncidents = [
  runbook('Audit events wait', async (operator) => {
    const { cluster, application, gatehouse, sum } = operator;
    await application.becomeKnown();
    const inRedis = await withoutPostgres(cluster, () => grown(operator, waiting));
    await becomes('no event waits in Redis', async () => (await sum(waiting)) === 0);
    const inPostgres = await whileLocked(operator, () => grown(operator, unchained));
    await becomes('every event has its place', async () => (await sum(unchained)) === 0);
    await gatehouse('gatehouse audit verify');
    return `${waiting} ${inRedis} without PostgreSQL, ${unchained} ${inPostgres} while another session held the lock; both 0 again, the trail is whole`;
  }),

  runbook('The audit trail was changed', async ({ cluster, application, gatehouse, logged, sum }) => {
    const breaks = () => sum('gatehouse_audit_chain_breaks_total');
    const before = await breaks();
    const changed = await sql(
      cluster,
      `UPDATE auth.audit_chain link SET hash = sha256(link.hash)
       FROM (SELECT position, hash FROM auth.audit_chain ORDER BY position DESC LIMIT 1 FOR UPDATE) AS last
       WHERE link.position = last.position RETURNING last.position, encode(last.hash, 'hex');`,
    );
    const [position = '', hash = ''] = changed.trim().split('|');
    try {
      await becomes('the alert sees it', async () => {
        await application.signIn();
        return (await breaks()) > before;
      });
      await logged('the audit trail was changed in the database');
      const said = await gatehouse('gatehouse audit verify', { exits: 1 });
      mustBe(said.includes(`event ${position}`), `it does not name event ${position}:\n${said}`);
    } finally {
      await sql(
        cluster,
        `UPDATE auth.audit_chain SET hash = decode('${hash}', 'hex') WHERE position = ${position};`,
      );
    }
    await gatehouse('gatehouse audit verify');
    return `gatehouse_audit_chain_breaks_total ${before} to ${await breaks()}; verify names event ${position}, and nothing once it is as it was`;
  }),
];

/** Until the oldest event has waited for some seconds. */
function grown({ application, highest }: Operator, name: string): Promise<string> {
  return until(`${name} grows`, async () => {
    await application.signIn();
    const seconds = await highest(name);
    return seconds > seenSeconds ? seconds.toFixed(0) : undefined;
  });
}

/** Somebody has the lock in a session of his own; the printed statements find and end it. */
async function whileLocked<T>({ cluster, query }: Operator, act: () => Promise<T>): Promise<T> {
  const lock = `SELECT pg_advisory_lock(hashtext('gatehouse'), hashtext('audit-chain:auth'));`;
  // It ends by an error, when it is ended.
  const session = sql(cluster, `${lock} SELECT pg_sleep(300);`).catch(() => '');
  const holder = await until('the lock is held', async () => {
    const found = await query(
      "SELECT a.pid, a.usename, a.application_name, a.client_addr FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' AND l.granted",
    );
    return found.split('\n').find((line) => line.split('|')[1] === 'postgres');
  });
  try {
    return await act();
  } finally {
    const [pid = ''] = holder.split('|');
    await query('SELECT pg_terminate_backend(<pid>)', { '<pid>': pid });
    await session;
  }
}
