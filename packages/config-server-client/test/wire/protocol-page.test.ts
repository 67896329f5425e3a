import { readFileSync } from 'node:fs';
import { serverErrorCodes } from '@gatehouse/people-directory';
import { describe, expect, it } from 'vitest';
import { type MessageName, messageCatalogue } from '../../src/wire/message.ts';
import { closeCodes } from '../../src/wire/wire-protocol.ts';

const read = (name: string) => readFileSync(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
const page = read('protocol.md');
const cddl = read('protocol.cddl');

describe('the written protocol', () => {
  it.each(Object.keys(messageCatalogue) as MessageName[])(
    'lists %s with its id, and describes its body',
    (name) => {
      const row = page.split('\n').find((line) => line.startsWith('|') && line.includes(name));
      expect(row).toMatch(new RegExp(`\\b${messageCatalogue[name].id}\\b`));
      expect(cddl).toMatch(new RegExp(`^${name} +=`, 'm'));
    },
  );

  it('explains every error and every close code', () => {
    for (const name of [...serverErrorCodes, ...closeCodes]) expect(page).toContain(name);
  });
});
