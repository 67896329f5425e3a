/** Renders what a person reads when the stack is ready. */
import { administrator, leads, operator } from '../provisioning/demo.ts';
import type { DemoPeople } from '../provisioning/provision.ts';
import type { FactorUser } from '../provisioning/second-factor.ts';
import { type CurlLine, curlLines } from './curl-lines.ts';

export interface ScreenFacts extends DemoPeople {
  publicUrl: string;
  /** Where the gateway listens. */
  localUrl: string;
  /** The authority of its certificate, with `--tls`. */
  caFile: string | undefined;
  playgroundUrl: string;
  /** Undefined where the people are in the people store. */
  configServerPort: number | undefined;
  stackFile: string;
  logFolder: string;
}

export interface Paint {
  strong(text: string): string;
  soft(text: string): string;
  accent(text: string): string;
}

export function createPaint(isColoured: boolean): Paint {
  const code = (start: number, end: number) => (text: string) =>
    isColoured ? `\x1b[${start}m${text}\x1b[${end}m` : text;
  return { strong: code(1, 22), soft: code(2, 22), accent: code(36, 39) };
}

export function renderScreen(facts: ScreenFacts, paint: Paint): string {
  const administrators = [administrator, ...leads.members].filter((name) =>
    facts.users.some(({ username }) => username === name),
  );
  const rows = [
    ['Playground', facts.playgroundUrl, 'start here: sign in, look at the tokens'],
    ['Console', `${facts.publicUrl}/auth/console`, `administer: as ${administrators.join(' or ')}`],
    ['Public host', facts.publicUrl, `issuer ${facts.publicUrl}/auth/v3`],
    ...(facts.localUrl === facts.publicUrl
      ? []
      : [['Listens at', facts.localUrl, 'send what comes for the public host there'] as const]),
    ...(facts.caFile ? [['Trust', facts.caFile, 'its authority, for browsers and programs'] as const] : []),
    facts.configServerPort === undefined
      ? (['People', 'in the people store', 'administer them with: npm run gatehouse -- people'] as const)
      : ([
          'Simulator',
          `127.0.0.1:${facts.configServerPort}`,
          'stands in for the Configuration Server',
        ] as const),
  ] as const;
  const width = Math.max(...rows.map(([, value]) => value.length)) + 2;
  const people = facts.users.map(({ username, password, tenant }) => [username, password, tenant] as const);
  return [
    '',
    `  ${paint.strong('Gatehouse is running')}`,
    '',
    ...rows.map(
      ([name, value, note]) => `  ${name.padEnd(13)}${paint.accent(value.padEnd(width))}${paint.soft(note)}`,
    ),
    '',
    `  ${'Sign in as'.padEnd(13)}${paint.soft('user name    password                   tenant')}`,
    ...people.map(
      ([name, password, tenant]) => `${' '.repeat(15)}${name.padEnd(13)}${password.padEnd(27)}${tenant}`,
    ),
    '',
    ...(facts.secondFactorUsers ? renderFactors(facts, facts.secondFactorUsers, paint) : []),
    `  ${'Operator'.padEnd(13)}${operator.username.padEnd(13)}${operator.password}`,
    '',
    `  ${paint.strong('Calls to copy, in this order')}`,
    '',
    ...curlLines(facts).flatMap((line) => renderCurl(line, paint)),
    `  ${paint.soft(`For scripts: ${facts.stackFile}    Logs: ${facts.logFolder}`)}`,
    `  ${paint.strong('Ctrl-C')} stops everything; the data stays.`,
    '',
  ].join('\n');
}

function renderFactors(
  { playgroundUrl, stackFile }: ScreenFacts,
  users: FactorUser[],
  paint: Paint,
): string[] {
  const indent = ' '.repeat(15);
  const columns = 'user name    password                   tenant     secret of the app for codes';
  return [
    `  ${'Factors'.padEnd(13)}${paint.soft(columns)}`,
    ...users.map(({ username, password, tenant, app }) => {
      const account = `${username.padEnd(13)}${password.padEnd(27)}${tenant.padEnd(11)}`;
      return `${indent}${account}${app?.secret ?? 'none yet: the sign-in asks to set one up'}`;
    }),
    '',
    `${indent}Sign in at ${paint.accent(`${playgroundUrl}/sign-in`)}. Every sign-in asks for a code, and the newcomer to set an app up.`,
    `${indent}Type the secret into an authenticator app, or print the codes of now. Each works once:`,
    `npm run demo:code -- ${stackFile}`,
    '',
  ];
}

/** The command starts at the left edge, so that copying takes nothing else along. */
function renderCurl({ title, command }: CurlLine, paint: Paint): string[] {
  return [`  ${paint.soft(title)}`, command, ''];
}

/** The one line of `--quiet`. */
export function renderReadyLine(facts: ScreenFacts): string {
  return `Gatehouse is ready: ${facts.publicUrl} playground ${facts.playgroundUrl} details ${facts.stackFile}`;
}
