// The tickets of a filter, from the newest down as far as one has scrolled, kept up to date.
import type { Tickets, TicketSummary } from 'openapi';
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';

import { epoch, get, query, Refused, wordsOf } from './api';
import { onTickets } from './live';
import { useStore } from './store';

const PAGE = 50; // so that the first ones stand at once
const MORE = 200; // so that scrolling does not wait
const AGAIN_MS = 400; // a burst of changes is one question
const SINGLY_MAX = 20; // changed tickets further down that are asked for one by one

export type Params = Record<string, string>;
export const FILTERS = ['q', 'state', 'tier', 'category', 'action', 'review'] as const;

function listPath(params: Params, limit = PAGE, cursor?: string | null): string {
  return `tickets${query({ ...Object.fromEntries(FILTERS.map((key) => [key, params[key]])), limit, cursor })}`;
}

interface Rows { key: string; tickets: TicketSummary[]; next: string | null }

export function useRows(params: Params) {
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
      const page = await get<Tickets>(listPath(params, MORE, rows.next));
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
