/** Encodes and decodes the 16-byte frame header of the open protocol (docs/protocol.md, "Framing"). */

export const headerBytes = 16;
export const magic = 0x4f43;
export const protocolVersion = 1;
export const FrameKind = { data: 1, ping: 2, pong: 3, close: 4 } as const;
export const jsonFlag = 0x0001;

export interface FrameHeader {
  version: number;
  kind: number;
  messageId: number;
  flags: number;
  refId: number;
  length: number;
}

/** One frame in a buffer of its own. */
export function encodeFrame(header: Omit<FrameHeader, 'length' | 'version'>, body: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(headerBytes + body.length);
  frame.writeUInt16BE(magic, 0);
  frame[2] = protocolVersion;
  frame[3] = header.kind;
  frame.writeUInt16BE(header.messageId, 4);
  frame.writeUInt16BE(header.flags, 6);
  frame.writeUInt32BE(header.refId, 8);
  frame.writeUInt32BE(body.length, 12);
  frame.set(body, headerBytes);
  return frame;
}

/** Reads the header at `offset`, which must be complete. */
export function decodeHeader(bytes: DataView, offset: number): FrameHeader {
  return {
    version: bytes.getUint8(offset + 2),
    kind: bytes.getUint8(offset + 3),
    messageId: bytes.getUint16(offset + 4),
    flags: bytes.getUint16(offset + 6),
    refId: bytes.getUint32(offset + 8),
    length: bytes.getUint32(offset + 12),
  };
}
