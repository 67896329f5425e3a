import { expect, it } from 'vitest';
import { type Overviews, stepsOf } from '../../src/console/home/first-steps.ts';
import type { Area } from '../../src/console/shell/area.ts';
import type { ConsoleVisit } from '../../src/console/shell/shell.ts';
import { textsIn } from '../../src/texts/texts.ts';

const visit = {
  text: textsIn('en'),
  rights: { installation: true, contactCenter: false, lesser: [] },
  person: { authorities: ['ROLE_INSTALLATION_ADMIN'] },
} as unknown as ConsoleVisit;
const areas: Area[] = [{ path: '/environments', audience: 'installation', routes: async () => undefined }];

interface Numbers {
  environments?: number;
  contactCenters?: number;
  clients?: number;
  links?: number;
}

function overviewsOf({ environments = 0, contactCenters = 0, clients = 0, links = 0 }: Numbers): Overviews {
  const common = { at: '2027-01-31T12:00:00.000Z', problems: [], endings: [] };
  return {
    authApi: {
      ...common,
      location: '/',
      clients,
      links: { open: links, down: 0, connecting: 0, notOpen: [] },
    },
    environmentApi: {
      ...common,
      counts: { environments, contactCenters, inactiveContactCenters: 0, apiKeys: 0 },
    },
  };
}

const nextOf = (numbers: Numbers) =>
  stepsOf(visit, overviewsOf(numbers), areas)?.steps.find(({ isNext }) => isNext)?.title;

it('each step follows the one before it, and nothing is told when all are taken', () => {
  expect(nextOf({})).toBe('Add an environment');
  expect(nextOf({ environments: 1 })).toBe('Add a contact centre');
  expect(nextOf({ environments: 1, contactCenters: 1 })).toBe('Register an application');
  expect(nextOf({ environments: 1, contactCenters: 1, clients: 1 })).toBe('Sign in for the first time');
  const all = { environments: 1, contactCenters: 1, clients: 1, links: 1 };
  expect(stepsOf(visit, overviewsOf(all), areas)).toBeUndefined();
});

it('a step leads to its area where the console has it', () => {
  const steps = stepsOf(visit, overviewsOf({}), areas)?.steps.map(({ href }) => href);
  expect(steps).toEqual(['/auth/console/environments', undefined, undefined, undefined]);
});

it('is for those who can take the steps, and for nobody while the numbers are unknown', () => {
  const other = { ...visit, rights: { installation: false, contactCenter: true, lesser: [] } };
  expect(stepsOf(other, overviewsOf({}), areas)).toBeUndefined();
  expect(stepsOf(visit, { ...overviewsOf({}), environmentApi: undefined }, areas)).toBeUndefined();
});
