import type { Problem } from '../api.ts';
import { Time } from '../parts/time.tsx';
import { countWords } from '../parts/words.ts';

/** Whether all is well; if not, each problem with what it means and what to do, the worst first. */
export function StatePart({ problems }: { readonly problems: readonly Problem[] }) {
  const isWell = problems.length === 0;
  return (
    <section aria-label="State" className={`panel state ${isWell ? 'well' : 'ill'}`}>
      <h2>{isWell ? 'All is well' : countWords(problems.length, 'problem')}</h2>
      {isWell && <p className="quiet">Everything that is due is being written, and nothing waits for you.</p>}
      {problems.map((problem) => (
        <article key={problem.code} className="problem">
          <h3>{problem.title}</h3>
          <p>
            {problem.meaning}
            {problem.since !== null && (
              <>
                {' '}
                Since <Time at={problem.since} />.
              </>
            )}
          </p>
          <p className="do">
            <span>Do</span> <code>{problem.do}</code>
          </p>
        </article>
      ))}
    </section>
  );
}
