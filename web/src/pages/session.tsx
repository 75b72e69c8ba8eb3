import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { Button } from 'react-aria-components';
import { ActionTable } from '../actions/action-table.tsx';
import { EndDialog } from '../acts/end-dialog.tsx';
import { UnitDialog } from '../acts/unit-dialog.tsx';
import { readSession, type SessionAnswer } from '../api.ts';
import { LedgerTable } from '../parts/ledger-table.tsx';
import { isMissing, Loaded } from '../parts/loaded.tsx';
import { PageTitle } from '../parts/page-title.tsx';
import { Section } from '../parts/section.tsx';
import { Status, useStatus } from '../parts/status.tsx';
import { Happenings } from '../session/happenings.tsx';
import { LogTable } from '../session/log-table.tsx';
import { Policy } from '../session/policy.tsx';
import { Summary } from '../session/summary.tsx';
import { Timeline } from '../session/timeline.tsx';
import type { UnitRow } from '../session/unit-rows.ts';
import { UnitsTable } from '../session/units-table.tsx';

/** While it goes on. Nothing is asked while nobody can see the page. */
const POLL_MS = 2_000;

/** One session: what happened, why each unit was taken, and what can be put right. */
export function SessionPage() {
  const { id } = useParams({ from: '/sessions/$id' });
  const session = useQuery({
    queryKey: ['session', id],
    queryFn: ({ signal }) => readSession(id, signal),
    refetchInterval: ({ state: { data } }) => (data?.is_active === true ? POLL_MS : false),
  });
  return (
    <>
      <PageTitle>{isMissing(session) ? `No session ${id}` : `Session ${id}`}</PageTitle>
      {isMissing(session) ? (
        <p>There is no session with this number. The search box finds any number.</p>
      ) : (
        <Loaded query={session}>{(found) => <Found key={found.session_id} session={found} />}</Loaded>
      )}
    </>
  );
}

type Opened = 'end' | UnitRow | null;

function Found({ session }: { readonly session: SessionAnswer }) {
  const [opened, setOpened] = useState<Opened>(null);
  const [said, say] = useStatus();
  return (
    <>
      <div className="buttons page-buttons">
        {session.is_active && (
          <Button className="primary" onPress={() => setOpened('end')}>
            End session
          </Button>
        )}
        <Button onPress={() => void copyLink(say)}>Copy link</Button>
      </div>
      <Status said={said} />
      <Section title="Summary">
        <Summary session={session} />
      </Section>
      <Section title="Timeline">
        <Timeline session={session} />
      </Section>
      <Section title="Units">
        <UnitsTable session={session} onAct={setOpened} />
      </Section>
      <Section title="What happened">
        <Happenings session={session} />
      </Section>
      <Section title="Policy">
        <Policy policy={session.policy} />
      </Section>
      <Section title="Ledger">
        {session.ledger.length === 0 ? (
          <p>Nothing was taken yet.</p>
        ) : (
          <LedgerTable entries={session.ledger} of="session" />
        )}
      </Section>
      <Section title="Log">
        <LogTable events={session.events} />
      </Section>
      <Section title="Who did what">
        <ActionTable actions={session.actions} nothing="No administrator did anything about this session." />
      </Section>
      <OpenedDialog
        opened={opened}
        sessionId={session.session_id}
        onClose={() => setOpened(null)}
        onDone={(words) => {
          setOpened(null);
          say(words);
        }}
      />
    </>
  );
}

function OpenedDialog({
  opened,
  sessionId,
  ...then
}: {
  readonly opened: Opened;
  readonly sessionId: number;
  readonly onClose: () => void;
  readonly onDone: (said: string) => void;
}) {
  if (opened === 'end') return <EndDialog sessionId={sessionId} {...then} />;
  if (opened === null || opened.act === null) return null;
  return <UnitDialog no={opened.no} unitAct={opened.act} {...then} />;
}

async function copyLink(say: (words: string) => void): Promise<void> {
  const { href } = location;
  try {
    await navigator.clipboard.writeText(href);
    say('The link was copied.');
  } catch {
    // Not allowed, or the page came over plain http.
    say(`The link could not be copied: ${href}`);
  }
}
