// The manual that came with this version, searchable, and the reference of the API.
import { h, type VNode } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import pages, { type Tree } from 'virtual:manual';

import { Empty, Page, Scroll } from './parts';
import { href, route } from './route';
import { useStore } from './store';

const textOf = (tree: Tree): string => (typeof tree === 'string' ? tree : tree.slice(2).map((child) => textOf(child as Tree)).join(' '));

function node(tree: Tree, key?: number): VNode | string {
  if (typeof tree === 'string')
    return tree;
  const [tag, attributes, ...children] = tree;
  const made = h(tag, { ...attributes, key }, ...children.map((child) => node(child)));
  return tag === 'table' || tag === 'pre' ? <Scroll key={key} label={tag === 'table' ? 'Table' : 'Code'}>{made}</Scroll> : made;
}

interface Hit { page: (typeof pages)[number]; anchor: string; heading: string; text: string }

// The parts of the pages, each from one heading to the next.
const parts: Hit[] = pages.flatMap((page) => {
  const found: Hit[] = [{ page, anchor: '', heading: page.title, text: '' }];
  for (const tree of page.tree) {
    if (typeof tree !== 'string' && /^h\d$/.test(tree[0]))
      found.push({ page, anchor: tree[1].id, heading: textOf(tree), text: '' });
    else
      found[found.length - 1].text += `${textOf(tree)} `;
  }
  return found;
});

function search(words: string[]): Hit[] {
  return parts
    .map((part) => {
      const heading = part.heading.toLowerCase(), text = part.text.toLowerCase();
      if (!words.every((word) => heading.includes(word) || text.includes(word)))
        return { part, weight: 0 };
      return { part, weight: words.reduce((sum, word) => sum + (heading.includes(word) ? 10 : 0) + Math.min(text.split(word).length - 1, 5), 1) };
    })
    .filter(({ weight }) => weight > 0)
    .sort((a, b) => b.weight - a.weight)
    .slice(0, 20)
    .map(({ part }) => part);
}

function excerpt(text: string, word: string): string {
  const at = Math.max(0, text.toLowerCase().indexOf(word) - 60);
  return `${at > 0 ? '… ' : ''}${text.slice(at, at + 180).trim()}${at + 180 < text.length ? ' …' : ''}`;
}

export default function Manual() {
  const at = useStore(route);
  const [asked, setAsked] = useState('');
  const page = pages.find((one) => one.name === at.rest[0]) ?? pages[0];
  const words = asked.toLowerCase().split(/\s+/).filter(Boolean);
  const hits = useMemo(() => (words.length > 0 ? search(words) : []), [asked]);
  useEffect(() => {
    const target = at.rest[1] ? document.getElementById(at.rest[1]) : null;
    if (target)
      target.scrollIntoView();
    else
      scrollTo(0, 0);
  }, [at.rest[0], at.rest[1]]);
  return (
    <Page title="Documentation" aside={<a class="button" href="docs">API reference</a>}>
      <div class="manual">
        <nav class="manual-nav" aria-label="Pages of the manual">
          <label class="hidden" for="manual-search">Search the manual</label>
          <input id="manual-search" type="search" placeholder="Search the manual" value={asked} onInput={(e) => setAsked(e.currentTarget.value)} />
          <ul>{pages.map((one) => <li key={one.name}><a href={href('manual', [one.name])} aria-current={one === page && words.length === 0 ? 'page' : undefined} onClick={() => setAsked('')}>{one.title}</a></li>)}</ul>
        </nav>
        {words.length > 0 ? (
          <div class="card" aria-live="polite">
            {hits.length === 0 ? <Empty title="Nothing found."><p>Fewer or other words may find it.</p></Empty> : (
              <ol class="hits">{hits.map((hit) => (
                <li key={`${hit.page.name}${hit.anchor}`}><a href={href('manual', hit.anchor ? [hit.page.name, hit.anchor] : [hit.page.name])} onClick={() => setAsked('')}>{hit.page.title === hit.heading ? hit.heading : `${hit.page.title}: ${hit.heading}`}</a><p class="quiet">{excerpt(hit.text, words[0])}</p></li>
              ))}</ol>
            )}
          </div>
        ) : <article class="card prose"><h2>{page.title}</h2>{page.tree.map((tree, i) => node(tree, i))}</article>}
      </div>
    </Page>
  );
}
