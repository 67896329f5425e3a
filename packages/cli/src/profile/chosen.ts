/** Chooses the installation that a command talks to: by variables, else by the named profile, else by the current one. */
import { UsageError } from '../failure/failure.ts';
import { variableOf } from '../terminal/files.ts';
import type { Terminal } from '../terminal/terminal.ts';
import { profilePath, readProfiles } from './file.ts';
import { type Credentials, type Profile, profileSchema } from './profile.ts';

/** @throws UsageError that says how to name one */
export function chosenProfile(terminal: Terminal, named: string | undefined): Profile {
  const { env } = terminal;
  const stored = storedProfile(terminal, named);
  // A profile that is named in the command counts as a whole: variables of the shell do not mix into it.
  if (named !== undefined && stored) return stored;
  const url = env['GATEHOUSE_URL'] || stored?.url;
  // Credentials of a profile are for its own addresses and for no other.
  const isOwn = (address: string | undefined, ...known: unknown[]) => !address || known.includes(address);
  const areOwn =
    isOwn(env['GATEHOUSE_URL'], stored?.url) &&
    isOwn(env['GATEHOUSE_ENVIRONMENT_URL'], stored?.environmentUrl, stored?.url);
  const own = areOwn ? stored : undefined;
  const credentials = credentialsOf(env) ?? own?.credentials;
  if (!url || !credentials) throw new UsageError(missing(url));
  const profile = profileSchema.safeParse({
    url,
    environmentUrl: env['GATEHOUSE_ENVIRONMENT_URL'] || own?.environmentUrl,
    caFile: env['GATEHOUSE_CA_FILE'] || own?.caFile,
    credentials,
  });
  if (profile.success) return profile.data;
  const [issue] = profile.error.issues;
  throw new UsageError(`${issue?.path.join('.')} ${issue?.message}`);
}

function storedProfile(terminal: Terminal, named: string | undefined): Profile | undefined {
  const path = profilePath(terminal);
  const { current, profiles } = readProfiles(path);
  const name = named ?? (terminal.env['GATEHOUSE_PROFILE'] || current);
  if (name === undefined) return undefined;
  const profile = Object.hasOwn(profiles, name) ? profiles[name] : undefined;
  if (profile) return profile;
  const known = Object.keys(profiles);
  throw new UsageError(
    `There is no profile ${JSON.stringify(name)} in ${path}${known.length > 0 ? `; there are ${known.join(', ')}` : ''}`,
  );
}

function credentialsOf(env: Terminal['env']): Credentials | undefined {
  const token = variableOf(env, 'GATEHOUSE_TOKEN');
  if (token) return { kind: 'token', token };
  const username = env['GATEHOUSE_USERNAME'];
  const password = variableOf(env, 'GATEHOUSE_PASSWORD');
  if (username && password) return { kind: 'operator', username, password };
  const clientId = env['GATEHOUSE_CLIENT_ID'];
  const clientSecret = variableOf(env, 'GATEHOUSE_CLIENT_SECRET');
  if (clientId && clientSecret) return { kind: 'client', clientId, clientSecret };
  return undefined;
}

function missing(url: string | undefined): string {
  const what = url ? 'No credentials are known' : 'No installation is known';
  return `${what}: gatehouse profile add NAME --url https://login.example.com --username ops, or set GATEHOUSE_URL, GATEHOUSE_USERNAME and GATEHOUSE_PASSWORD`;
}
