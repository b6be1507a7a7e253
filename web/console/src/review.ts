// What a person decides about a ticket. A decision waits a few seconds before it is sent, so that it can be undone; whoever leaves the page
// sends it at once.
import type { Accepted } from 'openapi';

import { headers, post, wordsOf } from './api';
import { say, unsay } from './parts';
import { Store } from './store';

const UNDO_MS = 5000;

export type Decision = 'approve' | 'discard' | 'hand-over';

interface Pending { id: number; path: string; body: object; timer: number; toast: number }

// Tickets that are decided here and not yet sent: a list leaves them out.
export const decided = new Store<ReadonlySet<number>>(new Set());
const pending = new Map<number, Pending>();

const WORDS: Record<Decision, string> = { approve: 'will be sent', discard: 'is discarded', 'hand-over': 'goes to a person' };

function forget(id: number): Pending | undefined {
  const one = pending.get(id);
  if (one)
    clearTimeout(one.timer);
  pending.delete(id);
  return one;
}

function show(id: number, hidden: boolean): void {
  const next = new Set(decided.value);
  if (hidden)
    next.add(id);
  else
    next.delete(id);
  decided.set(next);
}

async function send(one: Pending): Promise<void> {
  forget(one.id);
  unsay(one.toast);
  try {
    await post<Accepted>(one.path, one.body);
    setTimeout(() => show(one.id, false), 2000); // by then the list knows
  } catch (reason) {
    show(one.id, false);
    say(`Ticket ${one.id}: ${wordsOf(reason)}`, { tone: 'bad', stay_ms: 10_000 });
  }
}

export function undo(id?: number): boolean {
  const one = forget(id ?? [...pending.keys()].pop() ?? -1);
  if (!one)
    return false;
  unsay(one.toast);
  show(one.id, false);
  return true;
}

export function decide(id: number, what: Decision, body: object = {}): void {
  undo(id);
  const toast = say(`Ticket ${id} ${WORDS[what]}.`, { undo: () => undo(id), stay_ms: UNDO_MS });
  const one: Pending = { id, path: `tickets/${id}/${what}`, body, toast, timer: window.setTimeout(() => void send(one), UNDO_MS) };
  pending.set(id, one);
  show(id, true);
}

addEventListener('pagehide', () => {
  for (const one of [...pending.values()]) {
    forget(one.id);
    void fetch(one.path, { method: 'POST', keepalive: true, credentials: 'omit', headers: headers({ 'content-type': 'application/json' }), body: JSON.stringify(one.body) });
  }
});
