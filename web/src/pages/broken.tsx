import type { ErrorComponentProps } from '@tanstack/react-router';
import { Button } from 'react-aria-components';
import { PageTitle } from '../parts/page-title.tsx';

/** A page of ours that could not be drawn: a bug, or a console that is older than its server. */
export function BrokenPage({ error }: ErrorComponentProps) {
  return (
    <>
      <PageTitle>This page is broken</PageTitle>
      <p role="alert">
        It could not be drawn: {error instanceof Error ? error.message : 'nothing is known of why'}.
      </p>
      <Button onPress={() => location.reload()}>Load it again</Button>
    </>
  );
}
