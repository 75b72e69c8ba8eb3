import { Link } from '@tanstack/react-router';
import type { SessionAnswer } from '../api.ts';
import type { EndReason } from '../end-reasons.ts';
import { Fact } from '../parts/fact.tsx';
import { placeOf } from '../parts/places.ts';
import { durationOf, Time } from '../parts/time.tsx';
import { unitWords } from '../parts/words.ts';
import { Audited } from './audited.tsx';

/** Who, when, how it stands, and why it ended. */
export function Summary({ session }: { readonly session: SessionAnswer }) {
  const lastedMs = Date.parse(session.ended_at ?? session.server_time) - Date.parse(session.start_time);
  return (
    <>
      {session.end_explanation !== null && <p className="lead">{session.end_explanation.sentence}</p>}
      <dl className="facts">
        <Fact name="State">
          {session.is_active ? (
            <span className="tag tag-active">Active</span>
          ) : (
            <span className="tag">Ended</span>
          )}
        </Fact>
        <Fact name={session.is_active ? 'Units so far' : 'Units'}>{session.sessions_used}</Fact>
        <Fact name="Started">
          <Time at={session.start_time} />
        </Fact>
        {session.ended_at !== null && (
          <Fact name="Ended">
            <Time at={session.ended_at} />
          </Fact>
        )}
        <Fact name="Lasted">{durationOf(lastedMs / 1000)}</Fact>
        <Fact name="Patient">
          <Link {...placeOf('patient', session.patient_id)}>{session.patient_id}</Link>, with{' '}
          {unitWords(session.available_sessions)} to spend
        </Fact>
        <Fact name="Doctor">
          <Link {...placeOf('doctor', session.doctor_id)}>{session.doctor_id}</Link>
        </Fact>
        <Fact name="Appointment">{session.appointment_id}</Fact>
        {session.is_active && <ActiveFacts session={session} />}
      </dl>
      <Audited session={session} />
    </>
  );
}

/** Of an end that is still to come. */
const WILL_END: Readonly<Record<EndReason, string>> = {
  manual_end: 'by its patient or doctor',
  admin_end: 'by an administrator',
  no_activity: 'if nobody writes',
  idle_timeout: 'if nobody writes any more',
  doctor_no_response: 'if the doctor does not answer',
  balance_exhausted: 'when no unit is left',
  max_duration: 'as its longest time',
};

/** What comes by itself, if nobody writes, ends it or buys more. */
function ActiveFacts({ session }: { readonly session: SessionAnswer }) {
  const { next_deduction_at: next, funded_until: until, ends_at: ends, ends_reason: reason } = session;
  return (
    <>
      {next !== null && (
        <Fact name="Next unit">
          <Time at={next} short />
        </Fact>
      )}
      {until !== null && (
        <Fact name="Units last until">
          <Time at={until} short />
        </Fact>
      )}
      {ends !== null && (
        <Fact name="Ends by itself">
          <Time at={ends} short />
          {reason !== null && `, ${WILL_END[reason]}`}
        </Fact>
      )}
    </>
  );
}
