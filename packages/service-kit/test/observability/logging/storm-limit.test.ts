import { Writable } from 'node:stream';
import { pino } from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { createStormLimit } from '../../../src/observability/logging/storm-limit.ts';

function limitedLog(maxLines: number, windowMs: number) {
  const lines: { message: string; level: string; n?: number; repeated?: number }[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)));
      done();
    },
  });
  const options = {
    messageKey: 'message',
    formatters: { level: (level: string) => ({ level }) },
    hooks: createStormLimit({ maxLines, windowMs }),
  };
  return { lines, log: pino(options, sink) };
}

describe('a storm of log lines', () => {
  it('becomes a number: the first lines are written, the others are counted', async () => {
    const { lines, log } = limitedLog(3, 30);
    for (let n = 1; n <= 10; n += 1) log.warn({ n }, 'it happened');

    expect(lines.map(({ n }) => n)).toEqual([1, 2, 3]);
    await vi.waitFor(() => expect(lines).toHaveLength(4));
    expect(lines[3]).toMatchObject({ message: 'it happened (7 more times)', repeated: 7, level: 'warn' });
  });

  it('holds up no other sentence, no other level and no last words', () => {
    const { lines, log } = limitedLog(1, 10_000);
    for (let n = 0; n < 3; n += 1) {
      log.warn('one');
      log.error('one');
      log.info('other');
      log.fatal('the end');
    }
    expect(lines.map(({ level, message }) => `${level} ${message}`)).toEqual([
      'warn one',
      'error one',
      'info other',
      'fatal the end',
      'fatal the end',
      'fatal the end',
    ]);
  });

  it('is over after its time', async () => {
    const { lines, log } = limitedLog(1, 20);
    log.warn('one');
    log.warn('one');
    await vi.waitFor(() => expect(lines).toHaveLength(2));
    log.warn('one');
    expect(lines.map(({ message }) => message)).toEqual(['one', 'one (1 more times)', 'one']);
  });
});
