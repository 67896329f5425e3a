/** Finds clients by the documents that they publish, and keeps a copy of each for the time that its host allows. */
import { type HttpClient, UpstreamError } from '@gatehouse/api-client/http';
import type { Clock } from '@gatehouse/service-kit/clock';
import { createAttemptLimiter } from '@gatehouse/service-kit/limits';
import type { Logger } from '@gatehouse/service-kit/observability';
import { LRUCache } from 'lru-cache';
import type { Client } from '../client.ts';
import { addressProblem } from './document-address.ts';
import { clientOfDocument, type DocumentRules, UnusableDocument } from './read-document.ts';

export interface ClientDocumentsOptions extends DocumentRules {
  /** Hosts, with their port where it is not 443, whose documents are read; `*`: of every host. Empty: none is. */
  hosts: readonly string[];
  /** Reaches only addresses that strangers may name. */
  outbound: Pick<HttpClient, 'send'>;
  /** How long a copy is used while its host does not answer. */
  staleMaxMs: number;
  now: Clock;
  log: Logger;
}

interface Copy {
  client: Client;
  readAtMs: number;
  freshUntilMs: number;
}

/** Section 8.7. */
const maxBodyBytes = 5 * 1024;
const maxCopies = 1_000;
/** Bounds of what a host may say of its copies. Without a word of it the lower one counts. */
const [minFreshSeconds, maxFreshSeconds] = [60, 3_600];
/** Anybody can name a client: no host is asked more often through us. */
const [readsOfHost, readsOfAll, windowMs] = [30, 300, 60_000];

const unreadable = 'client_id: must lead to a document of at most 5 KiB that is sent with 200';

export type ClientDocuments = ReturnType<typeof createClientDocuments>;

export function createClientDocuments({
  hosts,
  outbound,
  staleMaxMs,
  now,
  log,
  ...rules
}: ClientDocumentsOptions) {
  const copies = new LRUCache<string, Copy>({ max: maxCopies });
  const reads = new Map<string, Promise<Client>>();
  const ofHost = createAttemptLimiter({ attempts: readsOfHost, windowMs, now });
  const ofAll = createAttemptLimiter({ attempts: readsOfAll, windowMs, now });

  /** @throws UnusableDocument, AppError (429, 503) */
  async function find(clientId: string): Promise<Client> {
    const problem = addressProblem(clientId);
    if (problem !== undefined) throw new UnusableDocument(`client_id: ${problem}`);
    const { host } = new URL(clientId);
    if (!hosts.includes('*') && !hosts.includes(host))
      throw new UnusableDocument('client_id: documents of this host are not accepted here');
    const copy = copies.get(clientId);
    if (copy !== undefined && now() < copy.freshUntilMs) return copy.client;
    const running = reads.get(clientId);
    if (running !== undefined) return running;
    const started = read(clientId, host, copy).finally(() => reads.delete(clientId));
    reads.set(clientId, started);
    return started;
  }

  async function read(clientId: string, host: string, copy: Copy | undefined): Promise<Client> {
    try {
      ofHost.reserve(host);
      ofAll.reserve('');
      const { status, text, headers } = await outbound.send({
        url: clientId,
        headers: { accept: 'application/json' },
        maxBodyBytes,
      });
      // Section 5.
      if (status !== 200) throw new UnusableDocument(unreadable);
      const client = await clientOfDocument(clientId, jsonOf(text, headers['content-type']), rules, now());
      const freshMs = freshSecondsOf(headers['cache-control']) * 1_000;
      copies.set(clientId, { client, readAtMs: now(), freshUntilMs: now() + freshMs });
      return client;
    } catch (error) {
      const isAnswer = error instanceof UnusableDocument || isRefusal(error);
      if (copy !== undefined && !isAnswer && now() - copy.readAtMs < staleMaxMs) {
        log.warn({ err: error, clientId }, 'the former document of a client is used');
        return copy.client;
      }
      copies.delete(clientId);
      if (!(error instanceof UpstreamError)) throw error;
      log.info({ err: error, clientId }, 'the document of a client could not be read');
      // What the host answered stays in the log: the caller could look into our network through us.
      throw new UnusableDocument(
        'client_id: must lead to a document of at most 5 KiB, sent with 200 as JSON',
      );
    }
  }

  return { find };
}

/** The host took the document away. */
function isRefusal(error: unknown): boolean {
  return error instanceof UpstreamError && error.status !== undefined && error.status < 500;
}

/** @throws UnusableDocument */
function jsonOf(text: string, type: string | undefined): unknown {
  try {
    if (/^application\/(?:[\w.-]+\+)?json(?:;|$)/i.test(type ?? '')) return JSON.parse(text);
  } catch {
    // Told below.
  }
  throw new UnusableDocument('client_id: must lead to JSON that is sent as application/json');
}

/** RFC 9111 section 5.2.2. */
function freshSecondsOf(cacheControl = ''): number {
  if (/\b(?:no-store|no-cache)\b/i.test(cacheControl)) return minFreshSeconds;
  const told = Number(/\bmax-age=(\d{1,9})\b/i.exec(cacheControl)?.[1] ?? 0);
  return Math.min(maxFreshSeconds, Math.max(minFreshSeconds, told));
}
