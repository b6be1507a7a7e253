// Passages of the knowledge base with their scores, and the words that matched marked.
import type { ComponentChildren } from 'preact';

import { score } from './format';
import { Bar } from './parts';

// Words that say nothing of what is asked; of one or two letters none is looked at.
const SKIP = new Set(('about after all also and any are been before but can could did does for from get got had has have her him his how into its just let like may more most must need not '
  + 'now off one only other our out own please put say see she should some than that the their them then there these they this time too try use very via want was were what when where which '
  + 'while who why will with would yes yet you your').split(' '));

function wordsIn(text: string): Set<string> {
  const found = new Set<string>();
  for (const [word] of text.slice(0, 20_000).toLowerCase().matchAll(/[\p{L}\p{N}]{3,}/gu))
    if (!SKIP.has(word))
      found.add(word.slice(0, 6)); // the beginning: "invoices" matches "invoice"
  return found;
}

// The words of a passage that the question has too are marked.
export function Matched({ text, question }: { text: string; question: string }) {
  const wanted = wordsIn(question);
  const parts: ComponentChildren[] = [];
  let at = 0;
  for (const match of text.matchAll(/[\p{L}\p{N}]{3,}/gu)) {
    const word = match[0].toLowerCase();
    if (SKIP.has(word) || !wanted.has(word.slice(0, 6)))
      continue;
    parts.push(text.slice(at, match.index), <mark key={match.index}>{match[0]}</mark>);
    at = match.index! + match[0].length;
  }
  parts.push(text.slice(at));
  return <>{parts}</>;
}

export interface PassageOf { document: string; title: string; passage?: string; score: number }

export function Passages({ items, question, floor }: { items: PassageOf[]; question: string; floor?: number | null }) {
  return (
    <ol class="passages">
      {items.map((item, i) => (
        <li key={`${item.document}${i}`}>
          <div class="passage-head">
            <strong dir="auto">{item.title}</strong>
            <Bar value={item.score} need={floor} label="Score" text={score(item.score)} />
          </div>
          {item.passage ? <p class="text" dir="auto"><Matched text={item.passage} question={question} /></p> : null}
          <p class="quiet small">{item.document}</p>
        </li>
      ))}
    </ol>
  );
}
