// How long each step takes, from the metrics of this process.
import { useMemo } from 'preact/hooks';

import { useGet } from './api';
import { duration, name, number } from './format';
import { Bar, Loading, Problem } from './parts';
import { type Sheet, Sheeted } from './sheet';

interface Step { step: string; count: number; p50: number; p99: number }

const STEPS = ['read_back', 'embed', 'classify', 'retrieve', 'sentences', 'decide', 'deliver', 'ticket'];

// The value below which a share of the observations lies, between the bounds of its bucket.
function quantile(buckets: [number, number][], share: number): number {
  const all = buckets[buckets.length - 1]?.[1] ?? 0;
  let below = 0, from = 0;
  for (const [bound, count] of buckets) {
    if (count >= all * share)
      return Number.isFinite(bound) ? from + (bound - from) * ((all * share - below) / Math.max(count - below, 1)) : from;
    [from, below] = [bound, count];
  }
  return from;
}

function stepsOf(metrics: string): Step[] {
  const found = new Map<string, [number, number][]>();
  for (const [, step, bound, count] of metrics.matchAll(/^firstline_step_duration_seconds_bucket\{step="(\w+)",le="([^"]+)"\} (\d+)/gm)) {
    if (!found.has(step))
      found.set(step, []);
    found.get(step)!.push([bound === '+Inf' ? Infinity : Number(bound), Number(count)]);
  }
  return STEPS.filter((step) => (found.get(step)?.at(-1)?.[1] ?? 0) > 0).map((step) => {
    const buckets = found.get(step)!;
    return { step, count: buckets.at(-1)![1], p50: quantile(buckets, 0.5) * 1000, p99: quantile(buckets, 0.99) * 1000 };
  });
}

export function Times() {
  const { data, error, reload } = useGet<string>('metrics');
  const steps = useMemo(() => (data ? stepsOf(data) : []), [data]);
  if (error)
    return <Problem text={error} again={reload} />;
  if (!data)
    return <Loading what="the times" />;
  const sheet: Sheet = { title: 'Time per step', file: 'firstline-steps', columns: ['Step', 'Times', 'p50 in ms', 'p99 in ms'], rows: steps.map((s) => [name(s.step), s.count, s.p50, s.p99]) };
  const most = Math.max(...steps.map((s) => s.p99), 1);
  return (
    <Sheeted sheet={sheet}>
      {steps.length === 0 ? <p class="quiet">No ticket since the start.</p> : (
        <>
          {steps.map((s) => <div class="score share" key={s.step}><span>{name(s.step)} <span class="quiet">({number(s.count)})</span></span><Bar value={Math.log1p(s.p99) / Math.log1p(most)} label={name(s.step)} text={`${duration(s.p50)} · ${duration(s.p99)}`} /></div>)}
          <p class="quiet small">Half of them were faster than the first time, 99 of 100 faster than the second; since the start of this process. Bars are on a logarithmic scale.</p>
        </>
      )}
    </Sheeted>
  );
}
