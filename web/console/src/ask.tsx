// A question to the knowledge base, searched as the bot searches.
import type { Answer } from 'openapi';
import { useEffect, useState } from 'preact/hooks';

import { post, wordsOf } from './api';
import { duration, name, score } from './format';
import { Empty, LongText, Mark, onSend, Page, Passages, Problem, Section } from './parts';
import { go, href, route } from './route';

const EXAMPLES = ['How do I reset my password?', 'Where do I find my invoices?', 'How can I cancel my subscription?', 'What is the weather like on Mars?'];

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
            </Section>
            {answer.sources.length > 0 ? <Section title="Passages"><Passages items={answer.sources} question={result.of} floor={explain?.floor} /></Section> : null}
            {!answer.found && explain && explain.passages.length > 0 ? <Section title="Nearest passages" aside={<span class="quiet small">{score(explain.floor)} needed</span>}><Passages items={explain.passages} question={result.of} floor={explain.floor} /></Section> : null}
            {explain ? (
              <Section title="Keyword search alone" aside={<span class="quiet small">{explain.keyword.found ? 'would have found' : 'would have found nothing'}</span>}>
                {explain.keyword.passages.length > 0 ? <Passages items={explain.keyword.passages.slice(0, 3)} question={result.of} floor={explain.keyword.floor} /> : <p class="quiet">No passage has words of the question.</p>}
              </Section>
            ) : null}
          </>
        ) : null}
      </div>
    </Page>
  );
}
