/**
 * Agrees with a server on TLS (StartTLS, RFC 4511 section 4.14) before anything else is sent. A server, or somebody between,
 * who does not agree gets no password: there is no way on in plaintext.
 */
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { TlsOptions } from '@gatehouse/config-server-client/client';
import { secure } from '@gatehouse/config-server-client/connection';
import { type Endpoint, endpointName } from '@gatehouse/config-server-client/discovery';
import { ConfigServerError } from '@gatehouse/people-directory';
import { operations, readAnswer } from '../wire/answers.ts';
import { FrameReader } from '../wire/frames.ts';
import { startTlsRequest } from '../wire/requests.ts';
import { resultCodes } from '../wire/results.ts';

export interface StartTlsOptions {
  tls: TlsOptions;
  timeoutMs: number;
  signal: AbortSignal;
}

/** Errors: TlsFailure, ConnectTimeout, Aborted. The socket ends when that fails. */
export async function startTls(
  socket: Socket,
  endpoint: Endpoint,
  options: StartTlsOptions,
): Promise<Socket> {
  try {
    await agree(socket, options);
  } catch (cause) {
    socket.destroy();
    throw new ConfigServerError('TlsFailure', `${endpointName(endpoint)} does not begin TLS`, {
      endpoint: endpointName(endpoint),
      detail: cause instanceof Error ? cause.message : undefined,
      cause,
    });
  }
  return secure(socket, endpoint, options);
}

async function agree(socket: Socket, { timeoutMs, signal }: StartTlsOptions): Promise<void> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const frames = new FrameReader();
  const ignore = () => undefined;
  socket.on('error', ignore);
  socket.write(startTlsRequest(1));
  for (;;) {
    const [chunk] = (await Promise.race([
      once(socket, 'data', { signal: limit }),
      once(socket, 'close', { signal: limit }).then(() => {
        throw new Error('the server closed the connection');
      }),
    ])) as [Buffer];
    socket.pause();
    const [answer, ...more] = [...frames.read(chunk)];
    // RFC 4511 section 4.14.1 lets nothing follow: what came before TLS would count as said inside it.
    const isMore = more.length > 0 || frames.waitingBytes > 0 || socket.readableLength > 0;
    if (answer !== undefined && isMore) throw new Error('the server sent more than its answer');
    if (answer === undefined) {
      socket.resume();
      continue;
    }
    const result = readAnswer(answer);
    if (result.kind !== 'result' || result.operation !== operations.extended || result.messageId !== 1)
      throw new Error('the answer is not one to StartTLS');
    if (result.code !== resultCodes.success) throw new Error(`LDAP result code ${result.code}`);
    socket.off('error', ignore);
    return;
  }
}
