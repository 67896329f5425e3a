/**
 * Writes the pictures that the documentation shows: `docs/images/*.webp`, where a file is missing, and all of them with
 * GATEHOUSE_PICTURES=all.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { smallWebp } from '../../../environment-api/test/pictures.ts';

const folder = fileURLToPath(new URL('../../../../docs/images/', import.meta.url));

export const maxPictureBytes = 60 * 1024;

const fileOf = (name: string) => `${folder}${name}.webp`;

export function isWanted({ name }: { name: string }): boolean {
  return process.env['GATEHOUSE_PICTURES'] === 'all' || !existsSync(fileOf(name));
}

/** Of what the window shows, without a focus or a half-way transition. */
export async function writePicture(page: Page, name: string): Promise<void> {
  await page.evaluate(() => (document.activeElement as HTMLElement | null)?.blur());
  const picture = await page.screenshot({ animations: 'disabled' });
  writeFileSync(fileOf(name), await smallWebp(picture, maxPictureBytes));
}
