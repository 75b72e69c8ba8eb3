/** Who did it, in words: `Patient 7`, `User 3`, `The engine`. */
export function whoWords(role: string, id: number | null): string {
  if (id === null || role === 'system') return 'The engine';
  if (role === 'patient') return `Patient ${id}`;
  if (role === 'doctor') return `Doctor ${id}`;
  return `User ${id}`;
}
