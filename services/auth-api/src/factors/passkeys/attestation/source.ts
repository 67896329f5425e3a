/** Keeps the FIDO metadata of the operator's file, read when the process starts. */
import { readFile } from 'node:fs/promises';
import type { Clock } from '@gatehouse/service-kit/clock';
import type { Logger } from '@gatehouse/service-kit/observability';
import type { Metadata } from './metadata.ts';

export interface MetadataSourceOptions {
  /** Absent: there is none, so no passkey can prove its make. */
  file: string | undefined;
  /** Instead of the certificates of the FIDO Alliance. */
  roots: readonly string[] | undefined;
  now: Clock;
  log: Logger;
}

export type MetadataFault =
  | { reason: 'missing' }
  | { reason: 'broken'; file: string; detail: string }
  | { reason: 'old'; file: string; nextUpdate: string };

export type MetadataSource = ReturnType<typeof createMetadataSource>;

export function createMetadataSource({ file, roots, now, log }: MetadataSourceOptions) {
  let failure = '';
  let reading: Promise<Metadata | undefined> | undefined;

  /** A file that is wrong stops no sign-in: passkeys whose make must be proved are not made until it is right. */
  const read = async (): Promise<Metadata | undefined> => {
    if (file === undefined) return undefined;
    try {
      const { readMetadata } = await import('./metadata.ts');
      const metadata = await readMetadata(await readFile(file, 'utf8'), now(), roots);
      const facts = { file, models: metadata.models.size, nextUpdate: metadata.nextUpdate };
      if (Date.parse(metadata.nextUpdate) < now())
        log.warn(facts, 'the FIDO metadata is old: download it again');
      else log.info(facts, 'the FIDO metadata was read');
      return metadata;
    } catch (error) {
      failure = (error as Error).message;
      log.error({ err: error, file }, 'the FIDO metadata cannot be used: no passkey can prove its make');
      return undefined;
    }
  };

  const current = (): Promise<Metadata | undefined> => {
    reading ??= read();
    return reading;
  };

  return {
    current,
    /** Why models cannot be proved, or not for long; undefined: nothing is wrong. Without a file some installations do well. */
    async fault(): Promise<MetadataFault | undefined> {
      if (file === undefined) return { reason: 'missing' };
      const metadata = await current();
      if (metadata === undefined) return { reason: 'broken', file, detail: failure };
      const { nextUpdate } = metadata;
      return Date.parse(nextUpdate) < now() ? { reason: 'old', file, nextUpdate } : undefined;
    },
  };
}
