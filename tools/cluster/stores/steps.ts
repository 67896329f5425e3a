/** Steps that bring up what Gatehouse connects to. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { storesImage } from '../images/node-images.ts';
import { loadImages } from '../images/podman.ts';
import type { Step } from '../step.ts';
import { workplace } from '../workplace.ts';
import { authority } from './authority.ts';
import { databaseObjects } from './databases.ts';

export const storeSteps: Step[] = [
  {
    name: 'PostgreSQL and Redis',
    isNeeded: true,
    async run({ apply, kubectl }) {
      await loadImages([storesImage]);
      await apply(databaseObjects());
      for (const name of ['postgres', 'redis'])
        await kubectl(['rollout', 'status', `deployment/${name}`, '--namespace=databases', '--timeout=120s']);
      writeFileSync(path.join(workplace, 'ca.crt'), authority.cert);
      writeFileSync(path.join(workplace, 'company-ca.crt'), authority.cert);
      return 'both with TLS';
    },
  },
];
