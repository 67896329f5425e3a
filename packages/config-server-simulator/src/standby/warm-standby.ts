/** Lets a backup or proxy follow the file of its primary, a backup take over, and a primary hand over. */
import { pause } from '@gatehouse/config-server-client/surroundings';
import type { ServerContext } from '../requests/server-context.ts';
import type { EstateFile } from '../store/estate-file.ts';

const pollMs = 50;
/** After a hand-over the other server has this time to become primary. */
const handOverMs = 3_000;

export type WarmStandby = ReturnType<typeof startWarmStandby>;

export function startWarmStandby(file: EstateFile, context: ServerContext) {
  const { state, clock, log } = context;
  const stopping = new AbortController();
  let handedOver = { epoch: 0, untilMs: 0 };

  async function follow(): Promise<void> {
    const isComplete = await file.catchUp();
    // Clients refuse an epoch lower than one seen before: a proxy must rise with its primary.
    state.epoch = file.epoch;
    if (!isComplete) closeSessions();
    const isOthersTurn = file.epoch === handedOver.epoch && clock.monotonicMs() < handedOver.untilMs;
    if (state.role !== 'backup' || isOthersTurn || !(await file.takeOver())) return;
    state.epoch = file.epoch;
    state.role = 'primary';
    log.info({ name: state.name, epoch: state.epoch }, 'this server is primary now');
  }

  /** The history has a gap: after their next connection, clients are told to read everything again. */
  function closeSessions(): void {
    log.warn({ name: state.name }, 'this server has missed changes and closes its connections');
    for (const session of [...context.sessions.all]) session.close('shutting-down', 'changes were missed');
  }

  /** Another server wrote the file: this one is no longer primary, or reads what a person changed and takes over again. */
  function resign(): void {
    log.warn({ name: state.name }, 'another process has written the estate file: this server is backup now');
    state.role = 'backup';
    for (const session of [...context.sessions.all]) session.close('not-primary');
  }

  const running = (async () => {
    let problem: string | undefined;
    while (!stopping.signal.aborted) {
      try {
        if (state.role === 'primary') await file.checkUnchanged();
        if (state.role === 'primary' && !file.isWritable) resign();
        if (state.role !== 'primary') await follow();
        problem = undefined;
      } catch (error) {
        // Repeats at every poll, for example while the disk is full: logged once.
        if ((error as Error).message !== problem) log.error({ error }, 'following the estate file failed');
        problem = (error as Error).message;
      }
      await pause(clock, pollMs, stopping.signal);
    }
  })();

  return {
    /** Lets the backup become primary. Call it after the role has changed. */
    async release(): Promise<void> {
      handedOver = { epoch: file.epoch, untilMs: clock.monotonicMs() + handOverMs };
      await file.release();
    },
    async stop(): Promise<void> {
      stopping.abort();
      await running;
    },
  };
}

/**
 * Stops being primary: announces it to the clients, answers what is in flight, then closes the connections. Resolves when
 * they are closed, at the latest after `graceMs`. New registrations are refused at once.
 * @throws Error when this server is not primary, or cannot write that it hands over; it then stays what it is
 */
export async function handOver(
  context: ServerContext,
  standby: WarmStandby | undefined,
  graceMs: number,
): Promise<void> {
  const { state, sessions, clock, log } = context;
  if (state.role !== 'primary') throw new Error('only a primary can hand over');
  state.role = 'backup';
  try {
    await standby?.release();
  } catch (error) {
    state.role = 'primary';
    throw error;
  }
  const leaving = [...sessions.all].filter(({ identity }) => identity !== undefined);
  log.info({ sessions: leaving.length, graceMs }, 'handing over');
  for (const session of leaving) session.send({ name: 'EventServerSwitchover', body: { graceMs } });
  await Promise.all(
    leaving.map(async (session) => {
      const limit = Promise.withResolvers<void>();
      const timer = clock.setTimer(graceMs, limit.resolve);
      await Promise.race([session.ended, limit.promise]);
      timer.cancel();
      session.close('not-primary');
    }),
  );
}
