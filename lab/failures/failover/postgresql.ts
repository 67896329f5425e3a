/** Runs the installation on a primary of PostgreSQL with a standby, behind one address that follows the primary. */
import { setTimeout as wait } from 'node:timers/promises';
import { startTcpProxy } from '@gatehouse/testing/network';
import type { ChaosStack } from '../../harness/installation.ts';
import { createPostgresPair } from './postgresql-pair.ts';
import type { FailOver, Store } from './store.ts';

/** Until whoever watches the primary promotes the standby. */
const noticeMs = 2_000;
const behindMs = 800;
/** A write is several statements, and those of one contact centre wait for each other. */
const delayMs = 10;
/** A statement whose connection is silent is given up after eleven seconds. */
const recoveryMs = 16_000;
const behind = ['settings', 'events'] as const;

export async function startPostgresStore(closers: AsyncDisposableStack): Promise<Store> {
  let port = 0;
  const address = await startTcpProxy(() => port);
  closers.defer(() => address.close());

  async function failOvers(stack: ChaosStack): Promise<FailOver[]> {
    const pair = await createPostgresPair(stack, port, closers);

    /** Connections from before lead to the old primary, whatever became of it. */
    async function promote(): Promise<void> {
      await wait(noticeMs);
      port = await pair.promote();
      address.leaveBehind();
    }

    const failOver = (name: string, begin: () => unknown, more: Partial<FailOver> = {}): FailOver => ({
      ...{ name: `PostgreSQL: ${name}`, recoveryMs, begin: async () => begin() },
      async end() {
        await pair.renew();
        address.heal();
      },
      ...more,
    });

    return [
      failOver('primary killed', async () => {
        await pair.primary.kill();
        await promote();
      }),
      failOver('primary cut off', async () => {
        address.cut();
        await promote();
      }),
      failOver('primary silent', async () => {
        address.silence();
        await promote();
      }),
      failOver('primary suspended', async () => {
        await pair.primary.suspend();
        await promote();
      }),
      failOver(`primary ${delayMs} ms slower`, () => address.slow(delayMs), {
        end: async () => address.heal(),
      }),
      failOver(
        'primary killed, asynchronous standby behind',
        async () => {
          await pair.setSynchronous(false);
          pair.replication.silence();
          await wait(behindMs);
          await pair.primary.kill();
          await promote();
        },
        { tolerated: behind },
      ),
    ];
  }

  return {
    change: {
      beforePostgres(first) {
        port = first;
        return address.port;
      },
    },
    failOvers,
  };
}
