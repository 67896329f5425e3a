/** Says what a domain of Auth API returns, besides what domains of every service do: which changes it follows. Names the audiences of routes. */
import type { Change } from '@gatehouse/service-kit/changes';
import type { Domain as DomainOf } from '@gatehouse/service-kit/http';

export type { ServicesOf } from '@gatehouse/service-kit/http';

export interface Domain extends DomainOf<Audience> {
  follows?: Follows;
}

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
  /** Changes by replicas of Auth API, by the entity of the change. */
  own?: Record<string, (id: string) => unknown>;
  /** Own changes were missed. */
  ownGap?(): unknown;
  /** Copies of what Environment API holds. All are dropped before it is judged what a change has ended. */
  copies?: EnvironmentApiFollower;
  /** As copies, of people: their changes concern nothing else. */
  copiesOfPeople?: EnvironmentApiFollower;
  /** Runs after that judgement. */
  afterDeactivation?: EnvironmentApiFollower;
  /** Forgets what is stored of a contact centre that is deleted; in the writable region only. */
  deletedContactCenter?(id: string): Promise<unknown>;
}

interface EnvironmentApiFollower {
  change(change: Change): unknown;
  /** Changes were missed. */
  gap(): unknown;
}
