// Brings the pinned runtime and the packages, then runs one command of the repository under them.
// Runs on any Node from 18 on and needs nothing installed.
import { existsSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compile } from './bootstrap/build.mjs';
import { commands } from './bootstrap/commands.mjs';
import { installPackages } from './bootstrap/packages.mjs';
import { withLock } from './bootstrap/pid-lock.mjs';
import { createProgress, fail, PlainError } from './bootstrap/progress.mjs';
import { runForeground } from './bootstrap/run.mjs';
import {
  provideChromium,
  provideClusterPrograms,
  provideDirectoryServer389,
  provideDocker,
  provideFaketime,
  provideIdentityProviders,
  provideImagePrograms,
  provideJava,
  provideLdap,
  provideNginx,
  providePostgres,
  providePrometheus,
  provideRedis,
  provideSamba,
  provideSyslog,
} from './bootstrap/system-packages.mjs';
import { installToolchain, toolchainEnvironment } from './bootstrap/toolchain.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

async function main([name = '', ...given]) {
  const whole = Object.hasOwn(commands, name) ? commands[name] : undefined;
  const part = Object.hasOwn(whole?.parts ?? {}, given[0]) ? whole.parts[given[0]] : undefined;
  const command = part ?? whole;
  const args = part ? given.slice(1) : given;
  if (!command) throw new PlainError(`Usage: npm run <${Object.keys(commands).join('|')}> [-- arguments]`);
  if (Number(process.versions.node.split('.')[0]) < 18)
    throw new PlainError(`Node ${process.versions.node} is too old to begin with: install Node 18 or newer.`);
  if (process.platform === 'win32')
    throw new PlainError('Gatehouse runs on Linux and macOS. On Windows, use it inside WSL.');

  const progress = createProgress({ quiet: args.includes('--quiet') });
  const folder = `${root}.gatehouse`;
  mkdirSync(folder, { recursive: true });
  const onWait = (pid) => process.stderr.write(`Waiting for process ${pid}, which is installing here …\n`);
  await withLock(`${folder}/install.lock`, onWait, async () => {
    await installToolchain(root, progress);
    await installPackages(root, progress);
    if (command.needs.includes('build')) await compile(root, progress);
    if (command.needs.includes('redis')) await provideRedis(args, progress);
    if (command.needs.includes('chromium')) await provideChromium(progress);
    if (command.needs.includes('prometheus')) await providePrometheus(progress);
    if (command.needs.includes('images')) await provideImagePrograms(progress);
    if (command.needs.includes('docker')) await provideDocker(progress);
    if (command.needs.includes('faketime')) await provideFaketime(progress);
    if (command.needs.includes('cluster')) await provideClusterPrograms(progress);
    if (command.needs.includes('ldap')) await provideLdap(progress);
    if (command.needs.includes('389')) await provideDirectoryServer389(progress);
    if (command.needs.includes('samba')) await provideSamba(progress);
    if (command.needs.includes('syslog')) await provideSyslog(progress);
    if (command.needs.includes('nginx')) await provideNginx(progress);
    if (command.needs.includes('postgresql')) await providePostgres(progress);
    if (command.needs.includes('java')) await provideJava(progress);
    if (command.needs.includes('identity providers')) await provideIdentityProviders(progress);
  });

  for (const step of command.steps) {
    const [program, ...fixed] = step;
    const script = fixed.find((argument) => /\.(ts|mjs)$/.test(argument));
    if (script && !existsSync(`${root}${script}`)) throw new PlainError(`${script} is missing in this tree.`);
    const last = step === command.steps.at(-1);
    const exitCode = await runForeground(program, last ? [...fixed, ...args] : fixed, {
      cwd: root,
      env: toolchainEnvironment(root),
      watched: command.watched === true,
    });
    if (exitCode !== 0 || last) return exitCode;
  }
  return 0;
}

main(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
}, fail);
