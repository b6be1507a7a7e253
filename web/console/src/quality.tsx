// How right decisions were, as far as that is known: what confidences were worth, and how often answers are wrong at each threshold.
import type { Quality as Numbers } from 'openapi';
import { useMemo } from 'preact/hooks';

import { post, session, useGet, wordsOf } from './api';
import { name, number, percent, plural } from './format';
import { Loading, Mark, Problem, say, Scroll, Section } from './parts';
import { type Line, Plot } from './plot';
import { type Sheet, Sheeted } from './sheet';
import { useStore } from './store';

const UNIT = [0, 1] as [number, number];

function Calibration({ data }: { data: Numbers }) {
  const { bins, error } = data.calibration;
  const sheet: Sheet = { title: 'Calibration', file: 'firstline-calibration', columns: ['Confidence from', 'to', 'Mean confidence', 'Right', 'Decisions'], rows: bins.map((bin) => [percent(bin.from), percent(bin.to), bin.confidence, bin.right, bin.tickets]) };
  const x = useMemo(() => [0, ...bins.map((bin) => bin.confidence), 1], [bins]);
  const lines = useMemo<Line[]>(() => [
    { name: 'Were right', variable: '--plot-1', kind: 'marks', values: [null, ...bins.map((bin) => bin.right), null] },
    { name: 'As many as were sure', variable: '--plot-4', kind: 'dashes', values: x },
  ], [bins, x]);
  return (
    <Sheeted sheet={sheet}>
      <Plot x={x} lines={lines} label="Share of decisions that were right, by confidence" range={{ x: UNIT, y: () => UNIT }} format={{ x: (n) => percent(n), y: (n) => percent(n) }} title="confidence" />
      <p class="quiet small">{plural(data.decisions, 'decision')} whose truth is known, by what people said and by what became of the answers. On the dashed line a confidence is a frequency{error !== null ? `; the mean distance is ${percent(error, 1)}` : ''}.</p>
    </Sheeted>
  );
}

function Risk({ data }: { data: Numbers }) {
  const points = data.curve.length > 0 ? data.curve : data.evidence?.curve ?? [];
  const wanted = data.risk?.max_wrong ?? null;
  const sheet: Sheet = { title: 'Coverage against risk', file: 'firstline-risk', columns: ['Threshold', 'Coverage', 'Decisions', 'Wrong', 'Share wrong', 'Bound'], rows: points.map((p) => [p.threshold, p.coverage, p.tickets, p.wrong, p.share_wrong, p.bound]) };
  const sorted = useMemo(() => [...points].sort((a, b) => a.coverage - b.coverage), [points]);
  const x = useMemo(() => sorted.map((p) => p.coverage), [sorted]);
  const lines = useMemo<Line[]>(() => [
    { name: 'Wrong', variable: '--plot-3', values: sorted.map((p) => p.share_wrong) },
    { name: 'At most, with 95 % certainty', variable: '--plot-1', values: sorted.map((p) => p.bound) },
    ...(wanted !== null ? [{ name: `The team’s bound, ${percent(wanted, 1)}`, variable: '--plot-2', kind: 'dashes' as const, values: sorted.map(() => wanted) }] : []),
  ], [sorted, wanted]);
  return (
    <Sheeted sheet={sheet}>
      <Plot x={x} lines={lines} label="Share of wrong decisions by the share of tickets that is answered" range={{ x: UNIT, y: (most) => [0, Math.min(1, Math.max(most * 1.05, 0.05))] }} format={{ x: (n) => percent(n), y: (n) => percent(n, 1) }} title="share of tickets that is answered" />
      <p class="quiet small">{data.curve.length > 0 ? 'Of this desk’s own tickets' : 'Of the tickets that were rehearsed'}: the surer a decision must be, the fewer are answered and the fewer of those are wrong. {wanted === null ? <>Set <code>MAX_WRONG</code> and only what stays below it is answered unasked.</> : null}</p>
    </Sheeted>
  );
}

// What MAX_WRONG lets each category do, and what the watch over sent answers made of it.
function Categories({ risk, reload }: { risk: NonNullable<Numbers['risk']>; reload: () => void }) {
  const who = useStore(session);
  const resume = async (category: string) => {
    try {
      await post(`risk/${encodeURIComponent(category)}/resume`, {});
      say(`${name(category)} is answered by itself again.`);
      reload();
    } catch (reason) {
      say(wordsOf(reason), { tone: 'bad' });
    }
  };
  const sheet: Sheet = {
    title: 'What is answered unasked', file: 'firstline-categories-risk', columns: ['Category', 'Threshold', 'Evidence', 'Wrong', 'Bound', 'Answers since', 'Of these wrong'],
    rows: risk.categories.map((one) => [name(one.category), one.threshold ?? '', one.evidence, one.wrong, one.bound, one.watch?.answers ?? '', one.watch?.wrong ?? '']),
  };
  return (
    <Sheeted sheet={sheet}>
      {risk.problem ? <p class="advice">{risk.problem}</p> : null}
      <Scroll label="Categories"><table>
        <thead><tr><th scope="col">Category</th><th scope="col">Now</th><th scope="col" class="right">From</th><th scope="col" class="right">Evidence</th><th scope="col" class="right">Wrong at most</th></tr></thead>
        <tbody>{risk.categories.map((one) => (
          <tr key={one.category}>
            <th scope="row">{name(one.category)}</th>
            <td>
              {one.watch?.fallen_back ? <Mark tone="bad">Fell back to drafts</Mark> : one.automatic ? <Mark tone="good">Automatic</Mark> : <Mark>Drafts</Mark>}
              {one.watch?.fallen_back ? <p class="advice">{plural(one.watch.wrong, 'answer')} of {number(one.watch.answers)} did not hold. {who?.role === 'write' ? <button type="button" class="link" onClick={() => void resume(one.category)}>Let it answer again</button> : null}</p> : null}
            </td>
            <td class="right">{one.threshold === null ? '–' : percent(one.threshold)}</td><td class="right">{number(one.evidence)}</td><td class="right">{one.evidence ? percent(one.bound, 1) : '–'}</td>
          </tr>
        ))}</tbody>
      </table></Scroll>
      <p class="quiet small">At most {percent(risk.max_wrong, 1)} of automatic answers may be wrong, with a certainty of {percent(risk.certainty)}.</p>
    </Sheeted>
  );
}

export function Quality({ days }: { days: number }) {
  const { data, error, reload } = useGet<Numbers>(`quality?days=${days}`);
  if (error)
    return <Problem text={error} again={reload} />;
  if (!data)
    return <Loading what="how right it was" />;
  const curve = data.curve.length > 0 || (data.evidence?.curve.length ?? 0) > 0;
  return (
    <>
      {data.risk ? <Categories risk={data.risk} reload={reload} /> : null}
      <div class="wide-two">
        {data.decisions > 0 ? <Calibration data={data} /> : (
          <Section title="Calibration"><p class="quiet">Of no decision in the last {plural(days, 'day')} it is known whether it was right. Marks and corrections in the Inbox tell, and so does what becomes of automatic answers.</p></Section>
        )}
        {curve ? <Risk data={data} /> : <Section title="Coverage against risk"><p class="quiet">Nothing is known yet. <code>firstline rehearse FILE.csv --keep</code> takes it from past tickets.</p></Section>}
      </div>
    </>
  );
}
