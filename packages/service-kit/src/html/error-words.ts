/** Explains an error in the language of the reader. */
import errorTexts from './error-texts.json' with { type: 'json' };
import type { Language } from './language.ts';

interface ShownError {
  status: number;
  message: string;
  retryAfterSeconds: number | undefined;
  comesBackByItself: boolean;
}

type Kind = 'notFound' | 'tooManyRequests' | 'busy' | 'unavailable' | 'refused';

/** The error itself speaks English. In another language its words stand below those of its kind, where they say more. */
export function errorWords(error: ShownError, language: Language) {
  const texts = errorTexts[language];
  const kind = kindOf(error);
  const title = texts[`error.${kind}.title`];
  const correlationLabel = texts['support.correlationId'];
  if (language === 'en') return { language, title, text: error.message, correlationLabel };
  const text = [texts[`error.${kind}.text`], ...(kind === 'busy' ? [waitOf(error, language)] : [])].join(' ');
  const detail = kind === 'refused' ? error.message : undefined;
  return { language, title, text, detail, correlationLabel };
}

function kindOf({ status, comesBackByItself }: ShownError): Kind {
  if (status === 404) return 'notFound';
  if (status === 429) return 'tooManyRequests';
  if (comesBackByItself) return 'busy';
  return status >= 500 ? 'unavailable' : 'refused';
}

function waitOf({ retryAfterSeconds = 0 }: ShownError, language: Language): string {
  return `(${new Intl.RelativeTimeFormat(language).format(retryAfterSeconds, 'second')})`;
}
