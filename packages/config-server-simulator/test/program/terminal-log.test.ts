import { describe, expect, it } from 'vitest';
import { terminalLog } from '../../src/program/terminal-log.ts';

// Escape, the same in one character (U+009B), a line end, and a change of direction.
const commanding = '\u001b[31m\u009b31m\n\u2028\u202ename';

describe('what a terminal is shown', () => {
  it('is one line for each thing that happens, and holds no command for the terminal', () => {
    const lines: string[] = [];
    const log = terminalLog((line) => lines.push(line), { isVerbose: false, now: () => 0 });
    log.info({ userName: commanding, error: new Error(commanding), plain: 'agent' }, 'request');
    log.debug({}, 'unseen');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^00:00:00\.000 request userName=".*name" error=".*" plain=agent\n$/);
    expect(lines[0]?.trimEnd()).not.toMatch(/[\p{Cc}\u2028\u202e]/u);
  });
});
