/** Keeps signals in PostgreSQL until they are delivered; each receiver has its own row and its own token id. */
import type { Pool } from '@gatehouse/service-kit/postgres';
import type { EventClaims } from './security-event-token.ts';

export interface Draft {
  jti: string;
  receiverId: string;
  claims: EventClaims;
}

export interface Pending extends Draft {
  createdAtMs: number;
  /** With this one. */
  tries: number;
}

interface PendingRow {
  jti: string;
  receiver_id: string;
  claims: EventClaims;
  created_at: Date;
  tries: number;
}

/** At a time, of one replica. */
const maxPerReceiver = 8;

export type Outbox = ReturnType<typeof createOutbox>;

export function createOutbox(pool: Pool) {
  return {
    /** A token id that is there already stays; a receiver that is gone gets nothing. */
    async add(drafts: readonly Draft[], nowMs: number): Promise<void> {
      if (drafts.length === 0) return;
      await pool.query(
        `INSERT INTO auth.signal_outbox (jti, receiver_id, claims, created_at, next_try_at)
          SELECT given.jti, given."receiverId", given.claims, $2, $2
          FROM jsonb_to_recordset($1) AS given (jti text, "receiverId" uuid, claims jsonb)
          JOIN auth.signal_receivers ON id = given."receiverId"
          ON CONFLICT (jti) DO NOTHING`,
        [JSON.stringify(drafts), new Date(nowMs)],
      );
    },

    /** A few of each receiver, so that one that hangs does not delay the others; none of those that are busy. */
    async claim(
      { nowMs, heldUntilMs, count }: { nowMs: number; heldUntilMs: number; count: number },
      busy: readonly string[],
    ): Promise<Pending[]> {
      const { rows } = await pool.query<PendingRow>(
        `UPDATE auth.signal_outbox SET next_try_at = $2, tries = tries + 1 WHERE jti IN (
          SELECT due.jti FROM auth.signal_receivers, LATERAL (
            SELECT jti FROM auth.signal_outbox
            WHERE receiver_id = signal_receivers.id AND next_try_at <= $1
            ORDER BY next_try_at LIMIT ${maxPerReceiver} FOR UPDATE SKIP LOCKED
          ) AS due WHERE signal_receivers.id <> ALL ($4::uuid[]) LIMIT $3
        ) RETURNING jti, receiver_id, claims, created_at, tries`,
        [new Date(nowMs), new Date(heldUntilMs), count, busy],
      );
      return rows.map(({ receiver_id, created_at, ...row }) => ({
        ...row,
        receiverId: receiver_id,
        createdAtMs: created_at.getTime(),
      }));
    },

    async remove(jti: string): Promise<void> {
      await pool.query('DELETE FROM auth.signal_outbox WHERE jti = $1', [jti]);
    },

    async postpone(jti: string, untilMs: number): Promise<void> {
      await pool.query('UPDATE auth.signal_outbox SET next_try_at = $2 WHERE jti = $1', [
        jti,
        new Date(untilMs),
      ]);
    },
  };
}
