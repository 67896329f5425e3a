/** Posts messages about problems to a webhook, signed as Standard Webhooks says; it has taken one when it answers 2xx. */
import { type HttpClient, UpstreamError } from '@gatehouse/api-client/http';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Clock } from '@gatehouse/service-kit/clock';
import { type Secret, webhookHeaders } from '@gatehouse/service-kit/crypto';
import { type Said, say } from '@gatehouse/service-kit/sentences';
import { type Channel, type Message, Undelivered } from './channel.ts';
import type { Wording } from './wording.ts';

interface WebhookOptions {
  url: string;
  secret: Secret;
  /** Calls only addresses that strangers may register, and follows no redirect. */
  http: Pick<HttpClient, 'send'>;
  wording: Wording;
  now: Clock;
}

/** Answers to what the message is. After every other one it is sent again: the receiver may be set up wrongly. */
const refusals: readonly (number | undefined)[] = [400, 413, 422];

export function createWebhook({ url, secret, http, wording, now }: WebhookOptions): Channel {
  return {
    name: 'webhook',
    target: new URL(url).host,
    async send(message, signal) {
      const text = JSON.stringify(payloadOf(message, wording));
      try {
        await http.send({
          method: 'POST',
          url,
          content: { type: 'application/json', text },
          headers: webhookHeaders(secret, { id: message.id, text }, now()),
          signal,
        });
      } catch (error) {
        if (!(error instanceof UpstreamError)) throw error;
        throw new Undelivered(reasonOf(error), refusals.includes(error.status), error);
      }
    },
  };
}

/** `text`: everything in words, which chat programs show. */
function payloadOf({ alert }: Message, wording: Wording) {
  const headline = wording.headlineOf(alert);
  const common = { type: `alert.${alert.kind}`, timestamp: alert.at };
  const text = `${headline}\n${wording.textOf(alert)}`;
  if (alert.kind === 'test') return { ...common, text, data: { consoleUrl: wording.console } };
  const { problemId, problem, location, beganAt, endedAt } = alert;
  return {
    ...common,
    text,
    data: definedOnly({
      problemId,
      severity: problem.severity,
      runbook: problem.runbook,
      subject: problem.subject,
      title: wording.titleOf(problem),
      message: wording.findingOf(problem),
      location,
      beganAt,
      endedAt,
      language: wording.language,
      runbookUrl: wording.runbookOf(problem),
      consoleUrl: wording.console,
    }),
  };
}

function reasonOf({ failure, status }: UpstreamError): Said {
  if (failure === 'redirect') return say('alert.failed.redirect');
  if (failure === 'address' || failure === 'url') return say('alert.failed.address');
  return status === undefined ? say('alert.failed.silent') : say('alert.failed.status', { status });
}
