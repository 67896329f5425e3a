/** Makes the pictures that tests send. */
import { crc32, deflateSync } from 'node:zlib';
import sharp from 'sharp';

const png = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');

export function flat(width: number, height: number, color = '#135848') {
  return sharp({ create: { width, height, channels: 4, background: color } });
}

/** A PNG whose head claims any size, with the given rows of zeros behind it. */
export function pngOf(width: number, height: number, rows = 1): Buffer {
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 6, 0, 0, 0], 8);
  const data = deflateSync(Buffer.alloc(rows * (1 + width * 4)), { level: 9 });
  return Buffer.concat([png, chunk('IHDR', head), chunk('IDAT', data), chunk('IEND', Buffer.alloc(0))]);
}

/** A part of a PNG (PNG specification, section 5.3). */
export function chunk(type: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), content]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}

/** As small as a picture of a page may be: WebP, in the best quality that fits. */
export async function smallWebp(picture: Buffer, maxBytes: number): Promise<Buffer> {
  for (const quality of [90, 80, 70, 60, 50]) {
    const webp = await sharp(picture).webp({ quality, effort: 6, smartSubsample: true }).toBuffer();
    if (webp.length <= maxBytes) return webp;
  }
  throw new Error(`the picture does not fit into ${maxBytes} bytes`);
}
