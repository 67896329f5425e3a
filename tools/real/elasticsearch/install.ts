/** Installs a real Elasticsearch out of Maven Central with the machine's own JDK and Maven. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { hasMaven, installOnce, runProgram, unpackArtifact } from '../../programs/maven.ts';
import { elasticsearchVersion, installFolder, readyMark, serverHome, shimFolder } from './places.ts';

/** The server and the shim's compiler need it. */
const oldestJava = 17;
const artifact = `org.elasticsearch.distribution.integ-test-zip:elasticsearch:${elasticsearchVersion}:zip`;

/** Why none can be installed here, or undefined when one can. */
export function whyNotInstallable(): string | undefined {
  const java = spawnSync('javac', ['-version'], { encoding: 'utf8' });
  if (java.error) return 'no JDK is installed';
  const [, major] = /javac (\d+)/.exec(`${java.stdout}${java.stderr}`) ?? [];
  if (Number(major) < oldestJava) return `JDK ${oldestJava} or newer is needed`;
  return hasMaven() ? undefined : 'Maven is not installed';
}

/** The JDK that `javac` on the PATH belongs to. */
export function javaHome(): string {
  const { stdout } = spawnSync('sh', ['-c', 'command -v javac'], { encoding: 'utf8' });
  return dirname(dirname(realpathSync(stdout.trim())));
}

/** Home of the installed server. @throws Error with the end of the failed program's output */
export async function installElasticsearch(): Promise<string> {
  await installOnce(installFolder(), readyMark, async (folder) => {
    await unpackArtifact(artifact, folder);
    await addShim(serverHome(folder));
    for (const program of readdirSync(join(serverHome(folder), 'bin')))
      chmodSync(join(serverHome(folder), 'bin', program), 0o755);
  });
  return serverHome();
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
  await runProgram('javac', [...compile, join(shimFolder, 'src/esshim/ShimPlugin.java')], home);
  await runProgram(
    join(javaHome(), 'bin/jar'),
    ['cf', join(plugin, 'es-shim.jar'), '-C', classes, '.'],
    home,
  );
  rmSync(classes, { recursive: true });
  const descriptor = readFileSync(join(shimFolder, 'plugin-descriptor.properties'), 'utf8');
  writeFileSync(
    join(plugin, 'plugin-descriptor.properties'),
    descriptor.replace(/^elasticsearch\.version=.*/m, `elasticsearch.version=${elasticsearchVersion}`),
  );
}
