// One ticket: what was asked, what was decided and why, what was or will be sent, and everything that happened, in order.
import type { Accepted, AuditRow, Ticket } from 'openapi';
import { useEffect, useRef, useState } from 'preact/hooks';

import { post, session, useGet, wordsOf } from './api';
import { duration, name, percent, score, short } from './format';
import { Icon } from './icons';
import { onTickets } from './live';
import { Age, Bar, Facts, Loading, LongText, Passages, Problem, onSend, say, Scroll, Section, State, Tier, useKeys } from './parts';
import { decide, decided } from './review';
import { useStore } from './store';

type Detail = Record<string, any>;

const LOCAL = 1_000_000_000_000; // tickets that came without one of Freshdesk's have numbers from here on

const lastOf = (ticket: Ticket, step: string): Detail | null => {
  const rows = ticket.audit.filter((row) => row.step === step);
  return (rows[rows.length - 1]?.detail as Detail | undefined) ?? null;
};

// ---- why

function Why({ ticket }: { ticket: Ticket }) {
  const classified = lastOf(ticket, 'classified'), found = lastOf(ticket, 'found'), decided = lastOf(ticket, 'decided');
  if (!ticket.tier)
    return null;
  const passages: { title: string; document: string; score: number; above_floor: boolean }[] = found?.passages ?? [];
  return (
    <Section title="Decision">
      <p class="reason" dir="auto">{ticket.reason}</p>
      <Facts items={[
        ['Action', name(ticket.action)],
        ['Mode', name(ticket.mode)],
        ['Decided by', name(ticket.method)],
        ['Took', duration(ticket.duration_ms)],
      ]} />
      {classified ? (
        <div class="scores">
          <h3>How sure</h3>
          {['tier_1', 'tier_2', 'complex'].map((tier) => (
            <div class="score" key={tier}><span>{name(tier)}</span><Bar value={classified.tiers?.[tier] ?? 0} need={tier === ticket.tier ? decided?.min_confidence : null} label={name(tier)} /></div>
          ))}
          {classified.why ? <p class="quiet small" dir="auto">{classified.why}</p> : null}
        </div>
      ) : null}
      {passages.length > 0 ? (
        <div class="scores">
          <h3>Best passages</h3>
          {passages.slice(0, 3).map((p, i) => (
            <div class="score" key={i}><span dir="auto">{p.title}</span><Bar value={p.score} need={found?.floor} label={p.title} text={score(p.score)} /></div>
          ))}
        </div>
      ) : null}
    </Section>
  );
}

// ---- time line

const STEPS: Record<string, string> = {
  received: 'Received', read: 'Read', read_failed: 'Could not be read', classified: 'Classified', found: 'Searched the knowledge base',
  decided: 'Decided', approved: 'Approved', discarded: 'Discarded', handed_over: 'Handed to a person', sent: 'Sent', retry: 'Will be tried again', delivered: 'Delivered', withheld: 'Withheld', failed: 'Failed', interrupted: 'Interrupted',
};

function words(row: AuditRow): string {
  const d = (row.detail ?? {}) as Detail;
  switch (row.step) {
  case 'read': return d.from === 'freshdesk' ? `from Freshdesk, ${d.messages} messages, ${d.characters} characters` : `${d.characters} characters`;
  case 'classified': return `${name(d.tier)} ${percent(d.confidence)}, ${name(d.category)} ${percent(d.category_confidence)}, by ${name(d.method).toLowerCase()}`;
  case 'found': return `${d.found ? 'found' : 'nothing found'}, best score ${d.passages?.length ? score(d.passages[0].score) : '–'}, ${score(d.floor)} needed`;
  case 'decided': return `${name(d.action)}: ${d.reason}`;
  case 'approved': return [d.edited ? 'with other words' : 'as it was', d.by && `by ${d.by}`].filter(Boolean).join(', ');
  case 'discarded': case 'handed_over': return d.by ? `by ${d.by}` : '';
  case 'sent': return `${name(d.step)}${d.freshdesk_id ? ` as ${d.freshdesk_id}` : ''}${d.found_there ? ', found there already' : ''}`;
  default: return [d.step && name(d.step), d.reason, d.error].filter(Boolean).join(': ');
  }
}

function TimeLine({ rows }: { rows: AuditRow[] }) {
  return (
    <ol class="timeline">
      {rows.map((row) => (
        <li key={row.id} class={['failed', 'withheld', 'read_failed', 'retry'].includes(row.step) ? 'timeline-bad' : ''}>
          <details>
            <summary>
              <span class="timeline-step">{STEPS[row.step] ?? name(row.step)}</span>
              <span class="timeline-words" dir="auto">{words(row)}</span>
              {row.at ? <time dateTime={row.at} class="quiet small">{short(row.at)}</time> : null}
            </summary>
            <pre class="json">{JSON.stringify(row.detail, null, 2)}</pre>
          </details>
        </li>
      ))}
    </ol>
  );
}

// ---- what waits to be sent

const SENDS: Record<string, string> = { reply: 'Public reply', note: 'Private note', update: 'Status and tags' };

function Outbox({ ticket }: { ticket: Ticket }) {
  if (ticket.outbox.length === 0)
    return <p class="quiet">Nothing is or was to be sent: {ticket.state === 'recorded' ? 'the decision is only recorded' : 'there is no decision to send'}.</p>;
  return (
    <Scroll label="Outbox"><table>
      <thead><tr><th scope="col">What</th><th scope="col">State</th><th scope="col">Tries</th><th scope="col">In Freshdesk</th></tr></thead>
      <tbody>{ticket.outbox.map((step, i) => (
        <tr key={i}><th scope="row">{SENDS[step.step] ?? step.step}</th><td>{name(step.state)}{step.error ? <span class="error-text" dir="auto"> {step.error}</span> : null}</td><td>{step.attempts}</td><td>{step.freshdesk_id ?? '–'}</td></tr>
      ))}</tbody>
    </table></Scroll>
  );
}

function replyTitle(ticket: Ticket): string {
  if (ticket.action === 'escalate')
    return 'Acknowledgement';
  if (ticket.outbox.some((step) => step.step === 'reply' && step.state === 'done'))
    return 'Reply, as the customer got it';
  return ticket.mode === 'draft' ? 'Draft of the reply' : 'Reply, as the customer would see it';
}

// ---- a draft that waits for a person's word

export const waits = (ticket: { state: string; mode: string | null; action: string | null }) => ticket.state === 'delivered' && ticket.mode === 'draft' && ticket.action !== 'escalate';

function Draft({ ticket, may, done }: { ticket: Ticket; may: boolean; done: () => void }) {
  const [text, setText] = useState<string | null>(null);
  const box = useRef<HTMLTextAreaElement>(null);
  const act = (what: 'approve' | 'discard', body = {}) => {
    decide(ticket.ticket_id, what, body);
    done();
  };
  const edit = () => {
    setText(ticket.response ?? '');
    setTimeout(() => box.current?.focus());
  };
  const sendEdited = () => text?.trim() && act('approve', text === ticket.response ? {} : { response: text });
  useKeys(may ? {
    a: () => text === null && act('approve'),
    e: () => text === null && edit(),
    x: () => text === null && act('discard'),
  } : {});
  return (
    <Section title="Draft of the reply" aside={<span class="quiet small">nothing is sent without you</span>}>
      {text === null ? <LongText text={ticket.response ?? ''} class="reply" /> : (
        <>
          <label class="hidden" for="edited">Reply</label>
          <textarea id="edited" ref={box} rows={16} dir="auto" value={text} maxLength={60_000} onInput={(e) => setText(e.currentTarget.value)}
            onKeyDown={(e) => { if (e.key === 'Escape') { e.stopPropagation(); setText(null); } else { onSend(sendEdited)(e); } }} />
        </>
      )}
      {may ? (
        <div class="actions" role="group" aria-label="Review">
          {text === null ? (
            <>
              <button type="button" class="primary" onClick={() => act('approve')}>Approve and send <kbd>a</kbd></button>
              <button type="button" onClick={edit}>Edit <kbd>e</kbd></button>
              <button type="button" class="danger" onClick={() => act('discard')}>Discard <kbd>x</kbd></button>
            </>
          ) : (
            <>
              <button type="button" class="primary" disabled={!text.trim()} onClick={sendEdited}>Send <kbd>Ctrl Enter</kbd></button>
              <button type="button" onClick={() => setText(null)}>Cancel <kbd>Esc</kbd></button>
            </>
          )}
        </div>
      ) : null}
    </Section>
  );
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

  const act = async (what: string, path: string, body?: unknown) => {
    setBusy(true);
    try {
      await post<Accepted>(path, body);
      say(what);
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
        {who?.role === 'write' ? (
          <div class="actions" role="group" aria-label="Actions">
            {who.freshdesk && id < LOCAL && ticket.action !== 'escalate' && !['queued', 'running', 'delivering'].includes(ticket.state)
              ? <button type="button" disabled={busy || gone} onClick={() => decide(id, 'hand-over')}>Hand to a person</button> : null}
            <button type="button" disabled={busy} onClick={() => void act('Queued for another journey.', `tickets/${id}/reprocess`)}>Reprocess</button>
          </div>
        ) : null}
      </header>
      {ticket.error ? <Problem text={ticket.error} /> : null}
      <Section title="Message"><LongText text={ticket.description || 'No text.'} /></Section>
      {waits(ticket) && !gone ? <Draft key={ticket.updated_at} ticket={ticket} may={who?.role === 'write'} done={next} /> : null}
      {ticket.response && !(waits(ticket) && !gone) ? <Section title={replyTitle(ticket)}><LongText text={ticket.response} class="reply" /></Section> : null}
      <Why ticket={ticket} />
      {ticket.sources && ticket.sources.length > 0 ? <Section title="Passages it was answered from"><Passages items={ticket.sources} question={question} floor={lastOf(ticket, 'found')?.floor} /></Section> : null}
      {ticket.tier ? <Section title="Outbox"><Outbox ticket={ticket} /></Section> : null}
      <Section title="What happened"><TimeLine rows={ticket.audit} /></Section>
    </article>
  );
}
