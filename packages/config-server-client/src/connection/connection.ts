/** Describes one registered connection: its channel, its server, and whether that server accepts changes. */

import { CfgOperationalMode, type ConfigServerError } from '@gatehouse/people-directory';
import { type Endpoint, isWritable } from '../discovery/endpoint-source.ts';
import type { MessageBody } from '../wire/message.ts';
import type { Channel } from './channel.ts';

/** The part of a connection that the warm standby uses. Its tests have an implementation without a network. */
export type StandbyConnection = Pick<Connection, 'endpoint' | 'ended' | 'serverEpoch' | 'drained' | 'close'>;

export class Connection {
  readonly endpoint: Endpoint;
  readonly channel: Channel;
  readonly registered: MessageBody<'EventClientRegistered'>;
  /** CfgOperationalMode; the server announces changes. */
  operationalMode: number;

  constructor(endpoint: Endpoint, channel: Channel, registered: MessageBody<'EventClientRegistered'>) {
    this.endpoint = endpoint;
    this.channel = channel;
    this.registered = registered;
    this.operationalMode = registered.operationalMode;
  }

  /** Resolves with the reason when the connection cannot be used any more. */
  get ended(): Promise<ConfigServerError> {
    return this.channel.ended;
  }

  get serverEpoch(): number {
    return this.registered.serverEpoch;
  }

  /** Whether the server is known to refuse changes. */
  get isReadOnly(): boolean {
    return (
      this.registered.serverRole === 'proxy' ||
      this.operationalMode === CfgOperationalMode.readOnly ||
      !isWritable(this.endpoint)
    );
  }

  /** Resolves when no request is in flight. */
  drained(): Promise<void> {
    return this.channel.drained();
  }

  close(error: ConfigServerError): void {
    this.channel.close('normal', error);
  }
}
