// Where one is stands in the address, behind the #: #/inbox/17?state=failed. Back, forward, reload and a link all work by it.
import { Store } from './store';

export interface Route {
  tab: string;
  rest: string[];
  params: Record<string, string>;
}

function read(): Route {
  const [path, search = ''] = location.hash.replace(/^#\/?/, '').split('?');
  const [tab, ...rest] = path.split('/').map((part) => {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  });
  return { tab: tab || 'inbox', rest: rest.filter(Boolean), params: Object.fromEntries(new URLSearchParams(search)) };
}

export const route = new Store<Route>(read());

let shown = location.hash;

function look(): void {
  if (shown === location.hash)
    return;
  shown = location.hash;
  route.set(read());
}

addEventListener('hashchange', look);

export function href(tab: string, rest: (string | number)[] = [], params: Record<string, string | null | undefined> = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(params))
    if (value)
      search.set(name, value);
  const text = search.toString();
  return `#/${[tab, ...rest].map((part) => encodeURIComponent(part)).join('/')}${text ? `?${text}` : ''}`;
}

export function go(to: string, replace = false): void {
  if (replace) {
    history.replaceState(null, '', to);
  } else if (location.hash !== to) {
    location.hash = to;
  }
  look(); // at once: the next key may come before the event does
}
