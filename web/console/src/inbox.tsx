// The tickets as they come: a list that keeps itself up to date, and beside it the one that is open.
import type { Stats, TicketSummary } from 'openapi';
import { useEffect, useRef, useState } from 'preact/hooks';

import { session, useGet } from './api';
import { waits } from './draft';
import { name, number, plural } from './format';
import { Icon } from './icons';
import { onTickets } from './live';
import { useLongList } from './long_list';
import { Age, Bar, Empty, Loading, Mark, Problem, State, Tier, useKeys } from './parts';
import { decided, undo } from './review';
import { go, href, route } from './route';
import { FILTERS, type Params, useRows } from './rows';
import { Start } from './start';
import { useStore } from './store';
import { TicketView } from './ticket';

const COUNT_MS = 1500;
const NEAR_END = 40; // rows before the last one that is there, when more are asked for

const CHOICES: Record<string, string[]> = {
  state: ['queued', 'running', 'delivering', 'delivered', 'recorded', 'failed', 'dropped'],
  tier: ['tier_1', 'tier_2', 'complex'],
  action: ['auto_resolve', 'answer', 'escalate'],
};

function Filters({ params, change, waiting }: { params: Params; change: (next: Params) => void; waiting: number }) {
  const who = useStore(session);
  const [words, setWords] = useState(params.q ?? '');
  const timer = useRef(0);
  useEffect(() => setWords(params.q ?? ''), [params.q]);
  const type = (value: string) => {
    setWords(value);
    clearTimeout(timer.current);
    timer.current = window.setTimeout(() => change({ ...params, q: value.trim() }), 250);
  };
  const choices: Record<string, string[]> = { ...CHOICES, category: who?.categories ?? [] };
  const used = FILTERS.filter((key) => params[key]).length;
  return (
    <form class="filters" role="search" onSubmit={(e) => e.preventDefault()}>
      <label class="search"><Icon name="search" /><span class="hidden">Search in subject and requester</span>
        <input id="search" type="search" placeholder="Search" value={words} maxLength={200} onInput={(e) => type(e.currentTarget.value)} />
      </label>
      {['state', 'tier', 'category', 'action'].map((key) => (
        <select key={key} aria-label={name(key)} class={params[key] ? 'used' : ''} value={params[key] ?? ''} onChange={(e) => change({ ...params, [key]: e.currentTarget.value })}>
          <option value="">{name(key)}</option>
          {choices[key].map((choice) => <option key={choice} value={choice}>{name(choice)}</option>)}
        </select>
      ))}
      {(who?.freshdesk && who.mode !== 'shadow') || params.review ? <button type="button" class="review-button" aria-pressed={params.review === 'true'} onClick={() => change({ ...params, review: params.review ? '' : 'true' })}>Drafts to review{waiting ? <Mark tone="busy">{number(waiting)}</Mark> : null}</button> : null}
      {used ? <button type="button" class="link" onClick={() => change({})}>Clear</button> : null}
    </form>
  );
}

function Row({ ticket, open, params, at, of }: { ticket: TicketSummary; open: boolean; params: Params; at: number; of: number }) {
  return (
    <li aria-posinset={at} aria-setsize={of}>
      <a class="row" href={href('inbox', [ticket.ticket_id], params)} aria-current={open ? 'true' : undefined} data-id={ticket.ticket_id}>
        <span class="row-top">
          <span class="row-subject" dir="auto">{ticket.subject || <em>No subject</em>}</span>
          <span class="row-age"><Age at={ticket.created_at} /></span>
        </span>
        <span class="row-bottom">
          {waits(ticket) ? <Mark tone="busy">Draft</Mark> : <State state={ticket.state} />}
          <Tier tier={ticket.tier} />
          <span class="row-what">{[ticket.category, ticket.action].filter(Boolean).map(name).join(' → ')}</span>
          {ticket.confidence !== null ? <Bar value={ticket.confidence} label="Confidence" /> : null}
        </span>
      </a>
    </li>
  );
}

interface ListOf { tickets: TicketSummary[]; open: number | null; params: Params; more: (() => Promise<void>) | null; reveal: { current: (index: number) => void } }

// Apart from what is around it, so that scrolling makes rows and nothing else.
function List({ tickets, open, params, more, reveal }: ListOf) {
  const box = useRef<HTMLUListElement>(null);
  const part = useLongList(box, tickets.length, '.filters');
  reveal.current = part.reveal;
  useEffect(() => {
    if (more && part.to > tickets.length - NEAR_END)
      void more();
  }, [more, part.to, tickets.length]);
  return (
    <ul class="rows" ref={box} style={part.style}>
      {tickets.slice(part.from, part.to).map((t, i) => <Row key={t.ticket_id} ticket={t} open={t.ticket_id === open} params={params} at={part.from + i + 1} of={more ? -1 : tickets.length} />)}
    </ul>
  );
}

// Counts, kept up to date; they need not be of this very second.
function useStats(): Stats | null {
  const { data, reload } = useGet<Stats>('stats');
  useEffect(() => {
    let timer = 0;
    const stop = onTickets(() => {
      timer ||= window.setTimeout(() => {
        timer = 0;
        reload();
      }, COUNT_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [reload]);
  return data;
}

// How many there are: all where nothing is filtered, else as many as are known.
function Count({ shown, all, filtered, stats }: { shown: number; all: boolean; filtered: boolean; stats: Stats | null }) {
  const words = all ? plural(shown, 'ticket') : stats && !filtered ? plural(stats.total_tickets, 'ticket') : `${number(shown)}+ tickets`;
  return <span class="quiet" aria-live="polite">{words}</span>;
}

export function Inbox() {
  const at = useStore(route);
  const params = at.params;
  const id = at.tab === 'inbox' && at.rest[0] ? Number(at.rest[0]) : null;
  const { rows, error, refresh, loadMore, more } = useRows(params);
  const reveal = useRef<(index: number) => void>(() => undefined);
  const who = useStore(session);
  const stats = useStats();
  const change = (next: Params) => go(href('inbox', id ? [id] : [], next), true);

  const hidden = useStore(decided);
  const shown = rows?.tickets.filter((t) => !(params.review && hidden.has(t.ticket_id))) ?? [];

  const step = (by: number) => {
    if (!shown.length)
      return;
    const now = Number(route.value.rest[0]); // keys may come faster than what is drawn
    const here = shown.findIndex((t) => t.ticket_id === now);
    const there = here < 0 ? 0 : Math.max(0, Math.min(shown.length - 1, here + by));
    go(href('inbox', [shown[there].ticket_id], params));
    reveal.current(there);
  };
  // After a decision the next draft, so that a queue is worked through without a detour.
  const next = () => {
    const here = shown.findIndex((t) => t.ticket_id === id);
    const after = params.review ? shown[here + 1] ?? shown[here - 1] : undefined;
    if (params.review)
      go(href('inbox', after ? [after.ticket_id] : [], params));
  };

  useKeys({
    j: () => step(1),
    k: () => step(-1),
    z: () => void undo(),
    '/': () => document.querySelector<HTMLInputElement>('#search')?.focus(),
    Escape: () => {
      if (document.activeElement instanceof HTMLElement && document.activeElement.id === 'search')
        document.activeElement.blur();
      else if (id)
        go(href('inbox', [], params));
    },
  });

  return (
    <div class={id ? 'inbox inbox-open' : who && !who.freshdesk && rows?.tickets.length === 0 ? 'inbox inbox-start' : 'inbox'}>
      <h1 class="hidden">Inbox</h1>
      <div class="inbox-list">
        <header class="inbox-head"><span class="inbox-title" aria-hidden="true">Inbox</span>{rows ? <Count shown={shown.length} all={!rows.next} filtered={FILTERS.some((key) => params[key])} stats={stats} /> : null}</header>
        <Filters params={params} change={change} waiting={stats?.to_review ?? 0} />
        {error ? <Problem text={error} again={refresh} /> : null}
        {!rows && !error ? <Loading what="tickets" /> : null}
        {rows && shown.length === 0 ? (FILTERS.some((key) => params[key])
          ? params.review ? <Empty title="No draft waits."><p>New ones appear here by themselves.</p></Empty> : <Empty title="No ticket fits."><p>Other words or fewer filters may find it.</p></Empty>
          : <Empty title="No tickets yet."><p>The first one appears here by itself.</p></Empty>) : null}
        {rows ? <List tickets={shown} open={id} params={params} more={rows.next ? loadMore : null} reveal={reveal} /> : null}
        {rows?.next ? <div class="quiet more">{more ? 'Loading more …' : <button type="button" class="link" onClick={() => void loadMore()}>More</button>}</div> : null}
      </div>
      <div class="inbox-ticket">
        {id ? <TicketView key={id} id={id} back={href('inbox', [], params)} next={next} /> : who && !who.freshdesk && rows ? <Start tickets={rows.tickets.length > 0} /> : <Empty title="No ticket is open."><p><kbd>j</kbd> and <kbd>k</kbd> go through the list, <kbd>?</kbd> shows all keys.</p></Empty>}
      </div>
    </div>
  );
}
