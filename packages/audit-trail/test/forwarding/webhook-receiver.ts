/** A webhook over HTTPS for tests: it verifies the signature of Standard Webhooks and answers as the test says. */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { SecureContextOptions } from 'node:tls';

/** What happens to one request: `lose` takes the events and breaks the connection instead of an answer; `hang` never answers. */
export type Mood = number | 'lose' | 'hang';

export async function startWebhookReceiver(tls: SecureContextOptions, secrets: readonly string[]) {
  const requests: { headers: IncomingHttpHeaders; text: string; ids: string[]; mood: Mood }[] = [];
  const state = {
    next: [] as Mood[],
    /** What a firewall in front of it takes for an attack. */
    suspicious: undefined as RegExp | undefined,
  };
  const server = createServer(tls, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const isSigned = secrets.every((secret) => isSignedWith(secret, request.headers, text));
      const isStopped = state.suspicious?.test(text) === true;
      const mood = isStopped ? 403 : isSigned ? (state.next.shift() ?? 204) : 401;
      const { data } = JSON.parse(text) as { data: { events: { event: { id: string } }[] } };
      requests.push({ headers: request.headers, text, ids: data.events.map(({ event }) => event.id), mood });
      if (mood === 'lose') request.socket.destroy();
      else if (mood !== 'hang')
        response.writeHead(mood, mood === 302 ? { location: '/elsewhere' } : {}).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}/hooks/audit`,
    requests,
    state,
    /** Of the events that it has taken, in the order in which they came. */
    taken: () => requests.filter(({ mood }) => mood === 204 || mood === 'lose').flatMap(({ ids }) => ids),
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** As the specification describes it for receivers. */
function isSignedWith(secret: string, headers: IncomingHttpHeaders, text: string): boolean {
  const id = headers['webhook-id'];
  const timestamp = headers['webhook-timestamp'];
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > 300) return false;
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const wanted = createHmac('sha256', key).update(`${id}.${timestamp}.${text}`).digest();
  return String(headers['webhook-signature'])
    .split(' ')
    .map((signature) => /^v1,(.+)$/.exec(signature)?.[1] ?? '')
    .map((encoded) => Buffer.from(encoded, 'base64'))
    .some((given) => given.length === wanted.length && timingSafeEqual(given, wanted));
}
