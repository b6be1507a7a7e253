// Light, dark, or as the system has it; kept in this browser.
export type Theme = 'auto' | 'light' | 'dark';

const KEY = 'firstline-theme';

export function theme(): Theme {
  const kept = localStorage.getItem(KEY);
  return kept === 'light' || kept === 'dark' ? kept : 'auto';
}

export function applyTheme(next?: Theme): Theme {
  const wanted = next ?? theme();
  if (next)
    localStorage.setItem(KEY, next);
  if (wanted === 'auto')
    delete document.documentElement.dataset.theme;
  else
    document.documentElement.dataset.theme = wanted;
  return wanted;
}
