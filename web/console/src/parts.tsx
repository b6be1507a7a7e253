// What every view is made of.
import type { ComponentChildren, TargetedKeyboardEvent } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { age, exact, name, percent, score } from './format';
import { Store, useStore } from './store';

// ---- time

const clock = new Store(Date.now());
setInterval(() => clock.set(Date.now()), 15_000);

export function Age({ at, ago = false }: { at: string | null; ago?: boolean }) {
  const now = useStore(clock);
  if (!at)
    return null;
  const text = age(at, Math.max(now, Date.now()));
  return <time dateTime={at} title={exact(at)}>{text}{ago && text !== 'now' ? ' ago' : ''}</time>;
}

// ---- marks

type Tone = 'good' | 'fair' | 'bad' | 'plain' | 'busy';

export function Mark({ tone = 'plain', children, title }: { tone?: Tone; children: ComponentChildren; title?: string }) {
  return <span class={`mark mark-${tone}`} title={title}>{children}</span>;
}

const TIERS: Record<string, Tone> = { tier_1: 'good', tier_2: 'fair', complex: 'bad' };
export const Tier = ({ tier }: { tier: string | null }) => (tier ? <Mark tone={TIERS[tier]} title={`Tier: ${tier}`}>{name(tier)}</Mark> : null);

const STATES: Record<string, Tone> = { queued: 'busy', running: 'busy', delivering: 'busy', delivered: 'good', recorded: 'plain', failed: 'bad', dropped: 'plain' };
export const State = ({ state }: { state: string }) => <Mark tone={STATES[state]} title={`State: ${state}`}>{name(state)}</Mark>;

const HEALTH: Record<string, Tone> = { ok: 'good', degraded: 'fair', down: 'bad', off: 'plain' };
const HEALTH_WORDS: Record<string, string> = { ok: 'Well', degraded: 'Degraded', down: 'Down', off: 'Not set up' };
export const Health = ({ status }: { status: string }) => <Mark tone={HEALTH[status]}>{HEALTH_WORDS[status] ?? status}</Mark>;

// ---- a share as a bar, with a threshold where there is one

export function Bar({ value, need, label, text }: { value: number; need?: number | null; label: string; text?: string }) {
  const short = need !== undefined && need !== null && value < need;
  const words = text ?? percent(value);
  return (
    <span class="bar" role="meter" aria-label={label} aria-valuemin={0} aria-valuemax={1} aria-valuenow={Math.round(value * 100) / 100}
      aria-valuetext={need ? `${words}, ${text ? score(need) : percent(need)} needed` : words}>
      <span class="bar-track">
        <span class={short ? 'bar-fill bar-short' : 'bar-fill'} style={{ width: `${Math.max(0, Math.min(1, value)) * 100}%` }} />
        {need ? <span class="bar-need" style={{ left: `${Math.min(1, need) * 100}%` }} title={`${text ? score(need) : percent(need)} needed`} /> : null}
      </span>
      <span class="bar-text" aria-hidden="true">{words}</span>
    </span>
  );
}

// ---- states of a view

export const Loading = ({ what }: { what: string }) => <p class="quiet loading" role="status">Loading {what} …</p>;

export function Problem({ text, again }: { text: string; again?: () => void }) {
  return (
    <div class="problem" role="alert">
      <p>{text}</p>
      {again ? <button type="button" onClick={again}>Try again</button> : null}
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ComponentChildren }) {
  return <div class="empty"><p class="empty-title">{title}</p>{children}</div>;
}

export function Section({ title, children, aside, id }: { title: string; children: ComponentChildren; aside?: ComponentChildren; id?: string }) {
  return (
    <section class="card" id={id}>
      <header class="card-head"><h2>{title}</h2>{aside}</header>
      {children}
    </section>
  );
}

export function Page({ title, children, aside }: { title: string; children: ComponentChildren; aside?: ComponentChildren }) {
  return (
    <div class="page">
      <header class="page-head"><h1>{title}</h1>{aside}</header>
      {children}
    </div>
  );
}

// Text of any length: the beginning, and all of it when asked for.
const LONG = 1500;

export function LongText({ text, class: cls = '' }: { text: string; class?: string }) {
  const [whole, setWhole] = useState(false);
  const long = text.length > LONG + 200;
  return (
    <>
      <div class={`text ${cls}`} dir="auto">{long && !whole ? `${text.slice(0, LONG)} …` : text}</div>
      {long ? <button type="button" class="link" onClick={() => setWhole(!whole)}>{whole ? 'Show less' : `Show all ${text.length.toLocaleString()} characters`}</button> : null}
    </>
  );
}

// A table or code that may be wider than the screen: where it is, the keyboard scrolls it too.
export function Scroll({ label, children }: { label: string; children: ComponentChildren }) {
  const box = useRef<HTMLDivElement>(null);
  const [wide, setWide] = useState(false);
  useEffect(() => {
    const look = () => box.current && setWide(box.current.scrollWidth > box.current.clientWidth);
    const watcher = new ResizeObserver(look);
    watcher.observe(box.current!);
    look();
    return () => watcher.disconnect();
  });
  return <div class="scroll" ref={box} {...(wide ? { tabIndex: 0, role: 'group', 'aria-label': label } : {})}>{children}</div>;
}

// ---- a list of names and values

export function Facts({ items }: { items: [string, ComponentChildren][] }) {
  return <dl class="facts">{items.map(([title, value]) => <div key={title}><dt>{title}</dt><dd>{value}</dd></div>)}</dl>;
}

// ---- messages that pass

export interface Toast { id: number; text: string; tone?: 'bad'; undo?: () => void }
export const toasts = new Store<Toast[]>([]);
let nextToast = 1;

export function say(text: string, options: { tone?: 'bad'; undo?: () => void; stay_ms?: number } = {}): number {
  const id = nextToast++;
  toasts.set([...toasts.value.slice(-3), { id, text, tone: options.tone, undo: options.undo }]);
  setTimeout(() => unsay(id), options.stay_ms ?? 5000);
  return id;
}

export function unsay(id: number): void {
  toasts.set(toasts.value.filter((toast) => toast.id !== id));
}

export function Toasts() {
  const list = useStore(toasts);
  return (
    <div class="toasts" role="status" aria-live="polite">
      {list.map((toast) => (
        <div key={toast.id} class={toast.tone === 'bad' ? 'toast toast-bad' : 'toast'}>
          <span>{toast.text}</span>
          {toast.undo ? <button type="button" onClick={() => { toast.undo!(); unsay(toast.id); }}>Undo <kbd>z</kbd></button> : null}
        </div>
      ))}
    </div>
  );
}

// ---- keys

const typing = (target: EventTarget | null) => target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));

const PREFIX_MS = 1500;
let prefixed_at = 0;

// After "g" the next key, within a moment, is looked up as "g" and that key.
export const startPrefix = () => { prefixed_at = Date.now(); };

// Single keys, where nobody is typing; "Escape" also there.
export function useKeys(keys: Record<string, (event: KeyboardEvent) => void>): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || (typing(event.target) && event.key !== 'Escape') || document.querySelector('dialog[open]'))
        return;
      const act = keys[Date.now() - prefixed_at < PREFIX_MS ? `g ${event.key}` : event.key];
      if (act) {
        prefixed_at = 0;
        event.preventDefault();
        act(event);
      }
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  });
}

// Ctrl or ⌘ with Enter sends what is being written.
export const onSend = (send: () => void) => (event: TargetedKeyboardEvent<HTMLElement>) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    send();
  }
};
