// What language a ticket is in, and what in it wants attention: beside tier and category.
import type { Language, Signal } from 'openapi';

import { name, percent } from './format';
import { Mark } from './parts';

const EFFECTS: Record<string, string> = { show: 'shown', priority: 'raises the priority', person: 'goes to a person' };
const TONES: Record<string, 'bad' | 'fair' | 'plain'> = { show: 'plain', priority: 'fair', person: 'bad' };

const languages = new Intl.DisplayNames([navigator.language || 'en'], { type: 'language' });

export function languageName(code: string): string {
  try {
    return languages.of(code) ?? code;
  } catch {
    return code;
  }
}

export function LanguageOf({ language }: { language: Language | null }) {
  if (!language?.code)
    return <span class="quiet">cannot be told</span>;
  return <>{languageName(language.code)} <span class="quiet">{percent(language.confidence ?? 0)}</span>{language.served === false ? <> <Mark tone="bad">not served: goes to a person</Mark></> : null}</>;
}

export function SignalsOf({ signals }: { signals: Signal[] }) {
  if (signals.length === 0)
    return <p class="quiet">No signal.</p>;
  return (
    <ul class="signals">{signals.map((one) => (
      <li key={one.signal}><Mark tone={TONES[one.effect ?? 'show']}>{name(one.signal)}</Mark> <span class="quiet small">{EFFECTS[one.effect ?? 'show']}</span> <span dir="auto">{one.words}</span></li>
    ))}</ul>
  );
}
