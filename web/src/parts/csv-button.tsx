import { useMutation } from '@tanstack/react-query';
import { Button } from 'react-aria-components';
import { getCsv } from '../http.ts';
import { notLoadedWords } from './loaded.tsx';

/** Stores what the page shows as a file. `path` is the route that answers it; the server makes the CSV. */
export function CsvButton({ path, fileName }: { readonly path: string; readonly fileName: string }) {
  const download = useMutation({ mutationFn: getCsv, onSuccess: (file) => save(file, fileName) });
  return (
    <span>
      <Button onPress={() => download.mutate(path)} isDisabled={download.isPending}>
        Download CSV
      </Button>
      {download.isError && <span role="alert">{notLoadedWords(download.error)}</span>}
    </span>
  );
}

function save(file: Blob, fileName: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = fileName;
  link.click();
  URL.revokeObjectURL(link.href);
}
