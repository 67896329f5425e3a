import { readdir, readFile } from 'node:fs/promises';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chunk, flat, pngOf } from './pictures.ts';
import { type RunningApi, startApi } from './running-api.ts';

let api: RunningApi;
let id: string;

beforeAll(async () => {
  api = await startApi();
  id = await api.contactCenter();
});
afterAll(() => api.close());

const put = (payload: Buffer, type = 'image/png', path = `/contact-centers/${id}/branding/logo`) =>
  api.call('PUT', path, { payload, headers: { 'content-type': type } });
const stored = async (digest: string): Promise<Buffer> => {
  const { body } = await api.call('GET', `/internal/images/${digest}`, {
    headers: { authorization: api.authApi.token({ internal_client: true }) },
  });
  expect(body.data.type).toBe('image/webp');
  return Buffer.from(body.data.base64, 'base64');
};
/** Sends it and returns what is served of it. */
async function keptOf(payload: Buffer, type?: string): Promise<Buffer> {
  const { status, body } = await put(payload, type);
  expect({ status, errors: body.errors }).toEqual({ status: 200, errors: undefined });
  return stored(body.data.logo.digest);
}

describe('a picture', () => {
  it.each(['png', 'jpeg', 'webp', 'gif'] as const)(
    'in the format %s becomes a WebP of at most 64 KiB',
    async (format) => {
      const kept = await keptOf(await flat(1200, 600).toFormat(format).toBuffer(), `image/${format}`);
      const { format: found, width, height } = await sharp(kept).metadata();
      expect([found, width, height]).toEqual(['webp', 512, 256]);
      expect(kept.length).toBeLessThanOrEqual(65_536);
    },
  );

  it('that does not compress is made smaller until it fits', async () => {
    const noise = Buffer.from(
      Uint8Array.from({ length: 500 * 250 * 3 }, (_, at) => (at * 2_654_435_761) >>> 24),
    );
    const kept = await keptOf(
      await sharp(noise, { raw: { width: 500, height: 250, channels: 3 } })
        .png()
        .toBuffer(),
    );
    expect(kept.length).toBeLessThanOrEqual(65_536);
  });

  it('keeps its transparency', async () => {
    const kept = await keptOf(await flat(10, 10, '#00000000').png().toBuffer());
    expect((await sharp(kept).stats()).isOpaque).toBe(false);
  });

  it('loses its metadata: place, camera, profile and comments', async () => {
    const exif = { IFD0: { Copyright: 'a-name-that-must-go' }, IFD3: { GPSLatitude: '51/1 30/1 0/1' } };
    const given = await flat(20, 10).jpeg().withMetadata({ exif, icc: 'p3' }).toBuffer();
    expect(given.includes('a-name-that-must-go')).toBe(true);
    const kept = await keptOf(given, 'image/jpeg');
    const { exif: found, icc, xmp, iptc } = await sharp(kept).metadata();
    expect({ found, icc, xmp, iptc }).toEqual({});
    expect(kept.includes('a-name-that-must-go')).toBe(false);
  });

  it('that moves is shown as its first frame', async () => {
    const frames = Buffer.concat([
      await flat(8, 8, '#ff0000').raw().toBuffer(),
      await flat(8, 8, '#0000ff').raw().toBuffer(),
    ]);
    const moving = await sharp(frames, { raw: { width: 8, height: 16, channels: 4, pageHeight: 8 } })
      .gif({ loop: 0 })
      .toBuffer();
    expect((await sharp(moving, { animated: true }).metadata()).pages).toBe(2);
    const kept = await keptOf(moving, 'image/gif');
    const { pages = 1, height } = await sharp(kept, { animated: true }).metadata();
    expect([pages, height]).toEqual([1, 8]);
    expect([...(await sharp(kept).removeAlpha().raw().toBuffer()).subarray(0, 3)]).toEqual([255, 0, 0]);
  });

  it('is turned as its camera notes, once', async () => {
    const kept = await keptOf(
      await flat(30, 10).jpeg().withMetadata({ orientation: 6 }).toBuffer(),
      'image/jpeg',
    );
    const { width, height, orientation } = await sharp(kept).metadata();
    expect([width, height, orientation]).toEqual([10, 30, undefined]);
  });

  it('is not decoded a second time', async () => {
    const file = await flat(33, 11).png().toBuffer();
    const first = (await put(file)).body.data.logo;
    const served = await stored(first.digest);
    expect((await put(file)).body.data.logo).toEqual(first);
    expect((await put(served, 'image/webp')).body.data.logo).toEqual(first);
  });

  it('goes away with its last place', async () => {
    const file = await flat(7, 9, '#123456').png().toBuffer();
    const { digest } = (await put(file)).body.data.logo;
    await put(file, 'image/png', '/branding/logo');
    await api.call('DELETE', `/contact-centers/${id}/branding/logo`);
    expect((await stored(digest)).length).toBeGreaterThan(0);
    await api.call('DELETE', '/branding/logo');
    const { rowCount } = await api.pool.query('SELECT 1 FROM environment.images WHERE digest = $1', [digest]);
    expect(rowCount).toBe(0);
  });
});

describe('what is no honest picture', () => {
  // attack: picture that unfolds to gigabytes | CWE-409 | guard: services/environment-api/src/images/image-reader.ts
  it('cannot take the memory of the service: a bomb is refused, and the service goes on', async () => {
    const bomb = pngOf(4096, 4096, 4096);
    expect(bomb.length).toBeLessThan(100_000);
    const before = process.memoryUsage.rss();
    const claimed = await put(pngOf(30_000, 30_000));
    expect([claimed.status, claimed.body.errors?.[0]?.status.field ?? claimed.body.status.field]).toEqual([
      400,
      'body',
    ]);
    expect(claimed.text).toContain('4096');
    // Within the limits, and as large as they allow.
    expect((await put(bomb)).status).toBe(200);
    expect(process.memoryUsage.rss() - before).toBeLessThan(64 * 1024 * 1024);
  });

  // attack: picture that takes all memory of the pod | CWE-770 | guard: services/environment-api/src/images/decode.ts
  it('is ended by the limit of the kernel where it takes more memory than it may', async () => {
    const wide = await flat(4096, 4096).toColourspace('rgb16').png({ progressive: true }).toBuffer();
    const { status, text } = await put(wide);
    expect([status, text.includes('picture')]).toEqual([400, true]);
    expect((await put(await flat(5, 5).png().toBuffer())).status).toBe(200);
  }, 20_000);

  // attack: SVG with a script as a logo | CWE-79 | guard: services/environment-api/src/images/image-reader.ts
  it.each([
    '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    '<?xml version="1.0"?>\n<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg>&x;</svg>',
    '\ufeff  <svg/>',
  ])('is refused as SVG with a reason: %s', async (svg) => {
    for (const type of ['image/svg+xml', 'image/png', 'application/octet-stream']) {
      const { status, text } = await put(Buffer.from(svg), type);
      expect([status, text.includes('SVG')]).toEqual([400, true]);
    }
  });

  // attack: picture that is a page or a script too | CWE-434 | guard: services/environment-api/src/images/image-reader.ts
  it('loses what stands in it besides the picture', async () => {
    const script = Buffer.from('<script>alert(document.domain)</script>');
    const png = await flat(6, 6, '#654321').png().toBuffer();
    const inside = Buffer.concat([
      png.subarray(0, 33),
      chunk('tEXt', Buffer.concat([Buffer.from('a\0'), script])),
      png.subarray(33),
    ]);
    for (const polyglot of [Buffer.concat([png, script]), inside]) {
      expect((await keptOf(polyglot)).includes('script')).toBe(false);
    }
    const gif = Buffer.from('GIF89a/*alert(1)*/=0;', 'latin1');
    expect((await put(gif, 'image/gif')).status).toBe(400);
  });

  it('is refused when it ends in the middle', async () => {
    const whole = await flat(300, 300).jpeg().toBuffer();
    const noise = await sharp(Buffer.alloc(90_000, 7), { raw: { width: 300, height: 100, channels: 3 } })
      .png({ compressionLevel: 0 })
      .toBuffer();
    for (const cut of [whole.subarray(0, whole.length >> 1), noise.subarray(0, 60_000)])
      expect((await put(cut)).status).toBe(400);
  });

  it.each([
    ['text', Buffer.from('not a picture')],
    ['a page', Buffer.from('<!doctype html><svg></svg>')],
    ['PDF', Buffer.from('%PDF-1.7\n')],
    ['TIFF', Buffer.from('II*\0\x08\0\0\0', 'latin1')],
    ['AVIF', Buffer.from('\0\0\0\x20ftypavif', 'latin1')],
    ['nothing', Buffer.alloc(0)],
  ])('is refused as %s, whatever it is called', async (_name, bytes) => {
    expect((await put(bytes, 'image/png')).status).toBe(400);
  });

  // attack: upload by the form of another site | CWE-352 | guard: services/environment-api/src/images/bodies.ts
  it.each([
    'text/html',
    'application/json',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
  ])('is not read at all as %s', async (type) => {
    expect((await put(await flat(4, 4).png().toBuffer(), type)).status).toBe(415);
  });

  it('is refused above two mebibytes before it is decoded', async () => {
    expect((await put(Buffer.alloc(2 * 1024 * 1024 + 1))).status).toBe(413);
  });
});

it.each(['../../etc/passwd', '..%2f..%2fetc%2fpasswd', 'A'.repeat(64), "' OR true --", 'f'.repeat(64), ''])(
  'knows no picture %j',
  async (digest) => {
    const { status } = await api.call('GET', `/internal/images/${encodeURIComponent(digest)}`, {
      headers: { authorization: api.authApi.token({ internal_client: true }) },
    });
    // 400 for an empty one.
    expect([400, 404]).toContain(status);
  },
);

it('loads the library in a process of its own alone', async () => {
  const folder = new URL('../src/', import.meta.url);
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.ts'));
  const importing: string[] = [];
  for (const name of files)
    if (/from 'sharp'|import\('sharp'\)/.test(await readFile(new URL(name, folder), 'utf8')))
      importing.push(name);
  expect(importing).toEqual(['images/image-reader.ts']);
});
