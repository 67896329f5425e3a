/**
 * Reads a picture from standard input and writes it anew as WebP. It is a program of its own because decoders are written in C: a
 * stranger's picture must not reach the memory or the secrets of the service. The file imports no other source file, so that it
 * also runs uncompiled.
 */
import { buffer } from 'node:stream/consumers';
import sharp from 'sharp';

/** The first line of the output, as JSON; the picture follows it. */
export type ReadImage = { width: number; height: number } | { problem: string };

const maxBytes = 64 * 1024;
const maxSide = 4096;
/** Twice the room that pages give a logo, for screens with small pixels. */
const room = { width: 512, height: 256 };
/** From the best one to the one that always fits. */
const attempts = [
  { lossless: true, scale: 1 },
  { quality: 90, scale: 1 },
  { quality: 75, scale: 1 },
  { quality: 75, scale: 0.5 },
  { quality: 50, scale: 0.5 },
];

// Other formats are never looked at. SVG, PDF and the like are programs rather than pictures.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: [
    'VipsForeignLoadPngBuffer',
    'VipsForeignLoadJpegBuffer',
    'VipsForeignLoadWebpBuffer',
    'VipsForeignLoadNsgifBuffer',
  ],
});
sharp.cache(false);
sharp.concurrency(1);

async function read(bytes: Buffer): Promise<[ReadImage, Buffer?]> {
  const type = typeOf(bytes);
  if (type === 'svg') {
    return [{ problem: 'is an SVG, which can contain scripts: save it as PNG or WebP, and send that' }];
  }
  if (type === 'other') return [{ problem: 'is no PNG, JPEG, WebP or GIF: save it in one of these formats' }];
  const options = { limitInputPixels: maxSide * maxSide, failOn: 'error', pages: 1 } as const;
  // The head alone, which may claim any size.
  const { width, height } = await sharp(bytes, { ...options, limitInputPixels: false }).metadata();
  if (width > maxSide || height > maxSide) {
    return [
      { problem: `is ${width} × ${height} pixels large: make it at most ${maxSide} pixels wide and high` },
    ];
  }
  // Decoded once. `autoOrient`: the note about it that cameras leave is taken away with all other ones.
  const { data, info } = await sharp(bytes, options)
    .autoOrient()
    .resize({ ...room, fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  const raw = { width: info.width, height: info.height, channels: info.channels };
  for (const { scale, ...webp } of attempts) {
    const width = Math.max(1, Math.round(info.width * scale));
    const picture = await sharp(data, { raw })
      .resize({ width })
      .webp({ ...webp, effort: 4 })
      .toBuffer({ resolveWithObject: true });
    if (picture.data.length <= maxBytes) {
      return [{ width: picture.info.width, height: picture.info.height }, picture.data];
    }
  }
  return [{ problem: `cannot be made smaller than ${maxBytes / 1024} KiB: use a simpler picture` }];
}

/** By its first bytes: what the sender calls it counts for nothing. */
function typeOf(bytes: Buffer): 'raster' | 'svg' | 'other' {
  const start = bytes.subarray(0, 1024).toString('latin1');
  if (start.startsWith('\x89PNG\r\n\x1a\n') || start.startsWith('\xff\xd8\xff')) return 'raster';
  if (/^GIF8[79]a/.test(start) || /^RIFF.{4}WEBP/s.test(start)) return 'raster';
  const hasMarkup = /^(?:\xef\xbb\xbf)?\s*</.test(start) && /<svg|<!DOCTYPE svg/i.test(start);
  return hasMarkup || start.startsWith('\x1f\x8b') ? 'svg' : 'other';
}

async function answer(): Promise<[ReadImage, Buffer?]> {
  try {
    return await read(await buffer(process.stdin));
  } catch {
    // The library's own words name files and functions, which do not help a person who sent a picture.
    return [
      {
        problem:
          'cannot be read: it is damaged, or takes too much memory. Save it anew, or smaller, and send that',
      },
    ];
  }
}

const [head, picture] = await answer();
process.stdout.write(`${JSON.stringify(head)}\n`);
if (picture) process.stdout.write(picture);
