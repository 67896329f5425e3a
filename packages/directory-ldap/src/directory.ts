/** Bundles what every question to a directory needs: its settings with the operator's filters read once. */
import type { Clock } from '@gatehouse/config-server-client/surroundings';
import type { CallLimits, LdapConnection } from './connection/connection.ts';
import { operatorFilter } from './people/filters.ts';
import type { FindSettings } from './people/find.ts';
import type { GroupSettings } from './people/groups.ts';
import type { DirectorySettings } from './settings.ts';

export interface Directory {
  settings: DirectorySettings & FindSettings & GroupSettings;
  clock: Clock;
  silenceMs: number;
  /** Connections on which passwords are verified at this moment. */
  verifications: { open: number };
}

/** The connection that searches, and the limits of the call. */
export interface Link {
  main: LdapConnection;
  limits: CallLimits;
}

/** @throws Error that says what is wrong with a filter */
export function readSettings(settings: DirectorySettings): Directory['settings'] {
  return {
    ...settings,
    personFilter: operatorFilter(settings.filters.person),
    groupFilter: operatorFilter(settings.filters.group),
  };
}
