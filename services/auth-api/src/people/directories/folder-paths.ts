/** Remembers for a while where the folders of an environment are, as paths that begin with the name of the tenant. */

import type { EnvironmentView } from '@gatehouse/contracts/environment-api';
import {
  type CallOptions,
  type CfgFolder,
  CfgObjectType,
  type PeopleDirectory,
} from '@gatehouse/people-directory';
import type { Clock } from '@gatehouse/service-kit/clock';
import { LRUCache } from 'lru-cache';

/** A folder that is moved or renamed counts a minute later. */
const freshMs = 60_000;
const maxEnvironments = 1_000;
const maxDepth = 64;

type Reader = Pick<PeopleDirectory, 'readFolders' | 'readTenants'>;
type Tree = Awaited<ReturnType<typeof readTree>>;

export function createFolderPaths(now: Clock) {
  const known = new LRUCache<string, { tree: Promise<Tree>; readAtMs: number }>({ max: maxEnvironments });

  const treeOf = ({ id, version }: EnvironmentView, backend: Reader, options: CallOptions): Promise<Tree> => {
    const key = `${id}/${version}`;
    const entry = known.get(key);
    if (entry !== undefined && now() - entry.readAtMs < freshMs) return entry.tree;
    const tree = readTree(backend, options);
    known.set(key, { tree, readAtMs: now() });
    tree.catch(() => known.delete(key));
    return tree;
  };

  /** The paths of a folder and of those above it. @throws ConfigServerError */
  return async (
    environment: EnvironmentView,
    backend: Reader,
    folderDbid: number,
    options: CallOptions,
  ): Promise<string[]> => pathsOf(folderDbid, await treeOf(environment, backend, options));
}

async function readTree(backend: Reader, options: CallOptions) {
  const [folders, tenants] = await Promise.all([
    backend.readFolders({}, options),
    backend.readTenants({ all_tenants: 1 }, options),
  ]);
  return {
    folders: new Map(folders.map(({ DBID, name, ownerID }) => [DBID, { name, ownerID }])),
    tenants: new Map(tenants.map(({ DBID, name }) => [DBID, name])),
  };
}

/** Nothing for a folder whose place is not known to the end: nobody may belong somewhere by half a path. */
function pathsOf(folderDbid: number, { folders, tenants }: Tree): string[] {
  const names: string[] = [];
  let owner: CfgFolder['ownerID'] = { type: CfgObjectType.folder, DBID: folderDbid };
  for (let depth = 0; depth < maxDepth; depth += 1) {
    if (owner?.type !== CfgObjectType.folder) break;
    const folder = folders.get(owner.DBID);
    // A name with a slash would look like two.
    if (folder === undefined || folder.name.includes('/')) return [];
    names.unshift(folder.name);
    owner = folder.ownerID;
  }
  const tenant = owner?.type === CfgObjectType.tenant ? tenants.get(owner.DBID) : undefined;
  if (tenant === undefined || tenant.includes('/')) return [];
  return names.map((_, index) => [tenant, ...names.slice(0, index + 1)].join('/'));
}
