// One ticket: what was asked, what was decided and why, what was or will be sent, and everything that happened, in order.
import type { Accepted, Jobs, OutboxStep, Ticket } from 'openapi';
import { useEffect, useState } from 'preact/hooks';

import { post, session, useGet, wordsOf } from './api';
import { Draft, waits } from './draft';
import { Feedback } from './feedback';
import { duration, exact, name, score, sentence, short } from './format';
import { Icon } from './icons';
import { Letter } from './letter';
import { onTickets } from './live';
import { Age, Bar, Facts, Loading, LongText, Mark, Problem, say, Section, State, Tier } from './parts';
import { Passages } from './passages';
import { decide, decided } from './review';
import { LanguageOf, SignalsOf } from './signals';
import { useStore } from './store';
import { TimeLine } from './timeline';

type Detail = Record<string, any>;

const LOCAL = 1_000_000_000_000; // tickets that came without one of Freshdesk's have numbers from here on
const UNDER_WAY = ['queued', 'running', 'delivering'];

const lastOf = (ticket: Ticket, step: string): Detail | null => {
  const rows = ticket.audit.filter((row) => row.step === step);
  return (rows[rows.length - 1]?.detail as Detail | undefined) ?? null;
};

// ---- why

const Score = ({ title, value, need, text }: { title: string; value: number; need?: number | null; text?: string }) => (
  <div class="score"><span dir="auto" title={title}>{title}</span><Bar value={value} need={need} label={title} text={text} /></div>
);

function Why({ ticket }: { ticket: Ticket }) {
  const classified = lastOf(ticket, 'classified'), found = lastOf(ticket, 'found'), decision = lastOf(ticket, 'decided');
  if (!ticket.tier)
    return null;
  const categories = Object.entries((classified?.categories ?? {}) as Record<string, number>).sort((a, b) => b[1] - a[1]).slice(0, 3);
  const passages: { title: string; document: string; score: number; above_floor: boolean }[] = found?.passages ?? [];
  return (
    <Section title="Decision">
      <p class="reason" dir="auto">{sentence(ticket.reason)}</p>
      <Facts items={[
        ['Action', name(ticket.action)],
        ['Mode', name(ticket.mode)],
        ['Decided by', name(ticket.method)],
        ['Took', duration(ticket.duration_ms)],
      ]} />
      {classified ? (
        <div class="two">
          <div class="scores">
            <h3>Tier{decision?.min_confidence && ticket.tier !== 'complex' ? <span class="quiet"> · the mark is what an answer needs</span> : null}</h3>
            {['tier_1', 'tier_2', 'complex'].map((tier) => <Score key={tier} title={name(tier)} value={classified.tiers?.[tier] ?? 0} need={tier === ticket.tier && tier !== 'complex' ? decision?.min_confidence : null} />)}
          </div>
          <div class="scores">
            <h3>Category</h3>
            {categories.map(([category, share]) => <Score key={category} title={name(category)} value={share} />)}
          </div>
        </div>
      ) : null}
      {ticket.language || ticket.signals.length > 0 ? (
        <div class="scores">
          <h3>Language and signals</h3>
          <p class="small">Language: <LanguageOf language={ticket.language} /></p>
          <SignalsOf signals={ticket.signals} />
        </div>
      ) : null}
      {classified?.why ? <p class="quiet small" dir="auto">{name(classified.method)}, {classified.why}</p> : null}
      {passages.length > 0 ? (
        <div class="scores">
          <h3>Nearest passages<span class="quiet"> · {score(found!.floor)} needed</span></h3>
          {passages.slice(0, 3).map((p, i) => <Score key={i} title={p.title} value={p.score} need={found?.floor} text={score(p.score)} />)}
        </div>
      ) : null}
    </Section>
  );
}

// ---- what waits to be sent, and what was

const SENDS: Record<string, string> = { reply: 'Public reply', note: 'Private note', update: 'Status and tags' };
const STEP_TONES: Record<string, 'good' | 'bad' | 'busy' | 'plain'> = { waiting: 'busy', sending: 'busy', done: 'good', refused: 'bad', withheld: 'plain' };

function changesOf({ changes }: OutboxStep): string {
  return [
    changes?.status ? `status ${changes.status}` : '',
    changes?.priority_min ? `priority at least ${changes.priority_min}` : '',
    changes?.tags?.length ? `tags ${changes.tags.join(', ')}` : '',
  ].filter(Boolean).join('; ');
}

function NextTry({ ticket }: { ticket: Ticket }) {
  const { data } = useGet<Jobs>(`jobs?ticket_id=${ticket.ticket_id}&limit=1`);
  const job = data?.jobs[0];
  if (!job?.due_at)
    return null;
  return <p class="quiet small" title={exact(job.due_at)}>Tried next at {short(job.due_at)}{job.error ? <span dir="auto">; {job.error}</span> : null}</p>;
}

function Outbox({ ticket }: { ticket: Ticket }) {
  if (ticket.outbox.length === 0)
    return <p class="quiet">Nothing is or was to be sent: {ticket.state === 'recorded' ? 'the decision is only recorded' : 'there is no decision to send'}.</p>;
  return (
    <>
      <ol class="outbox">{ticket.outbox.map((step, i) => (
        <li key={i}>
          <details>
            <summary>
              <strong>{SENDS[step.step] ?? step.step}</strong> <Mark tone={STEP_TONES[step.state]}>{name(step.state)}</Mark>
              <span class="quiet small">{[step.attempts > 1 ? `${step.attempts} tries` : '', step.freshdesk_id ? `${step.freshdesk_id} in Freshdesk` : '', step.step === 'update' ? changesOf(step) : ''].filter(Boolean).join(' · ')}</span>
              {step.error ? <span class="error-text" dir="auto">{step.error}</span> : null}
            </summary>
            {step.text ? <LongText text={step.text} class="reply" /> : <p class="quiet">{changesOf(step) || 'Its words were erased.'}</p>}
          </details>
        </li>
      ))}</ol>
      {UNDER_WAY.includes(ticket.state) ? <NextTry key={ticket.updated_at} ticket={ticket} /> : null}
    </>
  );
}

function replyTitle(ticket: Ticket): string {
  const reply = ticket.outbox.find((step) => step.step === 'reply');
  if (reply?.state === 'done')
    return ticket.action === 'escalate' ? 'Acknowledgement, as the customer got it' : 'Reply, as the customer got it';
  if (ticket.action === 'escalate')
    return reply ? 'Acknowledgement, as the customer will see it' : 'Acknowledgement, not sent';
  return ticket.state === 'dropped' ? 'Discarded draft' : ticket.mode === 'draft' ? 'Draft of the reply' : 'Reply, as the customer would see it';
}

// ---- the whole

export function TicketView({ id, back, next }: { id: number; back: string; next: () => void }) {
  const { data: ticket, error, missing, loading, reload } = useGet<Ticket>(Number.isSafeInteger(id) && id > 0 ? `tickets/${id}` : null);
  const who = useStore(session);
  const gone = useStore(decided).has(id);
  const [busy, setBusy] = useState(false);
  useEffect(() => onTickets(({ tickets, more }) => {
    if (more || tickets.includes(id))
      reload();
  }), [id, reload]);

  const reprocess = async () => {
    setBusy(true);
    try {
      await post<Accepted>(`tickets/${id}/reprocess`);
      say('Queued for another journey.');
      reload();
    } catch (reason) {
      say(wordsOf(reason), { tone: 'bad' });
    }
    setBusy(false);
  };

  const bar = <a class="back" href={back}><Icon name="back" />Inbox</a>;
  if (missing)
    return <div class="ticket">{bar}<Problem text={`There is no ticket ${id}.`} /></div>;
  if (!ticket)
    return <div class="ticket">{bar}{error ? <Problem text={error} again={reload} /> : loading ? <Loading what="the ticket" /> : <Problem text="This is no number of a ticket." />}</div>;
  const question = `${ticket.subject ?? ''} ${ticket.description ?? ''}`;
  const open = waits(ticket) && !gone;
  const write = who?.role === 'write';
  return (
    <article class="ticket" aria-labelledby="ticket-title">
      {bar}
      <header class="ticket-head">
        <h2 id="ticket-title" class="ticket-title" dir="auto">{ticket.subject || 'No subject'}</h2>
        <p class="quiet"><span>#{ticket.ticket_id}</span> · <span dir="auto">{ticket.requester ?? 'requester not known'}</span> · <Age at={ticket.created_at} ago /></p>
        <p class="marks">
          <State state={ticket.state} /><Tier tier={ticket.tier} />
          {ticket.category ? <span>{name(ticket.category)}</span> : null}
          {ticket.confidence !== null ? <Bar value={ticket.confidence} label="Confidence" /> : null}
        </p>
        {write ? (
          <div class="actions" role="group" aria-label="Actions">
            {who.freshdesk && id < LOCAL && ticket.action !== 'escalate' && !UNDER_WAY.includes(ticket.state)
              ? <button type="button" disabled={busy || gone} onClick={() => decide(id, 'hand-over')}>Hand to a person</button> : null}
            <button type="button" disabled={busy} onClick={() => void reprocess()}>Reprocess</button>
          </div>
        ) : null}
      </header>
      {ticket.error ? <Problem text={ticket.error} /> : null}
      <Section title="Message"><LongText text={ticket.description || 'No text.'} /></Section>
      {open ? <Draft key={ticket.updated_at} ticket={ticket} may={write} done={next} /> : null}
      {ticket.response && !open ? <Section title={replyTitle(ticket)}><Letter ticket={ticket} text={ticket.response} /></Section> : null}
      <Why ticket={ticket} />
      {ticket.tier && write ? <Feedback key={ticket.audit.length} ticket={ticket} reload={reload} /> : null}
      {ticket.sources && ticket.sources.length > 0 ? <Section title="Passages it was answered from"><Passages items={ticket.sources} question={question} floor={lastOf(ticket, 'found')?.floor} /></Section> : null}
      {ticket.tier ? <Section title="Outbox"><Outbox ticket={ticket} /></Section> : null}
      <Section title="What happened"><TimeLine rows={ticket.audit} /></Section>
    </article>
  );
}
