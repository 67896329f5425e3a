/** Serves `/auth/v3/ops/alerts`: who is told of problems, whether the messages arrive, and a test. */
import { envelopeOf } from '@gatehouse/contracts/answers';
import { alertStateSchema, alertTestSchema } from '@gatehouse/contracts/auth-administration';
import type { Clock } from '@gatehouse/service-kit/clock';
import { conflict } from '@gatehouse/service-kit/errors';
import { type App, ok } from '@gatehouse/service-kit/http';
import { type Said, wordsOf } from '@gatehouse/service-kit/sentences';
import { refusals } from '../../core/administration/refusals.ts';
import type { ChannelStates } from './channel-states.ts';
import type { Delivery } from './delivery.ts';
import type { Outbox } from './outbox.ts';

interface RouteDependencies {
  outbox: Outbox;
  states: ChannelStates;
  delivery: Delivery;
  now: Clock;
}

/** Shorter than the console waits. */
const answerMs = 2_000;
const tags = ['operations'];

export function alertRoutes(app: App, { outbox, states, delivery, now }: RouteDependencies): void {
  app.get(
    '',
    {
      schema: {
        operationId: 'readAlerts',
        tags,
        summary: 'Who is told of problems, and whether the messages arrive',
        response: { 200: envelopeOf(alertStateSchema), ...refusals },
      },
    },
    async () => ok(await states.view(await outbox.waiting())),
  );

  app.post(
    '/test',
    {
      schema: {
        operationId: 'testAlerts',
        tags,
        summary: 'Send a test to everybody who is told of problems, and tell who took it',
        response: { 200: envelopeOf(alertTestSchema), ...refusals },
      },
    },
    async () => {
      const sent = await delivery.sendNow({ kind: 'test', at: new Date(now()).toISOString() }, answerMs);
      if (sent.length === 0)
        throw conflict(
          'Alerts are off: set GATEHOUSE_ALERTS_WEBHOOK_URL or GATEHOUSE_ALERTS_MAIL_SERVER of Auth API',
        );
      const results = sent.map(({ channel, problem }) => ({
        channel: channel.name,
        target: channel.target,
        accepted: problem === undefined,
        ...(problem === undefined ? {} : resultOf(problem)),
      }));
      return ok({ results });
    },
  );
}

function resultOf(problem: Said) {
  const { message, sentences } = wordsOf(problem);
  return { problem: message, sentences };
}
