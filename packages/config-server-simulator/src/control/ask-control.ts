/** The other side of the control door. */
import net from 'node:net';
import { text } from 'node:stream/consumers';
import { type ControlAnswer, type ControlRequest, controlAnswerSchema } from './control-request.ts';

/** Longer than a switchover may take. */
const answerTimeoutMs = 15_000;

/** Errors: a sentence when no server answers there. */
export async function askControl(path: string, request: ControlRequest): Promise<ControlAnswer> {
  const socket = net.connect({ path });
  socket.setTimeout(answerTimeoutMs, () => socket.destroy(new Error('no answer came')));
  socket.end(JSON.stringify(request));
  let answer: string;
  try {
    answer = await text(socket);
  } catch (cause) {
    throw new Error(`--control ${path}: ${reasonOf(cause as NodeJS.ErrnoException)}`, { cause });
  }
  if (answer === '') throw new Error(`--control ${path}: the server ended before it answered`);
  return controlAnswerSchema.parse(JSON.parse(answer));
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT' || code === 'ECONNREFUSED')
    return 'no server listens there; it must run with this --control';
  if (code === 'EACCES') return 'only the user who runs the server may open it';
  return message;
}
