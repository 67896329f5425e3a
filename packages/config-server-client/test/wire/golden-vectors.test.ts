import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type MessageName, messageCatalogue } from '../../src/wire/message.ts';
import { ocpWire } from '../../src/wire/ocp/ocp-wire.ts';
import { defaultWireLimits } from '../../src/wire/wire-protocol.ts';
import { vectorMessages } from './vector-messages.ts';
import { vectorFiles, vectorFolder } from './vectors.ts';

const read = (name: string) => readFileSync(join(vectorFolder, name));
const receive = (bytes: Uint8Array) =>
  ocpWire()
    .createSession('client', { ...defaultWireLimits, allowJson: true })
    .receive(bytes);

// For a deliberate change of the protocol: WRITE_VECTORS=1 writes the files anew, and the change is seen in review.
if (process.env['WRITE_VECTORS'] === '1') {
  for (const [path, content] of vectorFiles()) writeFileSync(path, content);
}

describe('golden vectors', () => {
  it('are exactly the files in docs/vectors', () => {
    const files = vectorFiles();
    expect(readdirSync(vectorFolder).sort()).toEqual(files.map(([path]) => basename(path)).sort());
    for (const [path, content] of files) {
      const file = readFileSync(path);
      // The readable form is formatted like all other JSON of the tree: its content counts, not its white space.
      if (path.endsWith('.json')) expect(JSON.parse(file.toString())).toEqual(JSON.parse(content.toString()));
      else expect(file.equals(content), `${basename(path)} is as the code writes it`).toBe(true);
    }
  });

  it.each(Object.keys(messageCatalogue) as MessageName[])('%s reads the same from both codecs', (name) => {
    const { refId, message } = vectorMessages[name];
    const described = JSON.parse(read(`${name}.json`).toString());
    expect(described).toEqual({ messageId: messageCatalogue[name].id, refId, name, body: message.body });
    for (const codec of ['cbor', 'json']) {
      expect(receive(read(`${name}.${codec}.bin`))).toMatchObject([{ kind: 'message', refId, message }]);
    }
  });

  it('of the control frames read as such', () => {
    expect(receive(Buffer.concat([read('PING.bin'), read('PONG.bin'), read('CLOSE.bin')]))).toEqual([
      { kind: 'ping', nonce: 0x0102030405060708n },
      { kind: 'pong', nonce: 0xffffffffffffffffn },
      { kind: 'close', code: 'shutting-down', text: 'until later' },
    ]);
  });
});
