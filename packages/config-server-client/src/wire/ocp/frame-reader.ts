/** Cuts a byte stream into frames, independent of its chunks. Holds at most one partial frame. */
import type { ViolationCode } from '../wire-protocol.ts';
import {
  decodeHeader,
  type FrameHeader,
  FrameKind,
  headerBytes,
  jsonFlag,
  magic,
  protocolVersion,
} from './frame.ts';

export interface Frame {
  header: FrameHeader;
  body: Uint8Array;
}

export interface FrameViolation {
  code: ViolationCode;
  detail: string;
  closeCode?: 'unsupported-version' | 'frame-too-large' | 'protocol-violation';
}

const noBytes = Buffer.alloc(0);

export class FrameReader {
  maxFrameBytes: number;
  #held = noBytes;
  #heldBytes = 0;
  #anyFrameSeen = false;

  constructor(maxFrameBytes: number) {
    this.maxFrameBytes = maxFrameBytes;
  }

  get bytesPending(): number {
    return this.#heldBytes;
  }

  /** The complete frames, and the violation that ends the stream, if any. Bodies are views: use them before the next call. */
  read(chunk: Uint8Array): { frames: Frame[]; violation?: FrameViolation } {
    const frames: Frame[] = [];
    let input = chunk;
    let offset = 0;
    if (this.#heldBytes > 0) {
      input = this.#append(chunk);
    }
    const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
    while (offset < input.length) {
      const wrongStart = checkStart(input, offset, this.#anyFrameSeen);
      if (wrongStart !== undefined) return this.#end(frames, wrongStart);
      if (input.length - offset < headerBytes) break;
      const header = decodeHeader(view, offset);
      const wrongHeader = this.#checkHeader(header);
      if (wrongHeader !== undefined) return this.#end(frames, wrongHeader);
      this.#anyFrameSeen = true;
      const end = offset + headerBytes + header.length;
      if (end > input.length) break;
      frames.push({ header, body: input.subarray(offset + headerBytes, end) });
      offset = end;
    }
    this.#hold(input, offset);
    return { frames };
  }

  /** Doubles the room, so that a frame in pieces of one byte costs linear time. Holds the frame limit and one chunk at most. */
  #append(chunk: Uint8Array): Uint8Array {
    const needed = this.#heldBytes + chunk.length;
    if (needed > this.#held.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#held.length * 2, 1_024));
      this.#held.copy(grown, 0, 0, this.#heldBytes);
      this.#held = grown;
    }
    this.#held.set(chunk, this.#heldBytes);
    this.#heldBytes = needed;
    return this.#held.subarray(0, needed);
  }

  #hold(input: Uint8Array, offset: number): void {
    const rest = input.length - offset;
    if (rest === 0) {
      this.#release();
      return;
    }
    if (this.#heldBytes > 0 && offset === 0) return;
    // A copy: the rest may be a view of the held buffer, or of the caller's chunk.
    this.#held = Buffer.from(input.subarray(offset));
    this.#heldBytes = rest;
  }

  #end(frames: Frame[], violation: FrameViolation): { frames: Frame[]; violation: FrameViolation } {
    this.#release();
    return { frames, violation };
  }

  #release(): void {
    this.#held = noBytes;
    this.#heldBytes = 0;
  }

  #checkHeader(header: FrameHeader): FrameViolation | undefined {
    if (header.version !== protocolVersion) {
      return {
        code: 'ProtocolViolation',
        detail: `version ${header.version}`,
        closeCode: 'unsupported-version',
      };
    }
    if (header.length > this.maxFrameBytes) {
      return {
        code: 'FrameTooLarge',
        detail: `${header.length} bytes announced, ${this.maxFrameBytes} allowed`,
        closeCode: 'frame-too-large',
      };
    }
    const problem = headerProblem(header);
    return problem === undefined
      ? undefined
      : { code: 'ProtocolViolation', detail: problem, closeCode: 'protocol-violation' };
  }
}

function headerProblem({ kind, messageId, flags, refId, length }: FrameHeader): string | undefined {
  if (kind < FrameKind.data || kind > FrameKind.close) return `frame kind ${kind}`;
  if ((flags & ~jsonFlag) !== 0) return 'reserved flag bits are set';
  if (kind === FrameKind.data) {
    if (messageId === 0) return 'a data frame without a message id';
    return length === 0 ? 'a data frame without a body' : undefined;
  }
  if (messageId !== 0 || refId !== 0) return 'a control frame with a message or reference id';
  if (kind !== FrameKind.close && length !== 0 && length !== 8) return `a poll of ${length} bytes`;
  return undefined;
}

/** Recognises another protocol by its first one or two bytes. */
function checkStart(input: Uint8Array, offset: number, anyFrameSeen: boolean): FrameViolation | undefined {
  const first = input[offset] as number;
  const second = input[offset + 1];
  if (first === magic >> 8 && (second === undefined || second === (magic & 0xff))) return undefined;
  if (anyFrameSeen) return { code: 'ProtocolViolation', detail: 'the stream lost its frame boundaries' };
  if (first === 0x15 || first === 0x16) {
    if (second === undefined) return undefined;
    if (second === 0x03) return { code: 'TlsExpected', detail: 'the peer speaks TLS' };
  }
  const hex = Buffer.from(input.subarray(offset, offset + 2)).toString('hex');
  return { code: 'NotThisProtocol', detail: `the stream starts with 0x${hex}` };
}
