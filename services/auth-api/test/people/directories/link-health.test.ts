import { expect, it } from 'vitest';
import { assertLinksOpen } from '../../../src/people/directories/link-health.ts';

const open = { environmentId: 'e1', state: 'open' as const, environmentName: undefined, reason: undefined };

it('says nothing while every link is open or still connecting', () => {
  expect(() => assertLinksOpen([open, { ...open, environmentId: 'e2', state: 'connecting' }])).not.toThrow();
});

it('names each environment whose link is down, with the reason', () => {
  const down = {
    environmentId: 'e2',
    environmentName: 'Acme people',
    state: 'down' as const,
    reason: '10.0.0.1:8888 refused the connection',
  };
  expect(() => assertLinksOpen([open, down])).toThrow(
    'The directory of the environment Acme people cannot be used: 10.0.0.1:8888 refused the connection.',
  );
});
