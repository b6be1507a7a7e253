// The tickets as they come: a list that keeps itself up to date, and beside it the one that is open.
import type { Tickets, TicketSummary } from 'openapi';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

import { epoch, get, query, Refused, session, wordsOf } from './api';
import { name, plural } from './format';
import { Icon } from './icons';
import { onTickets } from './live';
import { Age, Bar, Empty, Loading, Mark, Problem, State, Tier, useKeys } from './parts';
import { decided, undo } from './review';
import { go, href, route } from './route';
import { Start } from './start';
import { useStore } from './store';
import { TicketView, waits } from './ticket';

const PAGE = 50;
const AGAIN_MS = 400; // a burst of changes is one question
const SINGLY_MAX = 20; // changed tickets further down that are asked for one by one

type Params = Record<string, string>;
const FILTERS = ['q', 'state', 'tier', 'category', 'action', 'review'] as const;
const CHOICES: Record<string, string[]> = {
  state: ['queued', 'running', 'delivering', 'delivered', 'recorded', 'failed', 'dropped'],
  tier: ['tier_1', 'tier_2', 'complex'],
  action: ['auto_resolve', 'answer', 'escalate'],
};

function listPath(params: Params, cursor?: string | null): string {
  return `tickets${query({ ...Object.fromEntries(FILTERS.map((key) => [key, params[key]])), limit: PAGE, cursor })}`;
}

interface Rows { key: string; tickets: TicketSummary[]; next: string | null }

// The rows of a filter, from the newest down as far as one has scrolled.
function useRows(params: Params) {
  const key = listPath(params);
  const [rows, setRows] = useState<Rows | null>(null);
  const [error, setError] = useState('');
  const [more, setMore] = useState(false);
  const back = useStore(epoch);
  const now = useRef({ key, rows });
  now.current = { key, rows };

  // The first page anew; what was loaded below it stays.
  const refresh = useCallback(async () => {
    try {
      const first = await get<Tickets>(key);
      if (now.current.key !== key)
        return;
      setError('');
      setRows((old) => {
        if (!old || old.key !== key || first.next === null)
          return { key, tickets: first.tickets, next: first.next };
        const fresh = new Set(first.tickets.map((t) => t.ticket_id));
        const below = old.tickets.slice(Math.min(PAGE, old.tickets.length)).filter((t) => !fresh.has(t.ticket_id));
        return old.tickets.length <= PAGE ? { key, tickets: first.tickets, next: first.next } : { key, tickets: [...first.tickets, ...below], next: old.next };
      });
    } catch (reason) {
      if (now.current.key === key && !(reason instanceof Refused && reason.status === 0 && now.current.rows))
        setError(wordsOf(reason));
    }
  }, [key]);

  useEffect(() => { void refresh(); }, [refresh, back]);

  useEffect(() => {
    let timer = 0;
    const changed = new Set<number>();
    const again = async () => {
      timer = 0;
      const ids = [...changed];
      changed.clear();
      const old = now.current.rows;
      const below = old ? old.tickets.slice(PAGE).filter((t) => ids.includes(t.ticket_id)).slice(0, SINGLY_MAX) : [];
      await refresh();
      for (const { ticket_id } of below) {
        const one = await get<TicketSummary>(`tickets/${ticket_id}`).catch(() => null);
        if (one)
          setRows((rows) => rows && { ...rows, tickets: rows.tickets.map((t) => (t.ticket_id === ticket_id ? { ...t, ...one } : t)) });
      }
    };
    const stop = onTickets(({ tickets }) => {
      tickets.forEach((id) => changed.add(id));
      timer ||= window.setTimeout(again, AGAIN_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [refresh]);

  const loadMore = useCallback(async () => {
    const { rows } = now.current;
    if (!rows?.next || rows.key !== key || more)
      return;
    setMore(true);
    try {
      const page = await get<Tickets>(listPath(params, rows.next));
      setRows((old) => {
        if (!old || old.key !== key)
          return old;
        const known = new Set(old.tickets.map((t) => t.ticket_id));
        return { key, tickets: [...old.tickets, ...page.tickets.filter((t) => !known.has(t.ticket_id))], next: page.next };
      });
    } catch (reason) {
      setError(wordsOf(reason));
    }
    setMore(false);
  }, [key, more]);

  return { rows: rows?.key === key ? rows : null, error, refresh, loadMore, more };
}

function Filters({ params, change }: { params: Params; change: (next: Params) => void }) {
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
      {(who?.freshdesk && who.mode !== 'shadow') || params.review ? <button type="button" class="review-button" aria-pressed={params.review === 'true'} onClick={() => change({ ...params, review: params.review ? '' : 'true' })}>Drafts to review</button> : null}
      {used ? <button type="button" class="link" onClick={() => change({})}>Clear</button> : null}
    </form>
  );
}

function Row({ ticket, open, params }: { ticket: TicketSummary; open: boolean; params: Params }) {
  return (
    <li>
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

export function Inbox() {
  const at = useStore(route);
  const params = at.params;
  const id = at.tab === 'inbox' && at.rest[0] ? Number(at.rest[0]) : null;
  const { rows, error, refresh, loadMore, more } = useRows(params);
  const end = useRef<HTMLDivElement>(null);
  const who = useStore(session);
  const change = (next: Params) => go(href('inbox', id ? [id] : [], next), true);

  useEffect(() => {
    if (!end.current)
      return;
    const watcher = new IntersectionObserver((entries) => entries.some((e) => e.isIntersecting) && void loadMore(), { rootMargin: '600px' });
    watcher.observe(end.current);
    return () => watcher.disconnect();
  }, [loadMore, rows?.next]);

  const hidden = useStore(decided);
  const shown = rows?.tickets.filter((t) => !(params.review && hidden.has(t.ticket_id))) ?? [];

  const step = (by: number) => {
    if (!shown.length)
      return;
    const here = shown.findIndex((t) => t.ticket_id === id);
    const next = shown[here < 0 ? 0 : Math.max(0, Math.min(shown.length - 1, here + by))];
    go(href('inbox', [next.ticket_id], params));
    document.querySelector(`a.row[data-id="${next.ticket_id}"]`)?.scrollIntoView({ block: 'nearest' });
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
        <header class="inbox-head"><span class="inbox-title" aria-hidden="true">Inbox</span>{rows ? <span class="quiet" aria-live="polite">{rows.next ? `${shown.length}+ tickets` : plural(shown.length, 'ticket')}</span> : null}</header>
        <Filters params={params} change={change} />
        {error ? <Problem text={error} again={refresh} /> : null}
        {!rows && !error ? <Loading what="tickets" /> : null}
        {rows && shown.length === 0 ? (FILTERS.some((key) => params[key])
          ? params.review ? <Empty title="No draft waits."><p>New ones appear here by themselves.</p></Empty> : <Empty title="No ticket fits."><p>Other words or fewer filters may find it.</p></Empty>
          : <Empty title="No tickets yet."><p>The first one appears here by itself.</p></Empty>) : null}
        {rows ? <ul class="rows">{shown.map((t) => <Row key={t.ticket_id} ticket={t} open={t.ticket_id === id} params={params} />)}</ul> : null}
        {rows?.next ? <div ref={end} class="quiet more">{more ? 'Loading more …' : <button type="button" class="link" onClick={() => void loadMore()}>More</button>}</div> : null}
      </div>
      <div class="inbox-ticket">
        {id ? <TicketView key={id} id={id} back={href('inbox', [], params)} next={next} /> : who && !who.freshdesk && rows ? <Start tickets={rows.tickets.length > 0} /> : <Empty title="No ticket is open."><p><kbd>j</kbd> and <kbd>k</kbd> go through the list, <kbd>?</kbd> shows all keys.</p></Empty>}
      </div>
    </div>
  );
}
