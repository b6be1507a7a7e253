// How right decisions were, as far as that is known: what confidences were worth, and how often answers are wrong at each threshold.
import type { Quality as Numbers } from 'openapi';
import { useMemo } from 'preact/hooks';

import { useGet } from './api';
import { number, percent, plural } from './format';
import { Loading, Problem, Section } from './parts';
import { type Line, Plot } from './plot';
import { type Sheet, Sheeted } from './sheet';

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

export function Quality({ days }: { days: number }) {
  const { data, error, reload } = useGet<Numbers>(`quality?days=${days}`);
  if (error)
    return <Problem text={error} again={reload} />;
  if (!data)
    return <Loading what="how right it was" />;
  const curve = data.curve.length > 0 || (data.evidence?.curve.length ?? 0) > 0;
  return (
    <div class="wide-two">
      {data.decisions > 0 ? <Calibration data={data} /> : (
        <Section title="Calibration"><p class="quiet">Of no decision in the last {number(days)} days it is known whether it was right. Marks and corrections in the Inbox tell, and so does what becomes of automatic answers.</p></Section>
      )}
      {curve ? <Risk data={data} /> : <Section title="Coverage against risk"><p class="quiet">Nothing is known yet. <code>firstline rehearse FILE.csv --keep</code> takes it from past tickets.</p></Section>}
    </div>
  );
}
