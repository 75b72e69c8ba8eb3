import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';

/** Fields above a table: *Show* asks anew, *Clear* asks for everything. */
export function FilterForm({
  onShow,
  onClear,
  children,
}: {
  readonly onShow: () => void;
  readonly onClear: () => void;
  readonly children: ReactNode;
}) {
  return (
    <form
      aria-label="Filter"
      className="panel filter"
      onSubmit={(event) => {
        event.preventDefault();
        onShow();
      }}
    >
      {children}
      <div className="buttons">
        <Button type="submit" className="primary">
          Show
        </Button>
        <Button onPress={onClear}>Clear</Button>
      </div>
    </form>
  );
}
