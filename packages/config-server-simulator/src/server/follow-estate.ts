/** A backup or proxy beside its primary: takes over what that wrote, and a backup its place when it is gone. */
import { pause } from '@gatehouse/config-server-client/clock';
import type { Estate } from '../store/estate.ts';
import type { ServerContext } from './server-context.ts';

export interface Following {
  /** Lets go of the estate, and leaves others the time to take it. */
  handOver(): Promise<void>;
  stop(): Promise<void>;
}

const pollMs = 50;
const handOverPauseMs = 3_000;

export function followEstate(estate: Estate, context: ServerContext): Following {
  const { state, clock, log } = context;
  const stopping = new AbortController();
  let handedOver: { epoch: number; untilMs: number } | undefined;

  const follow = async () => {
    const { missed } = await estate.catchUp();
    // A proxy is as new as what it has read: with the epoch of its start, clients would take it for an old primary.
    state.epoch = estate.epoch;
    if (missed) sendAway();
    if (state.role !== 'backup' || isOthersTurn()) return;
    if (!(await estate.takeOver())) return;
    state.epoch = estate.epoch;
    state.role = 'primary';
    log.info({ name: state.name, epoch: state.epoch }, 'this server is primary now');
  };
  /** Their subscriptions have a gap: connected anew, they are told to read everything again. */
  const sendAway = () => {
    log.warn({ name: state.name }, 'this server has missed changes; its clients are sent away');
    for (const session of [...context.sessions.all]) session.close('shutting-down', 'changes were missed');
  };
  /** After a hand-over the other server goes first; once it has written, or if there is none, this one may again. */
  const isOthersTurn = () =>
    handedOver !== undefined && estate.epoch === handedOver.epoch && clock.monotonicMs() < handedOver.untilMs;
  let problem: string | undefined;
  const running = (async () => {
    while (!stopping.signal.aborted) {
      try {
        if (state.role !== 'primary') await follow();
        problem = undefined;
      } catch (error) {
        // Twenty times a second, for as long as a disk is full: said once.
        if ((error as Error).message !== problem) log.error({ error }, 'following the estate failed');
        problem = (error as Error).message;
      }
      await pause(clock, pollMs, stopping.signal);
    }
  })();

  return {
    async handOver() {
      handedOver = { epoch: estate.epoch, untilMs: clock.monotonicMs() + handOverPauseMs };
      await estate.release();
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
