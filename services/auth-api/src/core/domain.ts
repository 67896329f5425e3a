/** Says what a domain gives: services to the domains after it; routes, followers, work and checks to the process. */
import type { Change } from '@gatehouse/service-kit/changes';
import type { Probe, ReadinessCheck, StartStep } from '@gatehouse/service-kit/health';
import type { App } from '@gatehouse/service-kit/http';

/** What a `compose.ts` returns. `domains.ts` lists the domains; each part of all domains is used in the order of that list. */
export interface Domain {
  /** What later domains call. */
  services?: unknown;
  mounts?: Mount[];
  follows?: Follows;
  /** What must succeed before the process takes requests. */
  start?: StartStep[];
  /** Begins background work, after every start. */
  work?(): void;
  ready?: ReadinessCheck[];
  /** Checks of the diagnosis. */
  probes?: Probe[];
  /** Encrypts what the domain stores with the active encryption key. @returns how much */
  reencrypt?(): Promise<number>;
  /** Called in the reverse order of the list. */
  close?(): unknown;
}

export type ServicesOf<Compose extends (...dependencies: never[]) => Domain> =
  ReturnType<Compose> extends { services: infer Services } ? Services : undefined;

/**
 * Routes with those who call them: `app.ts` says by what each audience is guarded. The prefix is that of all paths; it is empty where the routes have
 * whole paths, and for services, whose paths begin alike.
 */
export type Mount = [audience: Audience, prefix: string, routes: (app: App) => unknown];

export type Audience =
  | 'pages of allowed origins'
  | 'holders of tokens'
  | 'holders of tokens or cookies'
  | 'pages of operators'
  | 'anybody'
  | 'services'
  | 'operators'
  | 'browsers'
  | 'browsers with tokens';

/** Each drops or reads again what a change has made out of date. A rejection is for the follower itself to log. */
export interface Follows {
  /** What replicas of Auth API change, by the entity of the change. */
  own?: Record<string, (id: string) => unknown>;
  /** Own changes were missed. */
  ownGap?(): unknown;
  /** Copies of what Environment API holds. All are dropped before it is judged what a change has ended. */
  copies?: EnvironmentApiFollower;
  /** As copies, of people: their changes concern nothing else. */
  copiesOfPeople?: EnvironmentApiFollower;
  /** What comes after that judgement. */
  afterDeactivation?: EnvironmentApiFollower;
  /** Forgets what is stored of a contact centre that is deleted; in the writable region only. */
  deletedContactCenter?(id: string): Promise<unknown>;
}

interface EnvironmentApiFollower {
  change(change: Change): unknown;
  /** Changes were missed. */
  gap(): unknown;
}
