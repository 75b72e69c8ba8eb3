import type { SessionAnswer } from '../api.ts';
import { Fact } from '../parts/fact.tsx';
import { durationOf } from '../parts/time.tsx';

/** The rules by which this session is billed, as they were when it started. */
export function Policy({ policy }: Pick<SessionAnswer, 'policy'>) {
  const time = (seconds: number | null): string => (seconds === null ? 'off' : durationOf(seconds));
  return (
    <dl className="facts">
      <Fact name="Block">{durationOf(policy.interval_seconds)}</Fact>
      <Fact name="First message within">{durationOf(policy.first_activity_seconds)}</Fact>
      <Fact name="Nobody writes: units">{policy.no_activity_units}</Fact>
      <Fact name="Grace at the end">{durationOf(policy.end_grace_seconds)}</Fact>
      <Fact name="Ends when idle for">{time(policy.idle_seconds)}</Fact>
      <Fact name="Doctor answers within">{time(policy.doctor_response_seconds)}</Fact>
      <Fact name="Longest session">{time(policy.max_duration_seconds)}</Fact>
    </dl>
  );
}
