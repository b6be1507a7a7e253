// What a person says of a decision: was the answer right, and what tier and category it should have been. It is kept, and learned from.
import type { Ticket } from 'openapi';
import { useState } from 'preact/hooks';

import { post, session, wordsOf } from './api';
import { name } from './format';
import { say, Section } from './parts';
import { useStore } from './store';

const ANSWERS = ['right', 'wrong', 'incomplete'] as const;
const TIERS = ['tier_1', 'tier_2', 'complex'];

type Said = Partial<Record<'tier' | 'category' | 'answer', string>>;

// The newest word on each.
export function saidOf(ticket: Ticket): Said {
  const said: Said = {};
  for (const row of ticket.audit)
    if (row.step === 'feedback')
      for (const key of ['tier', 'category', 'answer'] as const)
        if (typeof row.detail?.[key] === 'string')
          said[key] = row.detail[key] as string;
  return said;
}

export function Feedback({ ticket, reload }: { ticket: Ticket; reload: () => void }) {
  const who = useStore(session);
  const said = saidOf(ticket);
  const [tier, setTier] = useState(said.tier ?? ticket.tier ?? '');
  const [category, setCategory] = useState(said.category ?? ticket.category ?? '');
  const [busy, setBusy] = useState(false);
  const send = async (words: Said, what: string) => {
    setBusy(true);
    try {
      await post(`tickets/${ticket.ticket_id}/feedback`, words);
      say(what);
      reload();
    } catch (reason) {
      say(wordsOf(reason), { tone: 'bad' });
    }
    setBusy(false);
  };
  const categories = who?.categories.includes(category) ? who.categories : [category, ...(who?.categories ?? [])];
  const changed = tier !== (said.tier ?? ticket.tier) || category !== (said.category ?? ticket.category);
  const sayOf = (answer: string) => void send({ answer }, `Noted: the answer is ${answer}.`);
  return (
    <Section title="Was it right?" aside={<span class="quiet small">kept, and learned from</span>}>
      <div class="feedback">
        {ticket.action !== 'escalate' ? (
          <div class="actions" role="group" aria-label="The answer is">
            <span class="feedback-title">The answer is</span>
            {ANSWERS.map((answer) => <button type="button" key={answer} disabled={busy} aria-pressed={said.answer === answer} onClick={() => sayOf(answer)}>{name(answer)}</button>)}
          </div>
        ) : null}
        <form class="correction" onSubmit={(e) => { e.preventDefault(); void send({ tier, category }, 'Noted: the right tier and category.'); }}>
          <label>Tier <select value={tier} onChange={(e) => setTier(e.currentTarget.value)}>{TIERS.map((one) => <option key={one} value={one}>{name(one)}</option>)}</select></label>
          <label>Category <select value={category} onChange={(e) => setCategory(e.currentTarget.value)}>{categories.map((one) => <option key={one} value={one}>{name(one)}</option>)}</select></label>
          <button type="submit" disabled={busy || !changed}>Correct</button>
          {said.tier || said.category ? <span class="quiet small">corrected by a person</span> : null}
        </form>
      </div>
    </Section>
  );
}
