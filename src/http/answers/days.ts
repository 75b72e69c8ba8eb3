import { Type } from 'typebox';
import type { BalancePoint, DayFigures } from '../../sessions/console-store.ts';
import { csv } from '../csv.ts';
import { rfc3339 } from '../rfc3339.ts';
import { id, instant } from '../schemas.ts';

const count = Type.Integer({ minimum: 0 });

const ended = {
  manual_end: count,
  admin_end: count,
  no_activity: count,
  balance_exhausted: count,
  idle_timeout: count,
  doctor_no_response: count,
  max_duration: count,
};

export const daySchema = Type.Object({
  date: Type.String({ format: 'date' }),
  started: count,
  ended: Type.Object(ended),
  units_taken: count,
  units_given_back: Type.Integer({ description: 'Less those that were taken back' }),
  units_bought: Type.Integer({
    description: 'With their corrections by the clinic’s system; 0 where a doctor is asked for',
  }),
});

export const daysSchema = Type.Object({ days: Type.Array(daySchema) });

type DayJson = Type.Static<typeof daySchema>;

/** What was due on a date. */
export interface Day {
  readonly date: string;
  readonly figures: DayFigures;
}

export const dayJson = ({ date, figures }: Day): DayJson => ({
  date,
  started: figures.started,
  ended: { ...figures.ended },
  units_taken: figures.unitsTaken,
  units_given_back: figures.unitsGivenBack,
  units_bought: figures.unitsBought,
});

/** With the figures of the JSON answer, a column each. */
export function daysCsv(days: readonly Day[]): string {
  const reasons = Object.keys(ended);
  const columns = [
    'date',
    'started',
    ...reasons.map((reason) => `ended_${reason}`),
    'units_taken',
    'units_given_back',
    'units_bought',
  ];
  const rows = days.map((day) => {
    const { ended: endedBy, ...rest } = dayJson(day);
    const byReason = Object.entries(endedBy).map(([reason, sessions]) => [`ended_${reason}`, sessions]);
    return { ...rest, ...Object.fromEntries(byReason) };
  });
  return csv(columns, rows);
}

export const historySchema = Type.Object({
  history: Type.Array(
    Type.Object({ at: instant, grant_id: id, balance_after: Type.Integer({ minimum: 0 }) }),
  ),
});

export const historyJson = (points: readonly BalancePoint[]): Type.Static<typeof historySchema> => ({
  history: points.map((point) => ({
    at: rfc3339(point.at),
    grant_id: point.grantId,
    balance_after: point.balanceAfter,
  })),
});
