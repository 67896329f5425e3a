/** Builds the golden vectors: each example message as a frame and in readable form. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ConfMessage, messageCatalogue } from '../../src/wire/message.ts';
import { ocpWire } from '../../src/wire/ocp/ocp-wire.ts';
import { defaultWireLimits, type WireSession } from '../../src/wire/wire-protocol.ts';
import { vectorMessages } from './vector-messages.ts';

export const vectorFolder = fileURLToPath(new URL('../../docs/vectors', import.meta.url));

const sessions = {
  cbor: ocpWire().createSession('client', defaultWireLimits),
  json: ocpWire({ codec: 'json' }).createSession('client', defaultWireLimits),
};

/** Path and content of every file: `<Message>.json`, `<Message>.cbor.bin`, `<Message>.json.bin`, and the control frames. */
export function vectorFiles(): [path: string, content: Buffer][] {
  const files: [string, Buffer][] = [];
  const add = (name: string, content: Uint8Array) =>
    files.push([join(vectorFolder, name), Buffer.from(content)]);
  for (const { refId, message } of Object.values(vectorMessages) as {
    refId: number;
    message: ConfMessage;
  }[]) {
    const { name, body } = message;
    add(
      `${name}.json`,
      Buffer.from(
        `${JSON.stringify({ messageId: messageCatalogue[name].id, refId, name, body }, null, 2)}\n`,
      ),
    );
    add(`${name}.cbor.bin`, sessions.cbor.encode(message, refId));
    add(`${name}.json.bin`, sessions.json.encode(message, refId));
  }
  for (const [name, content] of Object.entries(controlFrames(sessions.cbor))) add(`${name}.bin`, content);
  return files;
}

export function controlFrames(session: WireSession): Record<string, Uint8Array> {
  return {
    PING: session.encodePing(0x0102030405060708n),
    PONG: session.encodePong(0xffffffffffffffffn),
    CLOSE: session.encodeClose('shutting-down', 'until later'),
  };
}
