import { useParams } from '@tanstack/react-router';
import { PageTitle } from '../parts/page-title.tsx';

export function SessionPage() {
  const { id } = useParams({ from: '/sessions/$id' });
  return <PageTitle>{`Session ${id}`}</PageTitle>;
}
