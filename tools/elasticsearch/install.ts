/** Installs a real Elasticsearch out of Maven Central with the machine's own JDK and Maven. */
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { elasticsearchVersion, installFolder, readyMark, serverHome, shimFolder } from './places.ts';

/** What the server and the shim's compiler need. */
const oldestJava = 17;
const artifact = `org.elasticsearch.distribution.integ-test-zip:elasticsearch:${elasticsearchVersion}:zip`;
const attempts = 3;

/** Why none can be installed here, or undefined when one can. */
export function whyNotInstallable(): string | undefined {
  const java = spawnSync('javac', ['-version'], { encoding: 'utf8' });
  if (java.error) return 'no JDK is installed';
  const [, major] = /javac (\d+)/.exec(`${java.stdout}${java.stderr}`) ?? [];
  if (Number(major) < oldestJava) return `JDK ${oldestJava} or newer is needed`;
  return spawnSync('mvn', ['--version']).error ? 'Maven is not installed' : undefined;
}

/** The JDK that `javac` on the PATH belongs to. */
export function javaHome(): string {
  const { stdout } = spawnSync('sh', ['-c', 'command -v javac'], { encoding: 'utf8' });
  return dirname(dirname(realpathSync(stdout.trim())));
}

/** Home of the installed server. @throws Error with the end of the failed program's output */
export async function installElasticsearch(): Promise<string> {
  const folder = installFolder();
  const unfinished = mkdtempSync(`${folder}-`);
  chmodSync(unfinished, 0o755);
  try {
    await unpack(unfinished);
    await addShim(serverHome(unfinished));
    for (const program of readdirSync(join(serverHome(unfinished), 'bin')))
      chmodSync(join(serverHome(unfinished), 'bin', program), 0o755);
    writeFileSync(readyMark(unfinished), '');
    // Renamed only when it is whole; what another run finished meanwhile is as good.
    if (!existsSync(readyMark(folder))) {
      rmSync(folder, { recursive: true, force: true });
      renameSync(unfinished, folder);
    }
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
  return serverHome(folder);
}

/** One artifact of 107 MB; the local Maven repository keeps it for the next time. */
async function unpack(folder: string): Promise<void> {
  const goal = ['dependency:unpack', `-Dproject.basedir=${folder}`, `-Dartifact=${artifact}`];
  const options = ['-B', '-q', '-Dstyle.color=never', `-DoutputDirectory=${folder}`];
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await run('mvn', [...options, ...goal], folder);
    } catch (error) {
      if (attempt === attempts) throw error;
    }
  }
}

/** The plugin that answers what this distribution leaves out, compiled against the server's own jars. */
async function addShim(home: string): Promise<void> {
  const jars = [join(home, 'lib'), join(home, 'modules/x-pack-core')].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.jar'))
      .map((name) => join(folder, name)),
  );
  const plugin = join(home, 'plugins/es-shim');
  const classes = join(plugin, 'classes');
  mkdirSync(classes, { recursive: true });
  const compile = [
    '--release',
    '17',
    '-nowarn',
    '-Xlint:none',
    '-proc:none',
    '-cp',
    jars.join(':'),
    '-d',
    classes,
  ];
  await run('javac', [...compile, join(shimFolder, 'src/esshim/ShimPlugin.java')], home);
  await run(join(javaHome(), 'bin/jar'), ['cf', join(plugin, 'es-shim.jar'), '-C', classes, '.'], home);
  rmSync(classes, { recursive: true });
  const descriptor = readFileSync(join(shimFolder, 'plugin-descriptor.properties'), 'utf8');
  writeFileSync(
    join(plugin, 'plugin-descriptor.properties'),
    descriptor.replace(/^elasticsearch\.version=.*/m, `elasticsearch.version=${elasticsearchVersion}`),
  );
}

async function run(program: string, args: readonly string[], cwd: string): Promise<void> {
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const read = (chunk: Buffer) => {
    output = (output + chunk).slice(-4000);
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  const end = await new Promise<string | number>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ?? code ?? 'unknown'));
  });
  if (end !== 0) throw new Error(`${program} ended with ${end}:\n${output.trim()}`);
}
