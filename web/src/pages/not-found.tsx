import { Link } from '@tanstack/react-router';
import { PageTitle } from '../parts/page-title.tsx';

export function NotFoundPage() {
  return (
    <>
      <PageTitle>No such page</PageTitle>
      <p>
        The console has no page at this address. <Link to="/now">Now</Link> is a good place to begin.
      </p>
    </>
  );
}
