/** Receivers of alerts for tests: a webhook that verifies as the guide says, and Auth API that tells it. */
import { createHmac } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Problem } from '@gatehouse/contracts/answers';

export const keys = [1, 2].map((byte) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`);
export const secret = keys[0] as string;

export interface TakenAlert {
  id: string;
  body: { type: string; timestamp: string; text: string; data: Record<string, string> };
}

/** As the guide says it for receivers. */
export function isSignedWith(key: string, headers: IncomingHttpHeaders, text: string): boolean {
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${text}`;
  const bytes = Buffer.from(key.replace('whsec_', ''), 'base64');
  const wanted = `v1,${createHmac('sha256', bytes).update(signed).digest('base64')}`;
  return String(headers['webhook-signature']).split(' ').includes(wanted);
}

export async function startAlertReceiver(key = secret) {
  const taken: TakenAlert[] = [];
  const tried: { id: string; headers: IncomingHttpHeaders; text: string }[] = [];
  /** What the next calls are answered with; 204 afterwards. */
  const answers: (number | 'hang')[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const id = String(request.headers['webhook-id']);
    tried.push({ id, headers: request.headers, text });
    const answer = isSignedWith(key, request.headers, text) ? (answers.shift() ?? 204) : 401;
    if (answer === 'hang') return;
    const isKnown = taken.some((one) => one.id === id);
    if (answer === 204 && !isKnown) taken.push({ id, body: JSON.parse(text) });
    response.writeHead(answer).end('words of the receiver');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks/alerts`,
    taken,
    tried,
    answers,
    /** Kinds of what it took about a subject, in order. */
    about: (subject: string) =>
      taken.filter(({ body }) => body.data['subject'] === subject).map(({ body }) => body.type),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

export const webhookSettings = (url: string, key = secret) => ({
  GATEHOUSE_MODE: 'local',
  GATEHOUSE_OUTBOUND_ALLOW_LOOPBACK: 'true',
  GATEHOUSE_ALERTS_WEBHOOK_URL: url,
  GATEHOUSE_ALERTS_WEBHOOK_SECRET: key,
});

export const problemOf = (subject: string, changes: Partial<Problem> = {}): Problem => ({
  severity: 'warning',
  runbook: 'contact-centres-share-their-people',
  subject,
  message: `${subject} shares its people.`,
  ...changes,
});
