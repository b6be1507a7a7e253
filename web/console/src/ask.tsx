// A question to the knowledge base, searched as the bot searches.
import type { Answer, KeywordFindings } from 'openapi';
import { useEffect, useState } from 'preact/hooks';

import { post, wordsOf } from './api';
import { duration, name, score } from './format';
import { Empty, LongText, Mark, onSend, Page, Problem, Section } from './parts';
import { Passages } from './passages';
import { go, href, route } from './route';
import { LanguageOf } from './signals';

const EXAMPLES = ['How do I reset my password?', 'Where do I find my invoices?', 'How can I cancel my subscription?', 'What is the weather like on Mars?'];

function KeywordAlone({ found, answer, question }: { found: KeywordFindings; answer: Answer; question: string }) {
  const first = found.passages[0];
  const same = found.found && answer.found && first.passage === answer.sources[0]?.passage;
  return (
    <Section title="What keyword search alone would have said" aside={<span class="quiet small">{score(found.floor)} needed</span>}>
      {!found.found ? <p><Mark tone="fair">Not found</Mark> A ticket with this question would have gone to a person.</p>
        : same ? <p><Mark tone="good">The same</Mark> It finds the same passage.</p> : <LongText text={first.passage ?? ''} class="reply" />}
      {found.passages.length > 0 ? <details class="fold"><summary>Its nearest passages</summary><Passages items={found.passages.slice(0, 3)} question={question} floor={found.floor} /></details> : <p class="quiet">No passage has words of the question.</p>}
    </Section>
  );
}

export default function Ask() {
  const [question, setQuestion] = useState(route.value.params.q ?? '');
  const [result, setResult] = useState<{ of: string; value: Answer } | null>(null);
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);

  const ask = async (words: string) => {
    if (!words.trim())
      return;
    setBusy(true);
    setError('');
    go(href('ask', [], { q: words }), true);
    try {
      setResult({ of: words, value: await post<Answer>('ask', { question: words, explain: true }) });
    } catch (reason) {
      setError(wordsOf(reason));
    }
    setBusy(false);
  };
  useEffect(() => { void ask(question); }, []);

  const answer = result?.value;
  const explain = answer?.explain;
  return (
    <Page title="Ask" aside={<span class="quiet">Answers are passages of the knowledge base, word for word.</span>}>
      <form class="card form ask" onSubmit={(e) => { e.preventDefault(); void ask(question); }}>
        <label for="question">Question</label>
        <div class="ask-line">
          <input id="question" value={question} onInput={(e) => setQuestion(e.currentTarget.value)} onKeyDown={onSend(() => void ask(question))} dir="auto" />
          <button type="submit" class="primary" disabled={busy || !question.trim()}>{busy ? 'Asking …' : 'Ask'}</button>
        </div>
        <p class="examples"><span class="quiet">Try</span> {EXAMPLES.map((example) => <button type="button" key={example} class="chip" onClick={() => { setQuestion(example); void ask(example); }}>{example}</button>)}</p>
      </form>
      <div aria-live="polite" aria-busy={busy}>
        {error ? <Problem text={error} again={() => void ask(question)} /> : null}
        {!result && !error && !busy ? <Empty title="No question yet."><p>Ask one, or take an example.</p></Empty> : null}
        {result && answer && !error ? (
          <>
            <Section title={answer.found ? 'Answer' : 'Not found'} aside={<span class="quiet small">{name(answer.method)} search{explain ? `, ${duration(explain.duration_ms)}` : ''}</span>}>
              {answer.found ? <LongText text={answer.answer} class="reply" /> : <p><Mark tone="fair">Not found</Mark> {answer.answer} A ticket with this question goes to a person.</p>}
              <p class="small">Language: <LanguageOf language={answer.language} /></p>
            </Section>
            {answer.sources.length > 0 ? <Section title="Passages"><Passages items={answer.sources} question={result.of} floor={explain?.floor} /></Section> : null}
            {!answer.found && explain && explain.passages.length > 0 ? <Section title="Nearest passages" aside={<span class="quiet small">{score(explain.floor)} needed</span>}><Passages items={explain.passages} question={result.of} floor={explain.floor} /></Section> : null}
            {explain ? (
              <KeywordAlone found={explain.keyword} answer={answer} question={result.of} />
            ) : null}
          </>
        ) : null}
      </div>
    </Page>
  );
}
