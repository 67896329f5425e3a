/** Reads the options of `npm start`: arguments first, environment variables second. */
import { parseArgs } from 'node:util';
import { PlainError } from '../bootstrap/progress.mjs';

export interface StackOptions {
  /** Port of the public host; 0 takes free ports everywhere. */
  port: number | undefined;
  /** The address that browsers use, where something in front of the gateway has another one: an origin. */
  publicUrl: string | undefined;
  /** Whether the gateway serves HTTPS, with a certificate of an authority of its own. */
  tls: boolean;
  /** Whether clients of existing installations find what they rely on. */
  compat: boolean;
  /** Where the demo people are: at the simulator of a Configuration Server, or in the people store of Environment API. */
  directory: DemoDirectory;
  /** Whether there is a second contact centre, whose people have second factors. */
  secondFactor: boolean;
  quiet: boolean;
  reset: boolean;
  /** Servers to use instead of starting some. */
  postgresUrl: string | undefined;
  redisUrl: string | undefined;
  /** Folder for everything that is kept. */
  stateFolder: string;
}

export type DemoDirectory = 'configServer' | 'people';

export const usage = `Usage: npm start [-- options]

  --port NUMBER     port of the public host; 0 takes free ports everywhere
  --public-url URL  the address that browsers use, when a tunnel or proxy stands in front
  --tls             serve https, with a certificate of a local authority made for it
  --compat on|off   what clients of existing installations rely on; on unless told otherwise
  --directory NAME  where the demo people are: configServer (the simulator), or people (no simulator)
  --second-factor   a second contact centre, whose people have second factors; prints their secrets
  --postgres URL    use this PostgreSQL server (or set POSTGRES_URL)
  --redis URL       use this Redis server (or set REDIS_URL)
  --reset           forget all data and start fresh
  --quiet           print one line when ready
  --state FOLDER    keep everything there in place of .gatehouse
  --help            show this text
`;

/** Returns undefined when only help is wanted. Throws PlainError for what it does not understand. */
export function readOptions(
  args: string[],
  env: Record<string, string | undefined>,
  defaultFolder: string,
): StackOptions | undefined {
  const values = parse(args);
  if (values.help) return undefined;
  const port = values.port === undefined ? undefined : readPort(values.port);
  const postgresUrl = values.postgres ?? (env['POSTGRES_URL'] || undefined);
  const redisUrl = values.redis ?? (env['REDIS_URL'] || undefined);
  if (postgresUrl !== undefined) checkUrl('--postgres', postgresUrl, /^postgres(ql)?:$/, 'postgres://');
  if (redisUrl !== undefined) checkUrl('--redis', redisUrl, /^rediss?:$/, 'redis://');
  const publicUrl = values['public-url'] === undefined ? undefined : readOrigin(values['public-url']);
  const tls = values.tls ?? false;
  if (tls && publicUrl?.startsWith('http:'))
    throw new PlainError(`--tls serves https, so --public-url must begin with https://, not "${publicUrl}".`);
  return {
    publicUrl,
    tls,
    compat: readSwitch('--compat', values.compat ?? 'on'),
    directory: readDirectory(values.directory ?? 'configServer'),
    secondFactor: values['second-factor'] ?? false,
    quiet: values.quiet ?? false,
    reset: values.reset ?? false,
    stateFolder: values.state ?? defaultFolder,
    port,
    postgresUrl,
    redisUrl,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        port: { type: 'string' },
        'public-url': { type: 'string' },
        tls: { type: 'boolean' },
        compat: { type: 'string' },
        directory: { type: 'string' },
        'second-factor': { type: 'boolean' },
        postgres: { type: 'string' },
        redis: { type: 'string' },
        reset: { type: 'boolean' },
        quiet: { type: 'boolean' },
        state: { type: 'string' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new PlainError(`${(error as Error).message}\n\n${usage}`);
  }
}

function readPort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65_535)
    throw new PlainError(`--port takes a number from 0 to 65535, not "${text}".`);
  return port;
}

/** Issuer, redirects and cookies are made of it: nothing but scheme, host and port. */
function readOrigin(text: string): string {
  const { origin, protocol, href } = URL.canParse(text) ? new URL(text) : ({} as Partial<URL>);
  if ((protocol !== 'https:' && protocol !== 'http:') || (href !== origin && href !== `${origin}/`))
    throw new PlainError(
      `--public-url takes scheme, host and port, such as https://login.example.com, not "${text.split('@').at(-1)}".`,
    );
  return origin as string;
}

function readSwitch(name: string, text: string): boolean {
  if (text !== 'on' && text !== 'off') throw new PlainError(`${name} takes on or off, not "${text}".`);
  return text === 'on';
}

function readDirectory(text: string): DemoDirectory {
  if (text === 'configServer' || text === 'people') return text;
  throw new PlainError(`--directory takes configServer or people, not "${text}".`);
}

function checkUrl(name: string, text: string, protocol: RegExp, example: string): void {
  if (!URL.canParse(text) || !protocol.test(new URL(text).protocol))
    throw new PlainError(
      `${name} takes an address that begins with ${example}, not "${text.split('@').at(-1)}".`,
    );
}
