// A confidence on its scale: it is calibrated, so the bar can be read as a frequency.
import type { Quality } from 'openapi';

import { useGet } from './api';
import { percent, plural } from './format';

const TICKS = [0, 0.25, 0.5, 0.75, 1];

export function Confidence({ value, need }: { value: number; need?: number | null }) {
  const { data } = useGet<Quality>('quality?days=365');
  const bin = data?.calibration.bins.find(({ from, to }) => value >= from && (value < to || to === 1));
  const short = need !== null && need !== undefined && value < need;
  const of100 = Math.round(value * 100);
  return (
    <div class="confidence">
      <p><strong class="confidence-value">{percent(value)}</strong> sure{need ? <span class="quiet"> · {percent(need)} needed to answer</span> : null}</p>
      <div class="confidence-track" role="meter" aria-label="Confidence" aria-valuemin={0} aria-valuemax={1} aria-valuenow={Math.round(value * 100) / 100}
        aria-valuetext={need ? `${percent(value)}, ${percent(need)} needed` : percent(value)}>
        <span class={short ? 'bar-fill bar-short' : 'bar-fill'} style={{ width: `${Math.max(0, Math.min(1, value)) * 100}%` }} />
        {need ? <span class="bar-need" style={{ left: `${Math.min(1, need) * 100}%` }} /> : null}
      </div>
      <div class="confidence-scale" aria-hidden="true">{TICKS.map((tick) => <span key={tick} style={{ left: `${tick * 100}%` }}>{percent(tick)}</span>)}</div>
      <p class="quiet small">
        Calibrated: of 100 tickets with this confidence about {of100} {of100 === 1 ? 'is' : 'are'} of this tier.
        {bin ? ` Here, of ${plural(bin.tickets, 'decision')} with ${percent(bin.from)} to ${percent(bin.to)}, ${percent(bin.right)} were right.` : ''}
      </p>
    </div>
  );
}
