// GET /events read as it comes. EventSource cannot send a token, so the stream is read by fetch; a lost connection is taken up again by
// itself, sooner when the page is looked at, and then everything that is shown is asked for anew.
import type { Health } from 'openapi';

import { epoch, headers, refusal, signedOut } from './api';
import { Store } from './store';

export type Connection = 'connecting' | 'live' | 'lost';

export const connection = new Store<Connection>('connecting');
export const health = new Store<Health | null>(null);

const SILENCE_MS = 40_000; // the server says something every 15 s
const PAUSE_MAX_MS = 8_000;

type Change = { tickets: number[]; more: boolean };
const listeners = new Set<(change: Change) => void>();

export function onTickets(listener: (change: Change) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

let lastId = '';
let control: AbortController | null = null;
let hurry: (() => void) | null = null;
let running = false;

function take(message: string): void {
  let event = 'message', data = '';
  for (const line of message.split('\n')) {
    if (line.startsWith('event: '))
      event = line.slice(7);
    else if (line.startsWith('data: '))
      data = line.slice(6);
    else if (line.startsWith('id: '))
      lastId = line.slice(4);
  }
  if (event === 'tickets')
    for (const listener of [...listeners])
      listener(JSON.parse(data));
  else if (event === 'health')
    health.set({ ...health.value, ...JSON.parse(data) });
  else if (event === 'reset')
    epoch.set(epoch.value + 1);
}

async function listen(): Promise<void> {
  control = new AbortController();
  let watchdog = setTimeout(() => control?.abort(), SILENCE_MS);
  try {
    const answer = await fetch('events', { headers: headers(lastId ? { 'last-event-id': lastId } : {}), cache: 'no-store', credentials: 'omit', signal: control.signal });
    if (!answer.ok)
      throw await refusal(answer);
    const again = connection.value === 'lost';
    connection.set('live');
    if (again)
      epoch.set(epoch.value + 1);
    void fetch('health', { cache: 'no-store', credentials: 'omit' }).then((a) => a.json()).then((h) => health.set(h)).catch(() => undefined);
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    let rest = '';
    for (;;) {
      const { value, done } = await reader.read();
      if (done)
        return;
      clearTimeout(watchdog);
      watchdog = setTimeout(() => control?.abort(), SILENCE_MS);
      const messages = (rest + value).split('\n\n');
      rest = messages.pop()!;
      messages.forEach(take);
    }
  } finally {
    clearTimeout(watchdog);
  }
}

async function keepListening(): Promise<void> {
  let pause = 500;
  while (running && !signedOut.value) {
    const started = Date.now();
    await listen().catch(() => undefined);
    if (!running || signedOut.value)
      break;
    connection.set('lost');
    if (Date.now() - started > 10_000)
      pause = 500;
    await new Promise<void>((done) => {
      hurry = done;
      setTimeout(done, pause);
    });
    pause = Math.min(pause * 2, PAUSE_MAX_MS);
  }
  running = false;
}

export function startLive(): void {
  if (running)
    return;
  running = true;
  void keepListening();
}

export function stopLive(): void {
  running = false;
  control?.abort();
  hurry?.();
}

addEventListener('online', () => hurry?.());
document.addEventListener('visibilitychange', () => document.visibilityState === 'visible' && hurry?.());
