/** Draws a QR code (ISO/IEC 18004) as the path of an inline SVG, so that the secret in it goes to no other address. */
import { create } from 'qrcode';

export interface QrCode {
  /** Modules of each side, with the quiet zone. */
  size: number;
  /** `d` of a path with strokes as wide as a module: a third of the bytes of outlines. */
  path: string;
}

/** ISO/IEC 18004 section 6.3.8. */
const quietZone = 4;

export function qrCodeOf(content: string): QrCode {
  // A screen has no dirt: the lowest level makes the largest modules.
  const { size, data } = create(content, { errorCorrectionLevel: 'L' }).modules;
  let path = '';
  for (let row = 0; row < size; row += 1) {
    let end = -quietZone;
    path += `M0 ${row + quietZone}.5`;
    for (let column = 0; column < size; column += 1) {
      const start = column;
      while (column < size && data[row * size + column]) column += 1;
      if (column === start) continue;
      path += `m${start - end} 0h${column - start}`;
      end = column;
    }
  }
  return { size: size + 2 * quietZone, path };
}
