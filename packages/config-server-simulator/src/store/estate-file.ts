/**
 * Keeps the content of a simulated server in one JSON file that several servers share: the primary replaces the whole
 * file after each change, the others read it. A reader finds the file before or after a change, never in between.
 */
import { randomUUID } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import type { Logger } from '@gatehouse/config-server-client/surroundings';
import { ChangeLog } from './change-log.ts';
import { decodeContent, type EstateContent, encodeContent, estateFormat } from './estate-content.ts';
import { ObjectStore, type Persistence } from './object-store.ts';
import { newIdentity, runningPid } from './process-identity.ts';
import { currentVersion, readWhole, removeDrafts, replaceWhole } from './whole-file.ts';

/**
 * Opens the file to write it or to follow its primary.
 * @throws Error with a sentence. Another process writes the file, there is nothing to follow, or the file has another form
 */
export async function openEstateFile(
  path: string,
  { toWrite, log }: { toWrite: boolean; log: Logger },
): Promise<EstateFile> {
  // A symbolic link stays, and leads to the new file.
  const target = await realpath(path).catch(() => path);
  const found = await read(target);
  const writer = await runningPid(found?.content.primary ?? null);
  if (toWrite && writer !== undefined)
    throw new Error(`${path} is written by process ${writer}: follow it as backup or proxy`);
  if (!toWrite && found === undefined)
    throw new Error(`${path} holds no estate yet: start its primary first`);
  const file = new EstateFile(target, await newIdentity(), found, log);
  if (toWrite) {
    await removeDrafts(target);
    await file.becomePrimary();
  }
  return file;
}

interface Found {
  content: EstateContent;
  version: string;
}

export class EstateFile implements Persistence {
  readonly store: ObjectStore;
  readonly #path: string;
  /** Of this server alone: two servers that write at the same time must not mix their bytes. */
  readonly #draft: string;
  readonly #identity: string;
  readonly #log: Logger;
  /** The server that the file names as primary. */
  #primary: string | null = null;
  #epoch = 0;
  #isWritable = false;
  /** False until the seed is complete: incomplete content is not written. */
  #isPlanted: boolean;
  #isBehind = false;
  /** The file as this server read or wrote it last. */
  #version: string | undefined;
  /** One write at a time; the next one takes all changes that were made meanwhile. */
  #lastWrite: Promise<void> = Promise.resolve();
  #nextWrite: Promise<void> | undefined;

  constructor(path: string, identity: string, found: Found | undefined, log: Logger) {
    this.#path = path;
    this.#draft = `${path}.${randomUUID()}.draft`;
    this.#identity = identity;
    this.#log = log;
    this.#isPlanted = found !== undefined;
    this.store = new ObjectStore(new ChangeLog(found?.content.historyLog ?? randomUUID()), this);
    if (found !== undefined) this.#load(found);
  }

  get isWritable(): boolean {
    return this.#isWritable;
  }

  get isBehind(): boolean {
    return this.#isBehind;
  }

  get isNew(): boolean {
    return !this.#isPlanted;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** The seed is complete: from now on the content is written. */
  async planted(): Promise<void> {
    this.#isPlanted = true;
    await this.save();
  }

  async becomePrimary(): Promise<void> {
    this.#isWritable = true;
    this.#epoch += 1;
    try {
      await this.save();
    } catch (error) {
      this.#isWritable = false;
      this.#epoch -= 1;
      throw error;
    }
  }

  /** Becomes primary unless the primary still runs. */
  async takeOver(): Promise<boolean> {
    const isOther = this.#primary !== this.#identity;
    if (isOther && (await runningPid(this.#primary)) !== undefined) return false;
    await this.becomePrimary();
    return true;
  }

  /** Lets another server become primary. On failure this server stays primary. */
  async release(): Promise<void> {
    if (!this.#isWritable) return;
    this.#isWritable = false;
    try {
      await this.save();
    } catch (error) {
      this.#isWritable = true;
      throw error;
    }
  }

  /** Reads what the primary wrote. False when some of its changes are no longer known. */
  async catchUp(): Promise<boolean> {
    if (this.#isWritable || (await currentVersion(this.#path)) === this.#version) return true;
    const found = await read(this.#path);
    return found === undefined || this.#load(found);
  }

  /** Finds out whether another process has written the file; this server is then no longer its writer. */
  async checkUnchanged(): Promise<void> {
    this.#lastWrite = this.#lastWrite.then(() => this.#assertUnchanged()).catch(() => undefined);
    await this.#lastWrite;
  }

  save(): Promise<void> {
    if (!this.#isPlanted) return Promise.resolve();
    if (this.#nextWrite === undefined) {
      this.#nextWrite = this.#lastWrite.then(() => {
        this.#nextWrite = undefined;
        return this.#write();
      });
      this.#lastWrite = this.#nextWrite.catch(() => undefined);
    }
    return this.#nextWrite;
  }

  #load({ content, version }: Found): boolean {
    this.#version = version;
    this.#primary = content.primary;
    this.#epoch = content.epoch;
    return this.store.load(content);
  }

  /** Another server has become primary, or a person has edited the file: this server must read it first. */
  async #assertUnchanged(): Promise<void> {
    const found = await currentVersion(this.#path);
    if (found === undefined || found === this.#version) return;
    this.#isWritable = false;
    throw new Error('the file was changed by another process');
  }

  async #write(): Promise<void> {
    const primary = this.#isWritable ? this.#identity : null;
    const content = { format: estateFormat, primary, epoch: this.#epoch, ...this.store.content() };
    try {
      this.#version = await replaceWhole(this.#path, this.#draft, encodeContent(content), () =>
        this.#assertUnchanged(),
      );
      this.#primary = primary;
      this.#isBehind = false;
    } catch (error) {
      if (!this.#isBehind)
        this.#log.error(
          { file: this.#path, error },
          'the estate file cannot be written: logins go on, changes are refused',
        );
      this.#isBehind = true;
      throw error;
    }
  }
}

/** Undefined for a file that is absent or empty. @throws Error with a sentence for any other content */
async function read(path: string): Promise<Found | undefined> {
  const found = await readWhole(path);
  if (found === undefined) return undefined;
  const content = decodeContent(found.bytes);
  if (content === undefined)
    throw new Error(`${path} is no estate file, or one of another version: it is left as it is`);
  return { content, version: found.version };
}
