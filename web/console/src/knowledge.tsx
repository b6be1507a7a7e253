// What the bot knows: the documents, how each is, and the search as the bot searches.
import type { Knowledge as Documents, KnowledgeReload } from 'openapi';
import { useState } from 'preact/hooks';

import { post, session, useGet, wordsOf } from './api';
import { name, number, plural } from './format';
import { Age, Empty, Facts, Loading, Mark, Page, Problem, say, Scroll, Section } from './parts';
import { go, href } from './route';
import { useStore } from './store';

export default function Knowledge() {
  const { data, error, reload } = useGet<Documents>('knowledge');
  const who = useStore(session);
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
            <Section title="Documents">
              <Scroll label="Documents"><table>
                <thead><tr><th scope="col">Document</th><th scope="col">Passages</th><th scope="col">State</th></tr></thead>
                <tbody>{data.items.map((item) => (
                  <tr key={item.document}>
                    <th scope="row"><span dir="auto">{item.title ?? item.document}</span><br /><span class="quiet small">{item.document}</span></th>
                    <td>{plural(item.passages, 'passage')}</td>
                    <td>{item.problem ? <><Mark tone="bad">Problem</Mark> <span dir="auto">{item.problem}</span></> : <Mark tone="good">Well</Mark>}</td>
                  </tr>
                ))}</tbody>
              </table></Scroll>
            </Section>
          )}
        </>
      ) : null}
    </Page>
  );
}
