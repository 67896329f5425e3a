/** Keeps messages in PostgreSQL until their channel has taken them: each channel takes one at a time, in their order. */
import type { AlertChannel } from '@gatehouse/contracts/auth-administration';
import type { Pool, Queryable } from '@gatehouse/service-kit/postgres';
import type { Alert, Message } from './channel.ts';

export interface Pending extends Message {
  number: string;
  channel: AlertChannel;
  createdAtMs: number;
  /** With this one. */
  tries: number;
}

interface PendingRow {
  number: string;
  id: string;
  channel: AlertChannel;
  alert: Alert;
  created_at: Date;
  tries: number;
}

/** Of a channel that takes nothing. Beyond it the newest are not kept: a problem that stays is reminded of. */
const maxWaiting = 200;

export async function addToOutbox(
  db: Queryable,
  { id, alert }: Message,
  channels: readonly AlertChannel[],
  nowMs: number,
): Promise<void> {
  await db.query(
    `INSERT INTO auth.alert_outbox (id, channel, alert, created_at, next_try_at)
      SELECT $1, given.channel, $3, $4, $4 FROM unnest($2::text[]) AS given (channel)
      WHERE (SELECT count(*) FROM auth.alert_outbox AS waiting WHERE waiting.channel = given.channel) < ${maxWaiting}`,
    [id, channels, JSON.stringify(alert), new Date(nowMs)],
  );
}

export type Outbox = ReturnType<typeof createOutbox>;

export function createOutbox(pool: Pool, channels: readonly AlertChannel[]) {
  return {
    /** The oldest of each channel, when it is due and no replica has it. */
    async claim(nowMs: number, heldUntilMs: number): Promise<Pending[]> {
      const { rows } = await pool.query<PendingRow>(
        `UPDATE auth.alert_outbox SET next_try_at = $2, tries = tries + 1 WHERE next_try_at <= $1 AND number IN (
          SELECT min(number) FROM auth.alert_outbox WHERE channel = ANY ($3) GROUP BY channel
        ) RETURNING number, id, channel, alert, created_at, tries`,
        [new Date(nowMs), new Date(heldUntilMs), channels],
      );
      return rows.map(({ created_at, ...row }) => ({ ...row, createdAtMs: created_at.getTime() }));
    },

    async remove({ number }: Pending): Promise<void> {
      await pool.query('DELETE FROM auth.alert_outbox WHERE number = $1', [number]);
    },

    async postpone({ number }: Pending, untilMs: number): Promise<void> {
      await pool.query('UPDATE auth.alert_outbox SET next_try_at = $2 WHERE number = $1', [
        number,
        new Date(untilMs),
      ]);
    },

    async waiting(): Promise<ReadonlyMap<string, number>> {
      const { rows } = await pool.query<{ channel: string; count: number }>(
        'SELECT channel, count(*)::int AS count FROM auth.alert_outbox GROUP BY channel',
      );
      return new Map(rows.map(({ channel, count }) => [channel, count]));
    },
  };
}
