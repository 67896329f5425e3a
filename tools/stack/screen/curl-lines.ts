/** The calls that the screen offers to copy; each one works as printed, in the order printed. */
import { type DemoUser, demoClient, users as demoUsers, exchange, operator } from '../provisioning/demo.ts';

export interface CurlLine {
  title: string;
  command: string;
}

/**
 * Shows the answer and keeps what follows `before` in a shell variable. Every awk knows /dev/stderr by name;
 * as a file it cannot always be opened.
 */
function keep(variable: string, command: string, before: string): string {
  const pick = `sub(/.*${before.replaceAll('/', '\\/')}/, "") && sub(/".*/, "")`;
  return `${variable}=$(${command} | awk '{print > "/dev/stderr"} ${pick}')`;
}

const accessToken = '"access_token":"';

interface Addresses {
  localUrl: string;
  caFile: string | undefined;
  configServerPort: number | undefined;
  users: DemoUser[];
}

export function curlLines({ localUrl, caFile, configServerPort, users }: Addresses): CurlLine[] {
  const oauth = `${localUrl}/auth/v3/oauth`;
  const environments = `${localUrl}/environment/v3/environments`;
  const contactCenters = `${localUrl}/environment/v3/contact-centers`;
  const curl = caFile === undefined ? 'curl' : `curl --cacert '${caFile}'`;
  const [user = demoUsers[0]] = users;
  const outside = credentials('external_api_client');
  const post = (url: string, account: string, ...parameters: string[]) =>
    [`${curl} -sw '\\n' ${url} -u ${account}`, ...parameters].join(' ');
  const json = (url: string, data: unknown) =>
    post(
      url,
      `${operator.username}:${operator.password}`,
      `-H 'content-type: application/json' -d '${JSON.stringify({ data })}'`,
    );

  return [
    {
      title: 'A token for a program',
      command: post(`${oauth}/token`, outside, '-d grant_type=client_credentials'),
    },
    {
      title: `A token for a person, named tenant\\user`,
      command: keep(
        'USER_TOKEN',
        post(
          `${oauth}/token`,
          outside,
          '-d grant_type=password',
          `--data-urlencode 'username=${user.tenant}\\${user.username}'`,
          `-d password=${user.password}`,
        ),
        accessToken,
      ),
    },
    {
      title: `Exchanged by a service for one with another audience and less scope`,
      command: keep(
        'SERVICE_TOKEN',
        post(
          `${oauth}/token`,
          credentials(exchange.service),
          '-d grant_type=urn:ietf:params:oauth:grant-type:token-exchange',
          '-d subject_token=$USER_TOKEN',
          '-d subject_token_type=urn:ietf:params:oauth:token-type:access_token',
          `-d audience=${exchange.audience} -d scope=${exchange.scope}`,
        ),
        accessToken,
      ),
    },
    {
      title: 'What that token is good for, asked by its audience',
      command: post(`${oauth}/introspect`, credentials(exchange.audience), '-d token=$SERVICE_TOKEN'),
    },
    {
      title: 'A new environment',
      command: keep(
        'ENVIRONMENT_ID',
        json(environments, environmentOf(configServerPort)),
        '"path":"/environments/',
      ),
    },
    {
      title: 'A contact centre in it; its domain is the tenant that people type',
      command: keep(
        'CONTACT_CENTER_ID',
        // The double quotes open for the shell's variable and close again around the JSON.
        json(contactCenters, {
          environmentId: "'$ENVIRONMENT_ID'",
          name: 'My contact centre',
          domains: ["mine-'$RANDOM'"],
          auth: 'configServer',
        }),
        '"path":"/contact-centers/',
      ),
    },
    {
      title: 'Both read back',
      command: `${curl} -sw '\\n' -u ${operator.username}:${operator.password} ${environments}/$ENVIRONMENT_ID ${contactCenters}/$CONTACT_CENTER_ID`,
    },
  ];
}

function environmentOf(configServerPort: number | undefined) {
  if (configServerPort === undefined) return { directory: 'people' };
  return {
    username: 'gatehouse',
    password: 'demo-service-password',
    tenant: 'demo',
    appName: 'gatehouse',
    tlsEnabled: false,
    configServers: [{ primaryAddress: '127.0.0.1', primaryPort: configServerPort }],
  };
}

function credentials(id: string): string {
  return `${id}:${demoClient(id).client_secret}`;
}
