// The frame: signing in, the tabs, what is said of the connection, keys that work everywhere.
import type { Session } from 'openapi';
import { type ComponentType } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

import { get, keepToken, Refused, session, signedOut, token, wordsOf } from './api';
import { Inbox } from './inbox';
import { Icon } from './icons';
import { connection, health, startLive, stopLive } from './live';
import { Loading, Problem, startPrefix, Toasts, useKeys } from './parts';
import { go, href, route } from './route';
import { useStore } from './store';
import { applyTheme, theme, type Theme } from './theme';

interface Tab { id: string; title: string; short?: string; key: string; load: () => Promise<{ default: ComponentType }> }

const TABS: Tab[] = [
  { id: 'inbox', title: 'Inbox', key: 'i', load: () => Promise.resolve({ default: Inbox }) },
  { id: 'classify', title: 'Classify', key: 'c', load: () => import('./classify') },
  { id: 'ask', title: 'Ask', key: 'a', load: () => import('./ask') },
  { id: 'knowledge', title: 'Knowledge', key: 'k', load: () => import('./knowledge') },
  { id: 'analytics', title: 'Analytics', key: 'n', load: () => import('./analytics') },
  { id: 'status', title: 'Status', key: 's', load: () => import('./status') },
  { id: 'manual', title: 'Documentation', short: 'Docs', key: 'd', load: () => import('./manual') },
];

// ---- signing in

function SignIn() {
  const [value, setValue] = useState('');
  const [error, setError] = useState(token() ? 'This token is not accepted (any more).' : '');
  const submit = async (event: Event) => {
    event.preventDefault();
    keepToken(value.trim());
    try {
      session.set(await get<Session>('session'));
      signedOut.set(false);
    } catch (reason) {
      keepToken(null);
      setError(reason instanceof Refused && reason.status === 401 ? 'This token is not accepted.' : wordsOf(reason));
    }
  };
  return (
    <main class="sign-in">
      <form onSubmit={submit}>
        <img src="assets/favicon.svg" alt="" width={48} height={48} />
        <h1>Firstline</h1>
        <label for="token">ADMIN_TOKEN</label>
        <input id="token" type="password" autocomplete="current-password" required value={value} onInput={(e) => setValue(e.currentTarget.value)} aria-describedby="token-help" />
        <p id="token-help" class="quiet small">The setting of that name on the server, or ADMIN_TOKEN_READ to look only. It is kept until this tab is closed.</p>
        {error ? <p class="error-text" role="alert">{error}</p> : null}
        <button type="submit" class="primary">Sign in</button>
      </form>
    </main>
  );
}

// ---- the frame

function ThemeButton() {
  const [now, setNow] = useState<Theme>(theme());
  const next: Record<Theme, Theme> = { auto: 'light', light: 'dark', dark: 'auto' };
  return (
    <button type="button" class="plain" onClick={() => setNow(applyTheme(next[now]))} title={`Theme: ${now === 'auto' ? 'as the system' : now}`} aria-label={`Theme: ${now === 'auto' ? 'as the system' : now}`}>
      <Icon name={now === 'auto' ? 'contrast' : now === 'light' ? 'sun' : 'moon'} />
    </button>
  );
}

function Lost() {
  const state = useStore(connection);
  if (state !== 'lost')
    return null;
  return <p class="lost" role="alert">The connection to Firstline is lost. What you see may be old; it is tried again by itself.</p>;
}

function Shortcuts({ close }: { close: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const rows: [string, string][] = [
    ['g, then a letter', `go to a tab: ${TABS.map((tab) => `${tab.key} ${tab.title}`).join(', ')}`],
    ['j  k', 'next, previous ticket'],
    ['Enter', 'open the ticket'],
    ['Esc', 'back to the list'],
    ['a  e  x', 'approve, edit or discard the draft'],
    ['z', 'undo what was just decided'],
    ['/', 'search'],
    ['?', 'these keys'],
  ];
  return (
    <dialog ref={dialog} class="dialog" onClose={close} aria-labelledby="keys-title">
      <h2 id="keys-title">Keys</h2>
      <dl class="keys">{rows.map(([key, what]) => <div key={key}><dt><kbd>{key}</kbd></dt><dd>{what}</dd></div>)}</dl>
      <form method="dialog"><button type="submit">Close</button></form>
    </dialog>
  );
}

function View({ tab }: { tab: Tab }) {
  const [loaded, setLoaded] = useState<{ tab: string; view: ComponentType } | null>(tab.id === 'inbox' ? { tab: 'inbox', view: Inbox } : null);
  const [error, setError] = useState('');
  const [round, setRound] = useState(0);
  useEffect(() => {
    let mine = true;
    setError('');
    tab.load().then((module) => mine && setLoaded({ tab: tab.id, view: module.default }), () => mine && setError('This part of the page could not be loaded.'));
    return () => { mine = false; };
  }, [tab, round]);
  if (error)
    return <Problem text={error} again={() => setRound(round + 1)} />;
  if (loaded?.tab !== tab.id)
    return <Loading what={tab.title} />;
  return <loaded.view />;
}

function Frame() {
  const at = useStore(route);
  const state = useStore(health);
  const link = useStore(connection);
  const who = useStore(session);
  const [keys, setKeys] = useState(false);
  const tab = TABS.find((one) => one.id === at.tab) ?? TABS[0];
  const main = useRef<HTMLElement>(null);

  useEffect(() => {
    startLive();
    return stopLive;
  }, []);
  useEffect(() => { document.title = `${tab.title} · Firstline`; }, [tab]);

  const bindings: Record<string, () => void> = { '?': () => setKeys(true), g: startPrefix };
  for (const one of TABS) {
    bindings[`g ${one.key}`] = () => {
      go(href(one.id));
      main.current?.focus();
    };
  }
  useKeys(bindings);

  const well = link === 'lost' ? 'down' : state?.status ?? 'unknown';
  return (
    <div class="frame">
      <a class="skip" href="#main" onClick={(e) => { e.preventDefault(); main.current?.focus(); }}>To the content</a>
      <header class="side">
        <a class="brand" href={href('inbox')}><img src="assets/favicon.svg" alt="" width={24} height={24} /><span>Firstline</span></a>
        <nav aria-label="Tabs">
          {TABS.map((one) => (
            <a key={one.id} href={href(one.id)} aria-current={one === tab ? 'page' : undefined}>
              <Icon name={one.id} /><span class="tab-title">{one.title}</span><span class="tab-short" aria-hidden="true">{one.short ?? one.title}</span>
            </a>
          ))}
        </nav>
        <div class="side-foot">
          <a class="health" href={href('status')} data-status={well} title={link === 'lost' ? 'No connection' : `Firstline is ${well}`}>
            <span class="dot" aria-hidden="true" /><span>{link === 'lost' ? 'No connection' : well === 'ok' ? 'All well' : well === 'degraded' ? 'Degraded' : '…'}</span>
          </a>
          <span class="side-buttons">
            <button type="button" class="plain" onClick={() => setKeys(true)} aria-label="Keys" title="Keys"><Icon name="keyboard" /></button>
            <ThemeButton />
            {who?.token ? <button type="button" class="plain" aria-label="Sign out" title="Sign out" onClick={() => { keepToken(null); signedOut.set(true); }}><Icon name="out" /></button> : null}
          </span>
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1} class={`main main-${tab.id}`}>
        <Lost />
        <View tab={tab} />
      </main>
      <Toasts />
      {keys ? <Shortcuts close={() => setKeys(false)} /> : null}
    </div>
  );
}

export function App() {
  const out = useStore(signedOut);
  const who = useStore(session);
  const [error, setError] = useState('');
  const [round, setRound] = useState(0);
  useEffect(() => {
    if (who || out)
      return;
    setError('');
    get<Session>('session').then((answer) => session.set(answer), (reason) => {
      if (!(reason instanceof Refused && reason.status === 401))
        setError(wordsOf(reason));
    });
  }, [out, who, round]);
  useEffect(() => {
    if (out)
      session.set(null);
  }, [out]);
  if (out)
    return <SignIn />;
  if (error)
    return <main class="sign-in"><Problem text={error} again={() => setRound(round + 1)} /></main>;
  return who ? <Frame /> : <main class="sign-in"><Loading what="the console" /></main>;
}
