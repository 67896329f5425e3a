/** Cut-offs end many tokens at once; every replica keeps them in memory, so that asking costs nothing. */

export type CutOffKind = 'sub' | 'client' | 'family' | 'sid';

export interface CutOff {
  kind: CutOffKind;
  id: string;
  /** Tokens of a subject or client issued up to this moment are cut; a family or session is cut as a whole. */
  atMs: number;
}

export interface CutOffSubject {
  sub?: string | undefined;
  clientId?: string | undefined;
  familyId?: string | undefined;
  sid?: string | undefined;
  issuedAtMs: number;
}

export interface CutOffs {
  /** Loads what is in force; the process must not serve before. @throws AppError (503) when Redis is away. */
  start(): Promise<void>;
  /** Takes effect here before it returns, on every replica within one second. @throws AppError (503) */
  raise(cutOff: { kind: CutOffKind; id: string; atMs?: number }): Promise<void>;
  isCut(subject: CutOffSubject): boolean;
  /** @throws AppError (503) when this replica is more than one second behind: no guess about revoked tokens. */
  assertFresh(): void;
  close(): Promise<void>;
}
