/** Chooses the Configuration Servers that serve this installation's location. */
import type { ConfigServerView, EnvironmentView } from '@gatehouse/contracts/environment-api/environment';
import { byPrecision, covers, rootLocation } from '@gatehouse/contracts/environment-api/location';

/**
 * The servers given for the longest location that covers ours, in their order; empty when none serves it. An installation
 * that was told no location is in none of them, so any server will do: refusing them all would refuse every login.
 */
export function serversAt(
  environment: Pick<EnvironmentView, 'configServers'>,
  location: string,
): ConfigServerView[] {
  const precise = environment.configServers
    .flatMap((server) => locationsOf(server))
    .filter((candidate) => covers(candidate, location))
    .sort(byPrecision)[0];
  if (precise === undefined) return location === rootLocation ? [...environment.configServers] : [];
  return environment.configServers.filter((server) => locationsOf(server).includes(precise));
}

/** A server without a location serves every one. */
function locationsOf(server: ConfigServerView): string[] {
  return server.locations.length > 0 ? server.locations : [rootLocation];
}
