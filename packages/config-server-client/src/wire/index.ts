/** Names what others may use of the protocol on the wire. */
export { type ConfMessage, type MessageBody, type MessageName, messageCatalogue } from './message.ts';
export { encodeCbor } from './ocp/cbor-encode.ts';
export { encodeFrame, FrameKind, headerBytes, jsonFlag, protocolVersion } from './ocp/frame.ts';
export { decodeJson, encodeJson } from './ocp/json.ts';
export { ocpWire } from './ocp/ocp-wire.ts';
export { type CloseCode, defaultWireLimits, type WireEvent, type WireSession } from './wire-protocol.ts';
