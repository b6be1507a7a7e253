// Times are the reader's own; numbers have units.
const locale = navigator.language || 'en';

export const number = (n: number, digits = 0) => n.toLocaleString(locale, { maximumFractionDigits: digits });
export const percent = (x: number, digits = 0) => `${(x * 100).toLocaleString(locale, { maximumFractionDigits: digits })} %`;
export const score = (x: number) => x.toLocaleString(locale, { minimumFractionDigits: 2, maximumFractionDigits: 2 });
export const plural = (n: number, one: string, many = `${one}s`) => `${number(n)} ${n === 1 ? one : many}`;

export function exact(iso: string): string {
  return new Date(iso).toLocaleString(locale, { dateStyle: 'full', timeStyle: 'long' });
}

export function short(iso: string): string {
  return new Date(iso).toLocaleString(locale, { dateStyle: 'medium', timeStyle: 'medium' });
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

// The words of the API, as people say them.
const NAMES: Record<string, string> = {
  tier_1: 'Simple', tier_2: 'Moderate', complex: 'Complex',
  auto_resolve: 'Resolve', answer: 'Answer', escalate: 'To a person',
  zero_shot: 'Meaning', keyword: 'Keywords', classifier: 'Classifier', semantic: 'Meaning', none: 'None',
};

export function name(word: string | null | undefined): string {
  if (!word)
    return '';
  return NAMES[word] ?? (word.charAt(0).toUpperCase() + word.slice(1)).replaceAll('_', ' ');
}
