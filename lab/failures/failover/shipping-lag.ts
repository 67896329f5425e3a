/** Watches how far the audit events in Elasticsearch are behind those in PostgreSQL. */
import pg from 'pg';

/** A service whose events and lines go to Elasticsearch, and the schema that has its chain. */
export const shippers = { 'auth-api': 'auth', 'environment-api': 'environment' };

const sampleMs = 250;
/** An event that nothing disturbs waits for a round of a second, and for what the round takes. */
const calmLagMs = 3_000;

export type Lag = ReturnType<Awaited<ReturnType<typeof watchLag>>['result']>;

export async function watchLag(postgresUrl: string) {
  const client = new pg.Client({ connectionString: postgresUrl });
  // The server may end first.
  client.on('error', () => undefined);
  await client.connect();
  /** Ends of each chain that were seen and are not shipped. */
  const ends = new Map<string, { atMs: number; position: number }[]>();
  let beganMs = 0;
  let lateMs = 0;
  let longestMs = 0;

  async function read(schema: string) {
    const { rows } = await client.query<{ last: string; shipped: string }>(
      `SELECT (SELECT coalesce(max(position), 0) FROM ${schema}.audit_chain) AS last,
         (SELECT coalesce(max(position), 0) FROM ${schema}.audit_shipping WHERE target = 'elasticsearch') AS shipped`,
    );
    return { last: Number(rows[0]?.last), shipped: Number(rows[0]?.shipped) };
  }

  async function sample(): Promise<void> {
    for (const schema of Object.values(shippers)) {
      const { last, shipped } = await read(schema);
      const nowMs = performance.now();
      const waiting = (ends.get(schema) ?? []).filter(({ position }) => position > shipped);
      if (last > (waiting.at(-1)?.position ?? shipped)) waiting.push({ atMs: nowMs, position: last });
      ends.set(schema, waiting);
      const lagMs = nowMs - (waiting[0]?.atMs ?? nowMs);
      longestMs = Math.max(longestMs, lagMs);
      if (lagMs > calmLagMs) lateMs = nowMs;
    }
  }
  const timer = setInterval(() => void sample().catch(() => undefined), sampleMs);

  return {
    begin(): void {
      beganMs = performance.now();
      lateMs = beganMs;
      longestMs = 0;
    },
    /** Since `begin`: the longest, and how long it took until it was short for good. */
    result: () => ({ longestMs, shortAfterMs: lateMs - beganMs }),
    async close() {
      clearInterval(timer);
      await client.end();
    },
  };
}
