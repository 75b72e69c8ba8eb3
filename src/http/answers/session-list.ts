import { Type } from 'typebox';
import type { SessionRecord } from '../../sessions/console-reads.ts';
import { rfc3339OrNull } from '../rfc3339.ts';
import { id, instant, nullable } from '../schemas.ts';
import { sessionFactFields, sessionFactsJson } from './session.ts';

const sessionRecordSchema = Type.Object({
  ...sessionFactFields,
  next_deadline_at: nullable(instant),
  end_recorded_at: nullable(instant),
});

export const sessionRecordJson = (record: SessionRecord): Type.Static<typeof sessionRecordSchema> => ({
  ...sessionFactsJson(record.session),
  next_deadline_at: rfc3339OrNull(record.nextDeadlineAt),
  end_recorded_at: rfc3339OrNull(record.endRecordedAt),
});

export const sessionListSchema = Type.Object({
  sessions: Type.Array(sessionRecordSchema),
  next_cursor: nullable(id),
});
