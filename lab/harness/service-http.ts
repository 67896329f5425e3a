/** Sends the requests of the load to Services, over kept and over new connections, and repeats what had no answer. */
import http from 'node:http';
import https from 'node:https';
import { setTimeout as wait } from 'node:timers/promises';
import { type Answer, type Http, parsed, type Request } from './http.ts';

/** Base URLs without a path. */
export interface Addresses {
  authApi: string;
  authUi: string;
  environmentApi: string;
  /** Authority of their certificates, in PEM. */
  ca?: string;
}

const names = { authApi: 'auth-api', authUi: 'auth-ui', environmentApi: 'environment-api' };
/** As the documentation advises callers: a pod that was killed stays an address of its Service for a moment. */
const repeatDelaysMs = [100, 200, 400, 800, 1_600];
const timeoutMs = 15_000;
/** Callers who keep no connection: one of so many requests. */
const newConnectionOf = 4;

/** `keptFor`: so many requests later, kept connections are opened anew, and reach pods that came meanwhile. Default: never. */
export function createServiceHttp(addresses: Addresses, { keptFor = Infinity } = {}): Http {
  const { ca } = addresses;
  const secure = addresses.authApi.startsWith('https:');
  const { Agent, request } = secure ? https : http;
  let kept = new Agent({ keepAlive: true });
  const unkept = new Agent({ keepAlive: false });
  let sent = 0;

  const sendOnce = (path: string, body: string | undefined, options: http.RequestOptions) =>
    new Promise<Answer>((resolve) => {
      sent += 1;
      // The former connections end when nobody uses them any more.
      if (sent % keptFor === 0) kept = new Agent({ keepAlive: true });
      const agent = sent % newConnectionOf === 0 ? unkept : kept;
      const fail = (error: NodeJS.ErrnoException) =>
        resolve({ status: 0, body: undefined, requestId: '', error: causeOf(error, sending.reusedSocket) });
      const signal = AbortSignal.timeout(timeoutMs);
      const service = serviceOf(path);
      const url = addresses[service] + path;
      // The certificate has the name of the Service, not its address.
      const tls = secure && { ca, servername: names[service] };
      const sending = request(url, { ...options, ...tls, agent, signal }, (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (piece: string) => {
          text += piece;
        });
        answer.on('error', fail);
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            body: parsed(text),
            requestId: String(answer.headers['x-request-id'] ?? ''),
          }),
        );
      });
      sending.on('error', fail);
      sending.end(body);
    });

  return async (path, asked = {}) => {
    const { body, options } = optionsOf(asked);
    const repeatedAfter: string[] = [];
    for (const delayMs of repeatDelaysMs) {
      const answer = await sendOnce(path, body, options);
      if (answer.error === undefined) return repeatedAfter.length > 0 ? { ...answer, repeatedAfter } : answer;
      repeatedAfter.push(answer.error);
      await wait(delayMs);
    }
    return { ...(await sendOnce(path, body, options)), repeatedAfter };
  };
}

export function serviceOf(path: string): keyof typeof names {
  if (path.startsWith('/environment/v3')) return 'environmentApi';
  return path.startsWith('/auth/v3') || path.startsWith('/.well-known') ? 'authApi' : 'authUi';
}

function optionsOf({ method, authorization, form, json }: Request) {
  const body = json === undefined ? form && new URLSearchParams(form).toString() : JSON.stringify(json);
  const headers: Record<string, string> = {};
  if (authorization !== undefined) headers['authorization'] = authorization;
  if (body !== undefined) {
    headers['content-type'] = json === undefined ? 'application/x-www-form-urlencoded' : 'application/json';
    headers['content-length'] = String(Buffer.byteLength(body));
  }
  return { body, options: { method: method ?? (body === undefined ? 'GET' : 'POST'), headers } };
}

function causeOf({ code, name, message }: NodeJS.ErrnoException, onKept: boolean): string {
  if (name === 'AbortError') return `no answer in ${timeoutMs / 1_000} s`;
  if (code === 'ECONNREFUSED') return 'refused';
  if (code === 'ECONNRESET' || code === 'EPIPE')
    return onKept ? 'kept connection broke' : 'new connection broke';
  return code ?? message;
}
