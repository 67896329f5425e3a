/** Keeps whether the channels took their last message, and makes a problem of one that did not. */
import type { Problem } from '@gatehouse/contracts/answers';
import type { AlertChannel, AlertState } from '@gatehouse/contracts/auth-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Pool } from '@gatehouse/service-kit/postgres';
import { type Said, say, wordsOf } from '@gatehouse/service-kit/sentences';
import type { Channel } from './channel.ts';

interface StateRow {
  channel: string;
  delivered_at: Date | null;
  failed_at: Date | null;
  failure: string | null;
}

type Words = ReturnType<typeof wordsOf>;

export type ChannelStates = ReturnType<typeof createChannelStates>;

export function createChannelStates(pool: Pool, channels: readonly Channel[]) {
  async function read(): Promise<ReadonlyMap<string, StateRow>> {
    const { rows } = await pool.query<StateRow>(
      'SELECT channel, delivered_at, failed_at, failure FROM auth.alert_channels',
    );
    return new Map(rows.map((row) => [row.channel, row]));
  }

  return {
    /** `failure`: undefined when the channel took the message. */
    async settle(channel: AlertChannel, failure: Said | undefined, nowMs: number): Promise<void> {
      await pool.query(
        `INSERT INTO auth.alert_channels (channel, delivered_at, failed_at, failure)
          VALUES ($1, CASE WHEN $2::text IS NULL THEN $3::timestamptz END, CASE WHEN $2 IS NOT NULL THEN $3 END, $2)
          ON CONFLICT (channel) DO UPDATE SET
            delivered_at = COALESCE(EXCLUDED.delivered_at, alert_channels.delivered_at),
            failed_at = COALESCE(EXCLUDED.failed_at, alert_channels.failed_at),
            failure = EXCLUDED.failure`,
        [channel, failure === undefined ? null : JSON.stringify(wordsOf(failure)), new Date(nowMs)],
      );
    },

    async view(waiting: ReadonlyMap<string, number>): Promise<AlertState> {
      const known = await read();
      return {
        channels: channels.map(({ name, target }) => {
          const row = known.get(name);
          const why = whyOf(row);
          return {
            channel: name,
            target,
            waiting: waiting.get(name) ?? 0,
            ...definedOnly({
              deliveredAt: row?.delivered_at?.toISOString(),
              failedAt: row?.failed_at?.toISOString(),
              failure: why?.message,
              sentences: why?.sentences,
            }),
          };
        }),
      };
    },

    async problems(): Promise<Problem[]> {
      if (channels.length === 0) return [];
      const known = await read();
      return channels.flatMap(({ name }): Problem[] => {
        const why = whyOf(known.get(name));
        if (why === undefined) return [];
        const what = wordsOf(say(`problem.alerts.${name}`));
        const message = `${what.message} ${why.message}`;
        const sentences = [...what.sentences, ...why.sentences];
        return [{ severity: 'warning', runbook: 'alerts-do-not-arrive', subject: name, message, sentences }];
      });
    },
  };
}

/** As `settle` has written it. */
function whyOf(row: StateRow | undefined): Words | undefined {
  return row?.failure == null ? undefined : (JSON.parse(row.failure) as Words);
}
