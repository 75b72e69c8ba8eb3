import { useParams } from '@tanstack/react-router';
import { PageTitle } from '../parts/page-title.tsx';

export function PatientPage() {
  const { id } = useParams({ from: '/patients/$id' });
  return <PageTitle>{`Patient ${id}`}</PageTitle>;
}
