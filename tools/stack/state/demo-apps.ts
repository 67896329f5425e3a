/** Keeps the apps for one-time codes of the demo people, whose secrets the service shows once. */
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { appSchema, type KeptApps } from '../provisioning/second-factor.ts';
import type { StatePaths } from './paths.ts';
import { writePrivateFile } from './private-file.ts';

/** By the name of the person. */
const keptSchema = z.record(z.string(), appSchema);

export function keptDemoApps({ demoApps: file }: StatePaths): KeptApps {
  return {
    read: () => (existsSync(file) ? keptSchema.parse(JSON.parse(readFileSync(file, 'utf8'))) : {}),
    write: (apps) => writePrivateFile(file, `${JSON.stringify(apps, null, 2)}\n`),
  };
}
