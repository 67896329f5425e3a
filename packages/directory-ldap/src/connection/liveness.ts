/** Notices a server that has become silent while calls wait for it. */
import type { Clock, Timer } from '@gatehouse/config-server-client/surroundings';

export interface LivenessOptions {
  clock: Clock;
  silenceMs: number;
  /** Asks for a small answer: a long search may be silent, a server that lives answers this at once. */
  probe(): void;
  onDead(): void;
}

export function createLiveness({ clock, silenceMs, probe, onDead }: LivenessOptions) {
  let timer: Timer | undefined;
  let hasProbed = false;
  const start = () => {
    timer?.cancel();
    timer = clock.setTimer(silenceMs / 2, () => {
      if (hasProbed) {
        onDead();
        return;
      }
      hasProbed = true;
      start();
      probe();
    });
  };
  const stop = () => {
    timer?.cancel();
    timer = undefined;
    hasProbed = false;
  };
  return {
    /** A call waits. */
    waiting() {
      if (timer === undefined) start();
    },
    /** Bytes came. */
    heard(isStillWaiting: boolean) {
      stop();
      if (isStillWaiting) start();
    },
    stop,
  };
}
