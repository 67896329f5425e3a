/** The orderly end of a primary: announced, and without a request lost. */
import type { ServerContext } from './server-context.ts';

/** See Simulator.stepDown. */
export async function stepDown(context: ServerContext, graceMs: number): Promise<void> {
  const { state, sessions, clock, log } = context;
  state.role = 'backup';
  const leaving = [...sessions.all].filter(({ identity }) => identity !== undefined);
  log.info({ sessions: leaving.length, graceMs }, 'stepping down');
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
