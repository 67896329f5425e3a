/** Describes what a message about a problem tells, and what carries it. */
import type { Problem } from '@gatehouse/contracts/answers';
import type { AlertChannel } from '@gatehouse/contracts/auth-administration';
import type { Said } from '@gatehouse/service-kit/sentences';

/** Plain JSON. */
export type Alert = { kind: 'test'; at: string } | ProblemAlert;

export interface ProblemAlert {
  kind: 'new' | 'reminder' | 'resolved';
  /** Of the message: when it was decided on. */
  at: string;
  /** The same for every message about one problem. */
  problemId: string;
  problem: Problem;
  location: string;
  beganAt: string;
  /** Of one that is solved. */
  endedAt?: string;
}

/** `id`: the same whenever the message is sent again. */
export interface Message {
  id: string;
  alert: Alert;
}

export interface Channel {
  name: AlertChannel;
  /** For operators: who gets it. */
  target: string;
  /** @throws Undelivered */
  send(message: Message, signal: AbortSignal): Promise<void>;
}

/** For operators: the reason holds no word that a receiver chose. */
export class Undelivered extends Error {
  readonly reason: Said;
  /** The same message would be refused again. */
  readonly isFinal: boolean;

  constructor(reason: Said, isFinal: boolean, cause: unknown) {
    super(reason.message, { cause });
    this.reason = reason;
    this.isFinal = isFinal;
  }
}
