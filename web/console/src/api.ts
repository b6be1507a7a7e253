// The HTTP API as openapi.json has it. The token is kept for this tab only and sent as a header; there are no cookies.
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Session } from 'openapi';

import { Store, useStore } from './store';

const KEY = 'firstline-token';

export class Refused extends Error {
  constructor(readonly status: number, readonly code: string, message: string) {
    super(message);
  }
}

export const session = new Store<Session | null>(null);
export const signedOut = new Store(false);
// Grows when the connection is back: whoever shows something asks again.
export const epoch = new Store(0);

export function token(): string | null {
  return sessionStorage.getItem(KEY);
}

export function keepToken(value: string | null): void {
  if (value)
    sessionStorage.setItem(KEY, value);
  else
    sessionStorage.removeItem(KEY);
}

export function headers(more: Record<string, string> = {}): Record<string, string> {
  const kept = token();
  return kept ? { ...more, authorization: `Bearer ${kept}` } : more;
}

export async function refusal(answer: Response): Promise<Refused> {
  const body = await answer.json().catch(() => null);
  if (answer.status === 401)
    signedOut.set(true);
  return new Refused(answer.status, body?.error?.code ?? 'internal', body?.error?.message ?? `the server answered ${answer.status}`);
}

export async function call<T>(method: 'GET' | 'POST', path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(path, {
      method,
      signal,
      cache: 'no-store',
      credentials: 'omit',
      headers: headers(body === undefined ? {} : { 'content-type': 'application/json' }),
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch (error) {
    if (signal?.aborted)
      throw error;
    throw new Refused(0, 'unreachable', 'Firstline cannot be reached');
  }
  if (!answer.ok)
    throw await refusal(answer);
  return (answer.headers.get('content-type') ?? '').startsWith('application/json') ? answer.json() : answer.text() as Promise<T>;
}

export const get = <T>(path: string, signal?: AbortSignal) => call<T>('GET', path, undefined, signal);
export const post = <T>(path: string, body?: unknown, signal?: AbortSignal) => call<T>('POST', path, body, signal);

export function query(values: Record<string, string | number | null | undefined>): string {
  const parts = new URLSearchParams();
  for (const [name, value] of Object.entries(values))
    if (value !== null && value !== undefined && value !== '')
      parts.set(name, String(value));
  const text = parts.toString();
  return text ? `?${text}` : '';
}

export const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

export interface Loaded<T> {
  data: T | null;
  error: string | null;
  missing: boolean;
  loading: boolean;
  reload: () => void;
}

// GET of a path, again when the connection is back; what was there stays until the new answer is. path null: nothing is asked.
export function useGet<T>(path: string | null): Loaded<T> {
  const [state, setState] = useState<{ path: string | null; data: T | null; error: string | null; missing: boolean; loading: boolean }>(
    { path: null, data: null, error: null, missing: false, loading: true });
  const [round, setRound] = useState(0);
  const back = useStore(epoch);
  const last = useRef(0);
  useEffect(() => {
    if (!path)
      return;
    const mine = ++last.current;
    const control = new AbortController();
    setState((old) => (old.path === path ? { ...old, loading: true } : { path, data: null, error: null, missing: false, loading: true }));
    get<T>(path, control.signal).then(
      (data) => mine === last.current && setState({ path, data, error: null, missing: false, loading: false }),
      (error) => mine === last.current && !control.signal.aborted
        && setState((old) => ({ ...old, error: wordsOf(error), missing: error instanceof Refused && error.status === 404, loading: false })),
    );
    return () => control.abort();
  }, [path, round, back]);
  const reload = useCallback(() => setRound((n) => n + 1), []);
  return state.path === path ? { ...state, reload } : { data: null, error: null, missing: false, loading: path !== null, reload };
}
