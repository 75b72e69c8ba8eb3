import { Link } from '@tanstack/react-router';
import type { Difference } from '../api.ts';
import { placeOf } from '../parts/places.ts';

/** What differs, as the rules have it and as it is stored. The server shows the first of many. */
export function DifferenceTable({
  differences,
  found,
}: {
  readonly differences: readonly Difference[];
  readonly found: number;
}) {
  return (
    <div className="table-box">
      <table>
        <caption>Differences</caption>
        <thead>
          <tr>
            {['What', 'Patient', 'Session', 'Field', 'By the rules', 'As stored'].map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {differences.map((difference) => (
            <tr key={keyOf(difference)}>
              <td>{difference.what}</td>
              <td>
                <Link {...placeOf('patient', difference.patient_id)}>{difference.patient_id}</Link>
              </td>
              <td>
                {difference.session_id !== null && (
                  <Link {...placeOf('session', difference.session_id)}>{difference.session_id}</Link>
                )}
              </td>
              <td>{difference.column}</td>
              <td>{difference.expected}</td>
              <td>{difference.found}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {found > differences.length && (
        <p className="quiet">
          The first {differences.length} of {found}. <code>npm run audit</code> shows all.
        </p>
      )}
    </div>
  );
}

const keyOf = (difference: Difference): string => JSON.stringify(Object.values(difference));
