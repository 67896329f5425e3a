/** Says what a new installation needs next: environment, contact centre, application, the first sign-in. */
import type { AuthApiOverview } from '@gatehouse/contracts/auth-administration';
import { consolePath } from '@gatehouse/contracts/auth-api';
import type { EnvironmentApiOverview } from '@gatehouse/contracts/environment-administration';
import type { TextKey } from '../../texts/texts.ts';
import { isFor, type ListedArea } from '../shell/navigation.ts';
import type { ConsoleVisit } from '../shell/shell.ts';

export interface Overviews {
  authApi: AuthApiOverview | undefined;
  environmentApi: EnvironmentApiOverview | undefined;
}

export interface Steps {
  title: string;
  text: string;
  steps: {
    title: string;
    text: string;
    isDone: boolean;
    isNext: boolean;
    state: string;
    href?: string | undefined;
  }[];
}

const stepNames = ['environment', 'contactCenter', 'client', 'signIn'] as const;

/** Where each step is done, when the console has such an area. */
const places: Record<(typeof stepNames)[number], string | undefined> = {
  environment: '/environments',
  contactCenter: '/contact-centers',
  client: '/clients',
  signIn: undefined,
};

/** Undefined: there is nothing left to do, or it is for somebody else to do. */
export function stepsOf(
  visit: ConsoleVisit,
  { authApi, environmentApi }: Overviews,
  areas: readonly ListedArea[],
): Steps | undefined {
  const { text, rights, person } = visit;
  const counts = environmentApi?.counts;
  if (!rights.installation || counts?.environments === undefined || authApi?.clients === undefined)
    return undefined;
  const done: Record<(typeof stepNames)[number], boolean> = {
    environment: counts.environments > 0,
    contactCenter: counts.contactCenters + counts.inactiveContactCenters > 0,
    client: authApi.clients > 0,
    signIn: authApi.links.open + authApi.links.connecting + authApi.links.down > 0,
  };
  if (stepNames.every((name) => done[name])) return undefined;
  const next = stepNames.find((name) => !done[name]);
  const hrefOf = (path: string | undefined) =>
    areas.some((area) => area.path === path && isFor(area, person)) ? `${consolePath}${path}` : undefined;
  return {
    title: text('console.home.steps.title'),
    text: text('console.home.steps.text'),
    steps: stepNames.map((name) => ({
      title: text(`console.home.step.${name}.title` as TextKey),
      text: text(`console.home.step.${name}.text` as TextKey),
      isDone: done[name],
      isNext: name === next,
      state: text(
        done[name]
          ? 'console.home.step.done'
          : name === next
            ? 'console.home.step.next'
            : 'console.home.step.later',
      ),
      href: done[name] ? undefined : hrefOf(places[name]),
    })),
  };
}
