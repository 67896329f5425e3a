/** Names what others may use of one connection. */
export { expectPages } from './answers.ts';
export { Connection } from './connection.ts';
export { dial, secure } from './dial.ts';
export { DueTimer } from './due-timer.ts';
export { endSocket } from './end-socket.ts';
export { FrameTimer } from './frame-timer.ts';
export { KeepAlive } from './keep-alive.ts';
export { openConnection } from './open-connection.ts';
export { Outbox } from './outbox.ts';
