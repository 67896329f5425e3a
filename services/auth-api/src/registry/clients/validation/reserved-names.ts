/** Finds names by which a client that registers itself would pass for this product, this installation or its operator (UTS 39). */
import lookAlikes from './look-alikes.json' with { type: 'json' };

/** As part of a name, too, and of a word: `MyGatehouse`. Of the name of an installation, which may be short, whole words count. */
const product = 'Gatehouse';
/** As a whole name: each is also a word of names of applications. */
const roles = ['operator', 'administrator', 'admin', 'console', 'help desk', 'support'];

/** Characters that look like one or several of ASCII, each with these. */
const skeletons = new Map(
  Object.entries(lookAlikes.lookalikes).flatMap(([skeleton, points]) =>
    points.split(' ').map((point) => [String.fromCodePoint(Number.parseInt(point, 16)), skeleton]),
  ),
);
/** Within ASCII, by the same data. */
const within: readonly (readonly [RegExp, string])[] = [
  [/[1I|]/g, 'l'],
  [/0/g, 'O'],
  [/m/g, 'rn'],
];

/** The name that this one passes for. */
export function reservedName(name: string, installation: string | undefined): string | undefined {
  const words = wordsOf(name);
  const whole = words.join('');
  const [ofProduct = ''] = wordsOf(product);
  if (hasRun(words, ofProduct) || words.some((word) => word.includes(ofProduct))) return product;
  const ofInstallation = wordsOf(installation ?? '').join('');
  if (ofInstallation !== '' && hasRun(words, ofInstallation)) return installation;
  return roles.find((role) => wordsOf(role).join('') === whole);
}

/** Whether words beside each other make it: `Gate House`, `G.a.t.e.h.o.u.s.e`. */
function hasRun(words: readonly string[], wanted: string): boolean {
  return words.some((_, from) => {
    let run = '';
    for (let at = from; at < words.length && run.length < wanted.length; at += 1) run += words[at];
    return run === wanted;
  });
}

/** Twice, because the capital and the small letter of an alphabet may look like different ones of ours. */
function wordsOf(name: string): string[] {
  return skeletonOf(skeletonOf(name).toLowerCase())
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
}

function skeletonOf(text: string): string {
  const letters = text.normalize('NFKD').replace(/[\p{M}\p{Cf}]/gu, '');
  const shown = [...letters].map((letter) => skeletons.get(letter) ?? letter).join('');
  return within.reduce((folded, [alike, letter]) => folded.replace(alike, letter), shown);
}
