import { PageTitle } from '../parts/page-title.tsx';

export function SessionsPage() {
  return <PageTitle>Sessions</PageTitle>;
}
