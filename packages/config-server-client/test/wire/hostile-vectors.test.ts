import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ocpWire } from '../../src/wire/ocp/ocp-wire.ts';
import { defaultWireLimits, type WireEvent } from '../../src/wire/wire-protocol.ts';
import { type HostileFrame, hostileFrames } from './hostile-frames.ts';

const folder = fileURLToPath(new URL('../../docs/hostile-vectors', import.meta.url));
const describeFrame = ({ bytes: _bytes, ...rest }: HostileFrame) => `${JSON.stringify(rest, null, 2)}\n`;

// As for the golden vectors: a deliberate change of the protocol writes the files anew.
if (process.env['WRITE_VECTORS'] === '1') {
  mkdirSync(folder, { recursive: true });
  for (const frame of hostileFrames) {
    writeFileSync(join(folder, `${frame.name}.bin`), frame.bytes);
    writeFileSync(join(folder, `${frame.name}.json`), describeFrame(frame));
  }
}

const sessionFor = ({ readBy, beforeRegistration }: HostileFrame) =>
  ocpWire().createSession(readBy, {
    ...defaultWireLimits,
    ...(beforeRegistration ? { maxFrameBytes: 16 * 1024 } : {}),
  });

const ping = ocpWire().createSession('client', defaultWireLimits).encodePing(1n);

/** The refusal a peer would see; good frames before it do not count. */
function refusalOf(events: WireEvent[]): HostileFrame['expected'] | undefined {
  const last = events.at(-1);
  if (last?.kind === 'malformed') return { refusal: 'error', error: last.code, referenceId: last.refId };
  if (last?.kind !== 'violation') return undefined;
  if (last.reply === undefined) return { refusal: 'silence', code: last.code } as HostileFrame['expected'];
  const [close] = ocpWire().createSession('client', defaultWireLimits).receive(last.reply);
  return {
    refusal: 'close',
    closeCode: close?.kind === 'close' ? close.code : 'none',
  } as HostileFrame['expected'];
}

describe('hostile vectors', () => {
  it('are exactly the files in docs/hostile-vectors', () => {
    expect(readdirSync(folder).sort()).toEqual(
      hostileFrames.flatMap(({ name }) => [`${name}.bin`, `${name}.json`]).sort(),
    );
    for (const frame of hostileFrames) {
      expect(readFileSync(join(folder, `${frame.name}.bin`)).equals(frame.bytes), frame.name).toBe(true);
      expect(readFileSync(join(folder, `${frame.name}.json`), 'utf8')).toBe(describeFrame(frame));
    }
  });

  it.each(hostileFrames)('$name ($what) is refused as written', (frame) => {
    const session = sessionFor(frame);
    expect(refusalOf(session.receive(frame.bytes))).toEqual(frame.expected);
    // One request fails, or nothing that follows is decoded: never something in between.
    const afterwards = session.receive(ping);
    if (frame.expected.refusal === 'error') expect(afterwards).toEqual([{ kind: 'ping', nonce: 1n }]);
    else expect(afterwards).toEqual([]);
    expect(session.bytesPending).toBe(0);
  });

  it.each(hostileFrames)('$name is refused the same in single bytes', (frame) => {
    const session = sessionFor(frame);
    const events = [...frame.bytes].flatMap((byte) => session.receive(Uint8Array.of(byte)));
    expect(refusalOf(events)).toEqual(frame.expected);
  });
});
