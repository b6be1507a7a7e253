// Times are the reader's own; numbers have units.
const locale = navigator.language || 'en';

// Making a formatter costs a hundred times what using one does.
const numbers = new Map<string, Intl.NumberFormat>();

function figures(n: number, least: number, most: number): string {
  const key = `${least} ${most}`;
  let format = numbers.get(key);
  if (!format)
    numbers.set(key, format = new Intl.NumberFormat(locale, { minimumFractionDigits: least, maximumFractionDigits: most }));
  return format.format(n);
}

const wholeTime = new Intl.DateTimeFormat(locale, { dateStyle: 'full', timeStyle: 'long' });
const shortTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });
const clockTime = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' });
const dayOnly = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });

export const number = (n: number, digits = 0) => figures(n, 0, digits);
export const percent = (x: number, digits = 0) => `${figures(x * 100, 0, digits)} %`;
export const score = (x: number) => figures(x, 2, 2);
export const plural = (n: number, one: string, many = `${one}s`) => `${number(n)} ${n === 1 ? one : many}`;

export const exact = (iso: string) => wholeTime.format(new Date(iso));
export const short = (iso: string) => shortTime.format(new Date(iso));
export const clock = (iso: string) => clockTime.format(new Date(iso));
export const day = (iso: string) => dayOnly.format(new Date(iso));

const SIZES = ['B', 'kB', 'MB', 'GB', 'TB'];

export function bytes(n: number): string {
  let power = 0;
  for (; n >= 1000 && power < SIZES.length - 1; power++)
    n /= 1000;
  return `${number(n, n < 10 && power > 0 ? 1 : 0)} ${SIZES[power]}`;
}

const STEPS: [seconds: number, unit: string][] = [[86400, 'd'], [3600, 'h'], [60, 'min']];

export function span(seconds: number): string {
  for (const [length, unit] of STEPS)
    if (seconds >= length)
      return `${Math.floor(seconds / length)} ${unit}`;
  return `${Math.max(0, Math.floor(seconds))} s`;
}

export function age(iso: string, now = Date.now()): string {
  const seconds = (now - Date.parse(iso)) / 1000;
  return seconds < 10 ? 'now' : span(seconds);
}

export function duration(ms: number): string {
  return ms < 1000 ? `${number(ms, ms < 10 ? 1 : 0)} ms` : `${number(ms / 1000, 1)} s`;
}

// A reason as the program writes it, as a sentence with the names that people see.
export function sentence(text: string | null | undefined): string {
  const said = (text ?? '').replace(/\b(tier_1|tier_2|auto_resolve|zero_shot_model|zero_shot)\b/g, (word) => name(word).toLowerCase());
  return said.charAt(0).toUpperCase() + said.slice(1);
}

// The words of the API, as people say them.
const NAMES: Record<string, string> = {
  tier_1: 'Simple', tier_2: 'Moderate', complex: 'Complex',
  auto_resolve: 'Resolve', answer: 'Answer', escalate: 'To a person',
  zero_shot_model: 'Zero-shot model', zero_shot: 'Meaning', keyword: 'Keywords', classifier: 'Classifier', semantic: 'Meaning', none: 'None',
};

export function name(word: string | null | undefined): string {
  if (!word)
    return '';
  return NAMES[word] ?? (word.charAt(0).toUpperCase() + word.slice(1)).replaceAll('_', ' ');
}
