// What the bot knows: the documents, what each says and how often it carried an answer, and what nobody has written yet.
import type { DocumentPassages, Gaps, Knowledge as Documents, KnowledgeReload } from 'openapi';
import { useState } from 'preact/hooks';

import { get, post, query, session, useGet, wordsOf } from './api';
import { name, number, plural } from './format';
import { Age, Empty, Facts, LongText, Loading, Mark, Page, Problem, say, Scroll, Section } from './parts';
import { go, href, route } from './route';
import { languageName } from './signals';
import { useStore } from './store';

type Item = Documents['items'][number];

// ---- what a document says

function Passages({ document }: { document: string }) {
  const { data, error, reload } = useGet<DocumentPassages>(`knowledge/passages${query({ document })}`);
  const [below, setBelow] = useState<DocumentPassages | null>(null);
  if (error)
    return <Problem text={error} again={reload} />;
  if (!data)
    return <Loading what="the passages" />;
  const all = [...data.passages, ...(below?.passages ?? [])], next = below ? below.next : data.next;
  const more = async () => {
    try {
      const page = await get<DocumentPassages>(`knowledge/passages${query({ document, cursor: next })}`);
      setBelow({ ...page, passages: [...(below?.passages ?? []), ...page.passages] });
    } catch (reason) {
      say(wordsOf(reason), { tone: 'bad' });
    }
  };
  return (
    <>
      <ol class="passages">{all.map((one, i) => <li key={i}>{one.title ? <strong dir="auto">{one.title}</strong> : null}<LongText text={one.passage} /></li>)}</ol>
      {next ? <p><button type="button" onClick={() => void more()}>More passages</button></p> : null}
    </>
  );
}

const count = (n: number | null) => (n === null ? '–' : number(n));

function Row({ item, open }: { item: Item; open: boolean }) {
  return (
    <>
      <tr class={open ? 'chosen' : ''}>
        <th scope="row"><a href={href('knowledge', open ? [] : [item.document])} aria-expanded={open} dir="auto">{item.title ?? item.document}</a><br /><span class="quiet small">{item.document}</span></th>
        <td>{item.language ? languageName(item.language) : <span class="quiet" title="It cannot be told: the document counts for all languages.">all</span>}</td>
        <td class="right">{number(item.passages)}</td>
        <td class="right">{count(item.answers)}</td>
        <td class="right">{item.failed ? <Mark tone="bad">{number(item.failed)}</Mark> : count(item.failed)}</td>
        <td>{item.problem ? <><Mark tone="bad">Problem</Mark> <span dir="auto">{item.problem}</span></> : <Mark tone="good">Well</Mark>}</td>
      </tr>
      {open ? <tr><td colSpan={6}><Passages document={item.document} /></td></tr> : null}
    </>
  );
}

// ---- what no article answers

const RANGES = [7, 30, 90];

function GapList() {
  const [days, setDays] = useState(30);
  const { data, error, reload } = useGet<Gaps>(`knowledge/gaps?days=${days}`);
  const range = <span class="range" role="group" aria-label="Days">{RANGES.map((n) => <button type="button" key={n} class="chip" aria-pressed={n === days} onClick={() => setDays(n)}>{n} days</button>)}</span>;
  return (
    <Section title="Gaps: what no article answers" aside={range}>
      {error ? <Problem text={error} again={reload} /> : !data ? <Loading what="the gaps" /> : data.groups.length === 0 ? <p class="quiet">No question of these {days} days was without an article.</p> : (
        <>
          <p class="quiet small">{plural(data.questions, 'ticket')} that an article could have answered, and none was found{data.method === 'none' ? '; without a model each stands alone' : ', put together by meaning'}. Write the first ones.</p>
          <ol class="gaps">{data.groups.map((group) => (
            <li key={group.examples[0]?.ticket_id}>
              <span class="gap-count" title={plural(group.tickets, 'ticket')}>{number(group.tickets)}<span class="hidden"> {group.tickets === 1 ? 'ticket' : 'tickets'}</span></span>
              <ul>{group.examples.map((one) => <li key={one.ticket_id}><a href={href('inbox', [one.ticket_id])} dir="auto">{one.text}</a></li>)}</ul>
            </li>
          ))}</ol>
        </>
      )}
    </Section>
  );
}

// ---- the whole

export default function Knowledge() {
  const { data, error, reload } = useGet<Documents>('knowledge');
  const who = useStore(session);
  const at = useStore(route);
  const [busy, setBusy] = useState(false);
  const [words, setWords] = useState('');
  const read = async () => {
    setBusy(true);
    try {
      const { changed } = await post<KnowledgeReload>('knowledge/reload');
      say(changed ? 'The documents were read again.' : 'Nothing has changed.');
      reload();
    } catch (reason) {
      say(wordsOf(reason), { tone: 'bad' });
    }
    setBusy(false);
  };
  return (
    <Page title="Knowledge" aside={who?.role === 'write' ? <button type="button" disabled={busy} onClick={() => void read()}>{busy ? 'Reading …' : 'Read again'}</button> : null}>
      {error ? <Problem text={error} again={reload} /> : null}
      {!data && !error ? <Loading what="the knowledge base" /> : null}
      {data ? (
        <>
          <Section title="Search">
            <form class="ask-line" role="search" onSubmit={(e) => { e.preventDefault(); go(href('ask', [], { q: words })); }}>
              <label class="hidden" for="knowledge-search">Search as the bot searches</label>
              <input id="knowledge-search" type="search" placeholder="Search as the bot searches" value={words} onInput={(e) => setWords(e.currentTarget.value)} dir="auto" />
              <button type="submit" disabled={!words.trim()}>Search</button>
            </form>
          </Section>
          <Section title="Index">
            <Facts items={[
              ['Documents', number(data.documents)],
              ['Passages', number(data.passages)],
              ['Problems', data.problems ? <Mark tone="bad">{number(data.problems)}</Mark> : '0'],
              ['Searched by', name(data.method)],
              ['Indexed', <Age at={data.indexed_at} ago />],
              ['Version', <code>{data.version}</code>],
            ]} />
          </Section>
          {data.items.length === 0 ? <Empty title="No documents."><p>Put .txt, .md or .html files into the folder KNOWLEDGE_DIR; they are found by themselves.</p></Empty> : (
            <Section title="Documents" aside={<span class="quiet small">answers of the last 90 days</span>}>
              <Scroll label="Documents"><table>
                <thead><tr><th scope="col">Document</th><th scope="col" title="Tickets in it are answered from this document">Language</th><th scope="col" class="right">Passages</th><th scope="col" class="right">Answers</th><th scope="col" class="right" title="Reopened, corrected, marked wrong, or answered again">Did not hold</th><th scope="col">State</th></tr></thead>
                <tbody>{data.items.map((item) => <Row key={item.document} item={item} open={at.rest[0] === item.document} />)}</tbody>
              </table></Scroll>
            </Section>
          )}
          <GapList />
        </>
      ) : null}
    </Page>
  );
}
