// What would be done with a ticket: nothing is stored, nothing is sent.
import type { Classification } from 'openapi';
import { useState } from 'preact/hooks';

import { post, wordsOf } from './api';
import { Confidence } from './confidence';
import { duration, name, percent, score, sentence } from './format';
import { Letter } from './letter';
import { Bar, Empty, onSend, Page, Problem, Scroll, Section, Tier } from './parts';
import { Passages } from './passages';
import { LanguageOf, SignalsOf } from './signals';

const EXAMPLES = [
  { title: 'A password', subject: 'Password reset not working', description: 'I clicked the password reset link but it does not work. What can I do?' },
  { title: 'An invoice', subject: 'Charged twice', description: 'My card was charged twice for the same subscription this month. Please refund one of them.' },
  { title: 'An outage', subject: 'System crash', description: 'The application keeps crashing with error code 500 since this morning, our whole team cannot work.' },
  { title: 'A wish', subject: 'Dark mode', description: 'It would be great if the mobile app had a dark mode.' },
  { title: 'A threat', subject: 'Last warning', description: 'If my data is not deleted by Friday you will hear from my lawyer.' },
];

interface Words { subject: string; description: string }

function Result({ result, question, subject }: { result: Classification; question: string; subject: string }) {
  const explain = result.explain;
  return (
    <>
      <Section title="Verdict" aside={<span class="quiet small">{duration(result.duration_ms)}</span>}>
        <p class="verdict"><Tier tier={result.tier} /> <strong>{name(result.category)}</strong> → <strong>{name(result.action)}</strong></p>
        <Confidence value={result.confidence} need={explain.min_confidence} />
        <p class="reason" dir="auto">{sentence(result.reason)}</p>
      </Section>
      <Section title="Language and signals">
        <p>Language: <LanguageOf language={result.language} /></p>
        <SignalsOf signals={result.signals} />
      </Section>
      <Section title="Opinions">
        <Scroll label="Opinions"><table>
          <thead><tr><th scope="col">Rung</th><th scope="col">Tier</th><th scope="col">Category</th><th scope="col">Because of</th></tr></thead>
          <tbody>{explain.rungs.map((rung) => (
            <tr key={rung.method} class={rung.method === result.method ? 'chosen' : ''}>
              <th scope="row">{name(rung.method)}{rung.method === result.method ? <span class="quiet small"> decides</span> : null}</th>
              <td>{name(rung.tier)} {percent(rung.confidence)}</td><td>{name(rung.category)} {percent(rung.category_confidence)}</td><td class="quiet" dir="auto">{rung.why || '–'}</td>
            </tr>
          ))}</tbody>
        </table></Scroll>
        <div class="two">
          <div class="scores"><h3>Tiers</h3>{Object.entries(explain.tiers).map(([tier, p]) => <div class="score" key={tier}><span>{name(tier)}</span><Bar value={p} label={name(tier)} /></div>)}</div>
          <div class="scores"><h3>Categories</h3>{Object.entries(explain.categories).sort((a, b) => b[1] - a[1]).slice(0, 5).map(([category, p]) => <div class="score" key={category}><span>{name(category)}</span><Bar value={p} label={name(category)} /></div>)}</div>
        </div>
      </Section>
      <Section title={result.action === 'escalate' ? 'Acknowledgement, sent where ACKNOWLEDGE is on' : 'What the customer would read'}><Letter ticket={{ subject, requester: null }} text={result.response} /></Section>
      <Section title="Knowledge" aside={<span class="quiet small">{explain.retrieval} search, {score(explain.floor)} needed</span>}>
        {result.sources.length > 0 ? <Passages items={result.sources} question={question} floor={explain.floor} />
          : explain.passages.length > 0 ? <><p>No passage is near enough. The nearest:</p><Passages items={explain.passages.slice(0, 3)} question={question} floor={explain.floor} /></>
            : <p class="quiet">The knowledge base has nothing about it.</p>}
      </Section>
    </>
  );
}

export default function Classify() {
  const [subject, setSubject] = useState('');
  const [description, setDescription] = useState('');
  const [result, setResult] = useState<{ of: Words; value: Classification } | null>(null);
  const [error, setError] = useState('');
  const [busy, setBusy] = useState(false);

  const ask = async (ticket: Words) => {
    if (!ticket.subject.trim() && !ticket.description.trim())
      return;
    setBusy(true);
    setError('');
    try {
      setResult({ of: ticket, value: await post<Classification>('classify', ticket) });
    } catch (reason) {
      setError(wordsOf(reason));
    }
    setBusy(false);
  };
  const send = () => void ask({ subject, description });

  return (
    <Page title="Classify" aside={<span class="quiet">Nothing is stored, nothing is sent.</span>}>
      <div class="tryout">
        <form class="card form" onSubmit={(e) => { e.preventDefault(); send(); }}>
          <p class="examples"><span class="quiet">Try</span> {EXAMPLES.map((example) => (
            <button type="button" key={example.title} class="chip" onClick={() => { setSubject(example.subject); setDescription(example.description); void ask(example); }}>{example.title}</button>
          ))}</p>
          <label for="subject">Subject</label>
          <input id="subject" value={subject} onInput={(e) => setSubject(e.currentTarget.value)} onKeyDown={onSend(send)} dir="auto" />
          <label for="description">Description</label>
          <textarea id="description" rows={8} value={description} onInput={(e) => setDescription(e.currentTarget.value)} onKeyDown={onSend(send)} dir="auto" />
          <button type="submit" class="primary" disabled={busy || !(subject.trim() || description.trim())}>{busy ? 'Classifying …' : 'Classify'}</button>
        </form>
        <div class="results" aria-live="polite" aria-busy={busy}>
          {error ? <Problem text={error} again={send} /> : null}
          {result && !error ? <Result result={result.value} question={`${result.of.subject} ${result.of.description}`} subject={result.of.subject} /> : null}
          {!result && !error ? <Empty title="No ticket yet."><p>Write one, or take an example.</p></Empty> : null}
        </div>
      </div>
    </Page>
  );
}
