/** `gatehouse list-keys`, `rotate-keys`, `import-key`, `retire-key`, `remove-key`: the keys that sign tokens. */
import { createSigningKeyAdministration } from '@gatehouse/api-client/auth-api';
import type { SigningKeyView } from '@gatehouse/contracts/auth-administration';
import { keyInFile } from '@gatehouse/contracts/resources';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Command } from 'commander';
import type { Cli } from '../command-group.ts';
import { UsageError } from '../failure/failure.ts';
import { secretFrom } from '../input/file.ts';
import type { Session } from '../session.ts';
import { readNamed } from '../terminal/files.ts';
import { ifMatch } from './if-match.ts';

interface ImportOptions {
  passwordFile?: string;
  alias?: string;
  active?: boolean;
}

export function signingKeyCommands(program: Command, cli: Cli): void {
  const api = (session: Session) => createSigningKeyAdministration(session.authApi);
  /** Of two rotations at once one is done: a key that waits must be published before it signs. */
  const whileAsNow = async (session: Session) => {
    const { etag } = await api(session).listTagged();
    return createSigningKeyAdministration(ifMatch(session.authApi, etag));
  };

  program
    .command('list-keys')
    .description('keys that sign tokens: which do, which are next, which are only published')
    .action(cli.action(async (session) => show(session, await api(session).list())));

  program
    .command('rotate-keys')
    .description('sign with the next keys from now on; tokens that are out stay valid')
    .option('--algorithm <name>', 'only the key of RS256, ES256 or EdDSA')
    .action(
      cli.action<{ algorithm?: string }>(async (session, { algorithm }) =>
        show(session, await (await whileAsNow(session)).rotate(algorithm)),
      ),
    );

  program
    .command('import-key <file>')
    .description('bring a private key along: PEM, JWK (JSON) or PKCS#12')
    .option('--password-file <path>', 'password of the file; - for standard input')
    .option('--alias <name>', 'entry of a keystore that has several keys')
    .option('--active', 'sign with it at once, not only after the next rotation')
    .action(
      cli.action<ImportOptions, [string]>(async (session, options, file) => {
        const { passwordFile, alias, active } = options;
        const password = await secretFrom(session.terminal, passwordFile, 'The password');
        const key = await api(session).import({
          ...keyOf(file),
          ...definedOnly({ password, alias }),
          state: active ? 'active' : 'next',
        });
        session.output.record(key, Object.entries(key));
      }),
    );

  program
    .command('retire-key <kid>')
    .description('sign nothing more with a key; tokens that are out stay valid')
    .action(
      cli.action<object, [string]>(async (session, _options, kid) =>
        show(session, await (await whileAsNow(session)).retire(kid)),
      ),
    );

  program
    .command('remove-key <kid>')
    .description('for a key that leaked: everything that it signed is refused')
    .action(
      cli.action<object, [string]>(async (session, _options, kid) => {
        const keys = await whileAsNow(session);
        await session.sure(`Refuse everything that ${kid} has signed?`);
        show(session, await keys.remove(kid));
      }),
    );
}

function show(session: Session, keys: SigningKeyView[]): void {
  session.output.rows(
    keys,
    {
      algorithm: 'algorithm',
      state: 'state',
      'key id': 'kid',
      origin: 'origin',
      'signs since': (row) => row.activatedAt ?? 'not yet',
      'published until': 'publishedUntil',
    },
    'There are no signing keys.',
  );
}

/** @throws UsageError */
function keyOf(file: string) {
  const bytes = readNamed(file);
  try {
    return keyInFile(bytes);
  } catch {
    // The parser's message may quote the key.
    throw new UsageError(`${file} is no JSON`);
  }
}
